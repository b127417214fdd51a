"""Every fault of a map is found, with its file, its line, and the nearest right name."""

# ruff: noqa: E501 (a row of a table is one line)

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from surehand.errors import Fault, MapInvalid
from surehand.maps import deployment
from surehand.maps.bind import bind
from surehand.maps.faults import Faults, new_among
from surehand.maps.parse import people
from surehand.maps.source import PathPlaces
from tests.maps.deployments import line_of, write

MAP, STEPS, PEOPLE, SETTINGS = "invoices/process.yaml", "invoices/steps.py", "people.yaml", "surehand.yaml"


@dataclass(frozen=True)
class Row:
    """One edit and what must be said about it.

    at    text on the line that the fault names, in `file` (by default the edited one)
    says  part of the message
    near  the suggestion
    """

    name: str
    edited: str
    old: str
    new: str
    at: str
    says: str
    near: str | None = None
    file: str | None = None


def _row(name: str, row: str, says: str, near: str | None = None) -> Row:
    """A row of authority for ap.clerk."""
    last = "  timeless: {owner: ap.lead}\n"
    at = f"- {{person: ap.clerk, {row}}}"
    return Row(name, PEOPLE, last, f"{last}authority:\n  {at}\n", at, says, near)


ROWS = [
    Row("unknown key", MAP, "owner: ap", "ownr: x\nowner: ap", "ownr", "'ownr' is not known", "owner"),
    Row("unknown key in a step", MAP, "    queue: pay", "    quee: x\n    queue: pay", "quee", "is not known", "queue"),
    Row("unknown key in an act", MAP, "    undo: c", "    undu: x\n    undo: c", "undu", "is not known", "undo"),
    Row("unknown key in a rule", MAP, "policy: AP-4.2}", "polcy: AP-4.2}", "polcy", "is not known", "policy"),
    Row("missing key", MAP, "owner: ap.lead\n", "", "process: inv", "'owner' is missing"),
    Row("missing queue", MAP, "    queue: payables\n", "", "decide: app", "'queue' is missing"),
    Row("no kind of step", MAP, "extract: read_invoice", "extrct: read_invoice", "extrct", "one of the keys", "extract"),
    Row("two kinds of step", MAP, "lookup: find_vendor", "lookup: find_vendor\n    act: pay", "act: pay", "one thing"),
    Row("a step that is a text", MAP, "- lookup: find_vendor", "- lookup", "- lookup", "A step begins with"),
    Row("key twice", MAP, "currency: EUR", "currency: EUR\ncurrency: USD", "currency: USD", "written twice"),
    Row("wrong currency", MAP, "currency: EUR", "currency: eur", "currency: eur", "three capital letters", "EUR"),
    Row("name with capitals", MAP, "process: invoices", "process: My Invoices", "My Inv", "lower-case", "my-invoices"),
    Row("duration without a unit", MAP, "due: PT24H", "due: 24", "due: 24", "ISO 8601"),
    Row("duration in words", MAP, "P90D", "90 days", "90 days", "ISO 8601"),
    Row("duration in months", MAP, "P90D", "P3M", "P3M", "ISO 8601"),
    Row("duration too long", MAP, "P90D", "P9000D", "P9000D", "at most ten years"),
    Row("unknown type", MAP, "type: yes_no", "type: yesno", "yesno", "must be text, number", "yes_no"),
    Row("share over one", MAP, "required: false}", "missing: 12}", "missing: 12", "at most 1"),
    Row("unknown function", MAP, "find_vendor", "find_vendr", "find_vendr", "no function 'find_vendr'", "find_vendor"),
    Row("unknown undo", MAP, "undo: cancel", "undo: cancl", "cancl", "no function 'cancl'", "cancel"),
    Row("unknown confirm", MAP, "confirm: is_paid", "confirm: is_payed", "is_payed", "no function", "is_paid"),
    Row("unknown owner", MAP, "owner: ap.lead", "owner: ap.led", "ap.led", "is not in people.yaml", "ap.lead"),
    Row("part of an owner", MAP, "owner: ap.lead", "owner: lead", "owner: lead", "not in people", "ap.lead"),
    Row("owner gone", MAP, "owner: ap.lead", "owner: gone.one", "gone.one", "no longer active"),
    Row("owner a service", MAP, "owner: ap.lead", "owner: robot", "robot", "is a service"),
    Row("unknown builder", MAP, "builder: dev.one", "builder: dev.on", "dev.on", "not in people.yaml", "dev.one"),
    Row("builder is owner", MAP, "builder: dev.one", "builder: ap.lead", "builder", "both owner and builder"),
    Row("unknown queue", MAP, "queue: payables\n", "queue: payable\n", "queue: payable", "'payable'", "payables"),
    Row("no deadline", MAP, "queue: payables}", "queue: timeless}", "timeless", "no deadline"),
    Row("reminder too late", MAP, "remind: PT20H", "remind: P2D", "remind: P2D", "not before the deadline"),
    Row("unknown escalation", MAP, "escalate_to: ap.lead", "escalate_to: ap.boss", "ap.boss", "is not in people"),
    Row("exception without queue", MAP, 'null", queue: payables}', 'null"}', "missing-po", "'queue' is missing"),
    Row("exception twice", MAP, "name: no-total", "name: missing-po", "total.amount", "another exception"),
    Row("exception always", MAP, "po_number == null", "true", '"true"', "always true"),
    Row("exception never", MAP, "po_number == null", "1 == 2", "1 == 2", "never true"),
    Row("exception too late", MAP, "- act: pay\n", "- lookup: after_all\n", "missing-po", "known after the last step"),
    Row("step twice", MAP, "lookup: find_vendor", "lookup: read_invoice", "lookup: read", "another step"),
    Row("unknown name", MAP, "vendor.is_new", "vendor.is_nwe", "is_nwe", "'vendor.is_nwe'", "vendor.is_new"),
    Row("not a yes or no", MAP, "po_number == null", "po_number", '"po_number"', "gives a text"),
    Row("text compared with a number", MAP, "po_number == null", "po_number > 3", "> 3", "cannot be used with text"),
    Row("whole number", MAP, "10000.0", "10000", "10000 ", "write 10000.0"),
    Row("money without its part", MAP, "total.base", "total", '"total > ', "has parts", "total.amount"),
    Row("bad syntax", MAP, "po_number == null", "po_number ==", '==", queue', "syntax error"),
    Row("unknown CEL function", MAP, "po_number == null", "supplier.startswith('a')", "startswith", "no function", "startsWith"),
    Row("never missing", MAP, "po_number == null", "supplier == null", "supplier == null", "never missing"),
    Row("unknown preset", MAP, "bands: review-flow", "bands: review-flo", "review-flo", "preset", "review-flow"),
    Row("bands or level", MAP, "    bands: review-flow\n", "", "decide:", "write one of 'bands'"),
    Row("no window", MAP, "bands: review-flow", "level: notify", "decide:", "for how long a person may override"),
    Row("no share", MAP, "bands: review-flow", "bands: [{from: 0, route: spot_check}]", "decide:", "how many are checked"),
    Row("window for nothing", MAP, "bands: review-flow", "bands: review-flow\n    notify: {window: PT1H}", "notify:", "has no effect"),
    Row("sample of nothing", MAP, "bands: review-flow", "bands: review-flow\n    spot_check: {share: 0.1}", "spot_check:", "has no effect"),
    Row("sample of none", MAP, "bands: review-flow", "level: spot_check\n    spot_check: {share: 0}", "share", "more than 0"),
    Row("no undo for an override", MAP, "bands: review-flow", "level: notify\n    notify: {window: PT1H, acts: now}", "notify:", "could not take pay back"),
    Row("no undo for a finding", MAP, "bands: review-flow", "level: spot_check\n    spot_check: {share: 0.1, on_error: undo}", "spot_check:", "could not take pay back"),
    Row("unknown level", MAP, "bands: review-flow", "level: reveiw", "reveiw", "is not known", "review"),
    Row("bands not to 0", MAP, "bands: review-flow", "bands: [{above: 0.9, route: review}]", "bands:", "do not descend to 0"),
    Row("bands above 0", MAP, "bands: review-flow", "bands: [{above: 0, route: review}]", "bands:", "do not descend to 0"),
    Row(
        "bands for some grades", MAP, "bands: review-flow",
        "bands: [{from: 0, consequence: [low, medium, high], route: review}]", "bands:", "at critical consequence",
    ),
    Row(
        "bands ascend", MAP, "bands: review-flow",
        "bands: [{from: 0.5, route: review}, {above: 0.9, route: automate}, {from: 0, route: human}]",
        "bands:", "never reached",
    ),
    Row(
        "bands upside down", MAP, "bands: review-flow",
        "bands: [{from: 0.9, route: review}, {from: 0, route: automate}]", "bands:", "fewer people",
    ),
    Row("bands a number", MAP, "bands: review-flow", "bands: 3", "bands: 3", "a list of bands"),
    Row("band without edge", MAP, "bands: review-flow", "bands: [{route: human}]", "bands:", "either 'above' or 'from'"),
    Row("unknown route", MAP, "route: assist", "route: assit", "assit", "must be automate", "assist"),
    Row("stake nowhere", MAP, "money: total, medium_from: 1000, high_from: 10000, ", "", "bands: acc", "need consequence"),
    Row("loosening on a reading", MAP, "vendor.score > 0.9", "total.base < 9.0", "< 9.0", "total is neither"),
    Row("loosening on nothing", MAP, "vendor.score > 0.9 && supplier != ''", "true", '"true"', "names none"),
    Row("unknown policy", MAP, "policy: AP-4.2", "policy: AP-4.3", "AP-4.3", "'AP-4.3'", "AP-4.2"),
    Row("unknown signal", MAP, "[model_probability,", "[model_probabilty,", "signals", "signal", "model_probability"),
    Row("unknown fact in the brief", MAP, "facts: [total,", "facts: [totl,", "facts: [totl", "'totl'", "total"),
    Row("unknown fact in the question", MAP, "{total} to", "{totl} to", "{totl}", "'totl'", "total"),
    Row("braces in the question", MAP, "{total} to", "{total to", "question", "braces"),
    Row("unknown subject", MAP, "subject: supplier", "subject: suplier", "suplier", "'suplier'", "supplier"),
    Row(
        "unknown cluster", MAP, "bands: review-flow", "guarantee: {error: 0.02, cluster: suplier}", "suplier",
        "'suplier'", "supplier",
    ),
    Row("unknown money", MAP, "money: total", "money: totl", "totl", "'totl'", "total"),
    Row("money a text", MAP, "money: total", "money: supplier", "money: supplier", "must be money or a number"),
    Row("breakpoints without money", MAP, "money: total, ", "", "consequence", "breakpoints need 'money'"),
    Row("breakpoints descend", MAP, "medium_from: 1000", "medium_from: 90000", "medium_from", "must ascend"),
    Row("unknown output", MAP, "fields: [supplier, total]", "fields: [supplir]", "supplir", "'supplir'", "supplier"),
    Row("unknown model", MAP, "    question", "    model: outsid\n    question", "model: outsid", "'outsid'", "outside"),
    Row("unknown provider", MAP, "provider: external", "provider: externl", "externl", "'externl'", "external"),
    Row("an answer not given", MAP, "after: pay", "after: payy", "payy", "can never run", "pay"),
    Row("one choice", MAP, "[pay, reject]", "[pay]", "decide:", "two different answers"),
    Row("two kinds of answer", MAP, "choices: [pay", "yes_no: true\n    choices: [pay", "decide:", "exactly one of"),
    Row("act before the decision", MAP, "  - extract: read", "  - act: is_paid\n  - extract: read", "act: is_paid", "before anything"),
    Row("choices of a number", MAP, "type: yes_no}", "type: yes_no, choices: [a]}", "choices: [a]", "Only a text"),
    Row("a reserved name", MAP, "urgent:", "key:", "key:", "meaning of its own"),
    Row("an alias too many", MAP, "owner: ap.lead", f"owner: &a ap.lead\ntitle: [{'*a, ' * 21}]", "&a", "repeated by aliases"),
    Row("a tag", MAP, "owner: ap.lead", "owner: !!python/name:os.system x", "os.system", "not allowed"),
    Row("a merge key", MAP, "outputs:", "<<: {a: 1}\noutputs:", "<<", "merge keys"),
    Row("broken YAML", MAP, "owner: ap.lead", "owner: ap: lead", "ap: lead", "not valid YAML"),
    Row("a tab", MAP, "  document", "\tdocument", "\tdocument", "not valid YAML"),
    Row("infinity", MAP, "USD: 0.5", "USD: .inf", ".inf", "not a finite number"),
    Row("rate of zero", MAP, "USD: 0.5", "USD: 0", "USD", "must be more than 0"),
    Row("empty condition", MAP, "po_number == null", "", 'when: ""', "must not be empty"),
    # steps.py
    Row("a parameter unknown", STEPS, "find_vendor(supplier:", "find_vendor(suplier:", "def find", "'suplier'", "supplier"),
    Row("a parameter of the wrong type", STEPS, "(supplier: str)", "(supplier: int)", "def find", "takes int"),
    Row("a parameter that may be missing", STEPS, "po_number: str | None", "po_number: str", "def app", "write str | None"),
    Row("a parameter without a type", STEPS, "(supplier: str)", "(supplier)", "def find", "needs a type"),
    Row("any number of parameters", STEPS, "(supplier: str)", "(*supplier: str)", "def find", "ordinary parameter"),
    Row("a list for one", STEPS, "(supplier: str)", "(supplier: list[str])", "def find", "returns a list"),
    Row("async", STEPS, "def find_vendor", "async def find_vendor", "def find", "plain function"),
    Row("no model returned", STEPS, "supplier: str) -> Found", "supplier: str) -> dict", "def find", "pydantic model"),
    Row("nothing returned", STEPS, "supplier: str) -> Found", "supplier: str)", "def find", "says nothing"),
    Row("an unknown annotation", STEPS, "supplier: str) -> Found", "supplier: str) -> 'Fund'", "def find", "'Fund'"),
    Row("the wrong answer type", STEPS, "-> Recommendation[str]", "-> bool", "def app", "must return str"),
    Row("an answer not declared", STEPS, "Recommendation[str]:", 'Recommendation["typing.Literal[\'pai\']"]:', "def app", "may answer 'pai'", "pay"),
    Row("no answer type", STEPS, " -> Recommendation[str]", "", "def app", "must say what it returns"),
    Row("a collision", STEPS, "class Found(BaseModel):", "class Found(BaseModel):\n    total: int", "def find", "adds 'total'"),
    Row("an input field again", STEPS, "class Found(BaseModel):", "class Found(BaseModel):\n    urgent: int", "def find", "input field"),
    Row("a key that is no text", STEPS, "def pay(key: str", "def pay(key: int", "def pay", "annotate it as str"),
    Row("undo of something else", STEPS, "result: str)", "other: str)", "def cancel", "'other' is none"),
    Row("undo of another type", STEPS, "def cancel(key: str, result: str)", "def cancel(supplier: int)", "def cancel", "not int"),
    Row("confirm without key", STEPS, "def is_paid(key: str)", "def is_paid()", "def is_paid", "must take key"),
    Row("confirm that does not tell", STEPS, "def is_paid(key: str) -> bool", "def is_paid(key: str) -> None", "def is_paid", "must take key"),
    Row("does not import", STEPS, "class Found", "1 / 0\nclass Found", "1 / 0", "ZeroDivisionError"),
    Row("is no Python", STEPS, "class Found(", "class Found((", "class Found((", "not valid Python"),
    Row("imports what is not there", STEPS, "class Found", "import nowhere_at_all\nclass Found", "import now", "No module named"),
    Row("leaves", STEPS, "class Found", "raise SystemExit(3)\nclass Found", "raise", "SystemExit"),
    # people.yaml
    Row("queue of nobody", PEOPLE, "payables: {owner: ap.lead", "payables: {owner: ap.led", "payables", "not in people", "ap.lead"),
    Row("queue with somebody gone", PEOPLE, "[ap.clerk]", "[gone.one]", "payables", "no longer active"),
    Row("more than there are have to agree", MAP, "    queue: payables\n", "    queue: payables\n    four_eyes: [{people: 3, because: x}]\n", "four_eyes", "3 people have to agree, and queue 'payables' has 2 who decide"),
    Row("more than there are in the queue of a row", MAP, "    queue: payables\n", "    queue: payables\n    queues: [{when: urgent, queue: timeless}]\n    four_eyes: [{people: 2, because: x}]\n", "four_eyes", "2 people have to agree, and queue 'timeless' has 1 who decides"),
    Row("an interested party that is no fact", MAP, "    queue: payables\n", "    queue: payables\n    interested: [pyaee]\n", "interested", "The fact 'pyaee' is not known"),
    Row("unknown role", PEOPLE, "roles: [builder]", "roles: [bilder]", "bilder", "must be reviewer", "builder"),
    Row("a name no person has", PEOPLE, "  dev.one", "  Dev One", "Dev One:", "lower-case", "dev.one"),
    Row("queue of the builder", PEOPLE, "payables: {owner: ap.lead", "payables: {owner: dev.one", "queue: payables", "belongs to the builder", None, MAP),
    Row("unknown zone", PEOPLE, "queues:", "calendars:\n  berlin: {zone: Europe/Berln, week: {mon: ['09:00-10:00']}}\nqueues:", "berlin:", "time zone 'Europe/Berln'", "Europe/Berlin"),
    Row("unknown country", PEOPLE, "queues:", "calendars:\n  berlin: {zone: UTC, week: {mon: ['09:00-10:00']}, holidays: XX}\nqueues:", "berlin:", "No holidays are known of 'XX'"),
    Row("unknown part of a country", PEOPLE, "queues:", "calendars:\n  berlin: {zone: UTC, week: {mon: ['09:00-10:00']}, holidays: DE-BB1}\nqueues:", "berlin:", "'BB1' in DE", "BB"),
    Row("never open", PEOPLE, "queues:", "calendars:\n  berlin: {zone: UTC, week: {mon: []}}\nqueues:", "berlin:", "'week' has no opening"),
    Row("no weekday", PEOPLE, "queues:", "calendars:\n  berlin: {zone: UTC, week: {monday: ['09:00-10:00']}}\nqueues:", "berlin:", "must be a weekday"),
    Row("no opening", PEOPLE, "queues:", "calendars:\n  berlin: {zone: UTC, week: {mon: ['9-10']}}\nqueues:", "berlin:", "must be an opening"),
    Row("unknown calendar of a queue", PEOPLE, "timeless: {owner: ap.lead}", "timeless: {owner: ap.lead, calendar: here}", "timeless:", "calendar 'here' is not known"),
    Row("unknown calendar of a person", PEOPLE, "name: Bo Clerk}", "name: Bo Clerk, calendar: here}", "ap.clerk: {", "calendar 'here' is not known"),
    # deadlines
    Row("unknown preset", MAP, "sla: {due: PT24H, remind: PT20H, escalate_to: ap.lead}", "sla: urgnt", "sla:", "there is no preset 'urgnt'"),
    Row("unknown preset in a group", MAP, "due: PT24H, remind", "preset: urgnt, remind", "sla:", "must be urgent, standard", "urgent"),
    Row("a deadline that is a number", MAP, "sla: {due: PT24H, remind: PT20H, escalate_to: ap.lead}", "sla: 24", "sla:", "must be a group of keys"),
    Row("warned after the deadline", MAP, "remind: PT20H,", "warn: PT25H,", "sla:", "'warn' (1 d 1 h) comes not before 'due'"),
    Row("shared before it is warned", MAP, "remind: PT20H,", "warn: PT20H, share: PT20H,", "sla:", "out of order: 'warn'"),
    Row("expires before it is due", MAP, "remind: PT20H,", "expire: {after: PT24H, to: closed},", "sla:", "'due' (1 d) comes not before 'expire'"),
    Row("expires to an approval", MAP, "remind: PT20H,", "expire: {after: PT48H, to: pay},", "sla:", "must be reject or closed"),
    Row("expires to what runs", MAP, "remind: PT20H,", "expire: {after: PT48H, to: reject},", "sla:", "'pay' runs after a refusal"),
    Row("nobody to share with", MAP, "remind: PT20H,", "share: PT20H,", "sla:", "has no backup"),
    Row("working time of nobody", MAP, "remind: PT20H,", "time: working,", "sla:", "Whose working time is not said"),
    Row("unknown calendar of a deadline", MAP, "remind: PT20H,", "time: working, calendar: here,", "sla:", "calendar 'here' is not known"),
    Row("a calendar for nothing", MAP, "remind: PT20H,", "calendar: berlin,", "sla:", "needs no calendar"),
    Row("waiting for nothing", MAP, "remind: PT20H,", "waiting: PT30H,", "sla:", "brings nothing forward"),
    Row("escalation in a circle", MAP, "    queue: payables\n    sla:", "    queue: timeless\n    sla:", "sla:", "goes round in a circle"),
    Row("an exception out of order", MAP, "queue: payables}\n  - {name: no-total", "queue: payables, sla: {due: PT2H, remind: PT3H}}\n  - {name: no-total", "missing-po", "comes not before the deadline"),
    Row("two times for a question", MAP, "    sla: {due: PT24H", "    answer_within: PT4H\n    ask: {within: PT8H}\n    sla: {due: PT24H", "answer_within", "remove one of them"),
    Row("working time of a question", MAP, "    sla: {due: PT24H", "    ask: {within: PT8H, time: working}\n    sla: {due: PT24H", "ask:", "Whose working time is not said"),
    # people.yaml beside the maps
    _row("authority for no process", "process: invoice, decides: ['*']", "The process 'invoice' is not known", "invoices"),
    _row("authority for no decision", "decides: [aprove_payment]", "The decision 'aprove_payment' is not known", "approve_payment"),
    _row("authority for another process's decision", "process: invoices, decides: [refund]", "The decision 'refund' is not known"),
    _row("only by a fact of nowhere", "decides: [approve_payment], only: {suplier: [x]}", "The fact 'suplier' is not known at 'approve_payment'", "supplier"),
    _row("only by what comes later", "decides: [approve_payment], only: {approve_payment: [pay]}", "is not known at 'approve_payment'"),
    _row("only by a fact of nowhere, for all", "decides: ['*'], only: {suplier: [x]}", "is not known at any decision", "supplier"),
    _row("limit where no sum is at stake", "decides: [approve_payment], limit: 5 EUR", "No sum is at stake at 'approve_payment'"),
    _row("split where no sum is at stake", "decides: ['*'], split: {limit: 5 EUR, within: P7D}", "No sum is at stake at any decision"),
    _row("split without a subject", "decides: [approve_payment], split: {limit: 5 EUR, within: P7D}", "'split' needs 'subject'"),
    Row("interested fact of nowhere", MAP, "    subject: supplier", "    interested: [suplier]\n    subject: supplier", "interested", "The fact 'suplier' is not known", "supplier"),
    Row("interested in what comes later", MAP, "    subject: supplier", "    interested: [approve_payment]\n    subject: supplier", "interested", "approve_payment"),
    # surehand.yaml
    Row("unknown mode", SETTINGS, "mode: development", "mode: developement", "mode", "must be development", "development"),
    Row("unknown setting", SETTINGS, "port: 8420", "prot: 8420", "prot", "is not known", "port"),
    Row("impossible port", SETTINGS, "port: 8420", "port: 99999", "99999", "at most 65535"),
]  # fmt: skip

MORE = {
    "stake nowhere": [(MAP, "bands: review-flow", "bands: accounts-payable")],
    "exception too late": [
        (STEPS, "def cancel", "class Late(BaseModel):\n    late: int\n\n\ndef after_all() -> Late:\n    return Late(late=1)\n\n\ndef cancel"),
        (MAP, "    after: pay\n    undo: cancel\n    confirm: is_paid\n", ""),
        (MAP, "po_number == null", "late == 1"),
    ],
    "expires to what runs": [(MAP, "    after: pay\n", "")],
    "a calendar for nothing": [(PEOPLE, "queues:", "calendars:\n  berlin: {zone: UTC, week: {mon: ['09:00-10:00']}}\nqueues:")],
    "no undo for an override": [(MAP, "    undo: cancel\n", "")],
    "no undo for a finding": [(MAP, "    undo: cancel\n", "")],
    "limit where no sum is at stake": [(MAP, "money: total, medium_from: 1000, high_from: 10000, ", "")],
    "split where no sum is at stake": [(MAP, "money: total, medium_from: 1000, high_from: 10000, ", "")],
    "split without a subject": [(MAP, "    subject: supplier\n", "")],
    "an answer not declared": [(STEPS, "from datetime", "import typing\nfrom datetime")],
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_fault_says_where_what_and_the_nearest_name(row: Row, tmp_path: Path) -> None:
    folder = write(tmp_path, (row.edited, row.old, row.new), *MORE.get(row.name, ()))
    found = deployment.check(folder)
    file = row.file or row.edited
    place = f"{file}:{line_of(folder, file, row.at)}"
    here = [fault for fault in found if fault.where == place or fault.where.startswith(f"{place}:")]
    told = [fault for fault in here if row.says in fault.message]
    assert told, f"nothing at {place} says {row.says!r}; found: {[str(fault) for fault in found]}"
    assert any(fault.suggestion == row.near for fault in told), told
    if row.says.startswith("The process "):  # one people.yaml can serve several deployments
        assert deployment.load(folder).bind()
        return
    with pytest.raises(MapInvalid):
        deployment.load(folder).bind()


@pytest.mark.parametrize(
    "row",
    [
        "decides: [approve_payment], limit: 5 EUR, split: {limit: 9 EUR, within: P7D}, only: {supplier: [x]}",
        "process: invoices, decides: ['*'], only: {vendor: [x]}, limit: 5 EUR",
        "decides: [missing-po, no-total], only: {urgent: ['yes']}, write: [reason, note], delegate: P14D",
    ],
)
def test_authority_that_fits_the_maps(row: str, tmp_path: Path) -> None:
    fits = _row("fits", row, "")
    folder = write(tmp_path, (PEOPLE, fits.old, fits.new))
    assert deployment.check(folder) == []
    assert deployment.load(folder).bind()


def test_the_deployment_as_it_should_be_has_no_faults(tmp_path: Path) -> None:
    assert deployment.check(write(tmp_path)) == []


def test_all_faults_come_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    edits = [
        (MAP, "owner: ap.lead", "owner: ap.led"),
        (MAP, "review_every: P90D", "review_every: 90"),
        (MAP, "vendor.is_new", "vendor.is_nwe"),
        (MAP, "undo: cancel", "undo: cancl"),
        (MAP, "    subject: supplier", "    subjct: supplier"),
        (STEPS, "po_number: str | None", "po_number: int | None"),
    ]
    faults = deployment.check(write(tmp_path, *edits))
    assert [fault.where.partition(":")[0] for fault in faults] == [MAP] * 5 + [STEPS]
    lines = [int(fault.where.split(":")[1]) for fault in faults[:5]]
    assert lines == sorted(lines)


def test_a_fault_in_a_condition_has_its_column(tmp_path: Path) -> None:
    folder = write(tmp_path, (MAP, "vendor.is_new", "vendor.is_nwe"))
    (fault,) = deployment.check(folder)
    line = (folder / MAP).read_text().splitlines()[int(fault.where.split(":")[1]) - 1]
    assert line[int(fault.where.split(":")[2]) - 1 :].startswith(".is_nwe")


def test_a_step_between_decision_and_act_may_not_feed_the_act(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        (MAP, "  - lookup: find_vendor\n", ""),
        (MAP, "  - act: pay\n", "  - lookup: find_vendor\n  - act: pay\n"),
        (MAP, "total.base > 10000.0 && vendor.is_new", "urgent"),
        (MAP, "vendor.score > 0.9 && ", ""),
        (STEPS, "vendor: Vendor, po_number", "po_number"),
        (STEPS, "def pay(key: str,", "def pay(key: str, vendor: Vendor, found: Found,"),
    )
    faults = deployment.check(folder)
    assert len(faults) == 2
    assert all("nobody approved it" in f.message or "after the decision" in f.message for f in faults)


def test_two_processes_of_one_name_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path)
    write(
        tmp_path,
        **{"again/process.yaml": (folder / MAP).read_text(), "again/steps.py": (folder / STEPS).read_text()},
    )
    assert any("another process called 'invoices'" in fault.message for fault in deployment.check(folder))


def test_the_folder_of_one_process_is_no_deployment(tmp_path: Path) -> None:
    (fault,) = deployment.check(write(tmp_path) / "invoices")
    assert "name the one above it" in fault.message


def test_a_folder_without_steps_says_so(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / STEPS).unlink()
    with pytest.raises(MapInvalid, match=r"steps.py: is missing"):
        bind(folder / "invoices", people(folder / "people.yaml"))


def test_a_loosening_rule_on_readings_names_them(tmp_path: Path) -> None:
    faults = deployment.check(write(tmp_path, (MAP, "vendor.score > 0.9", "total.base < 9.0")))
    assert "and total is neither" in faults[0].message


def test_what_was_wrong_before_is_known_whatever_row_it_is_in_and_whatever_it_counts() -> None:
    before = [
        Fault("roster.authority[3].above", "'ann' is no longer active."),
        Fault("roster.queues.desk", "1 decides, of 3.", kind="3 of 'desk'"),
    ]
    moved = Fault("roster.authority[0].above", "'ann' is no longer active.")
    better = Fault("roster.queues.desk", "2 decide, of 3.", kind="3 of 'desk'")
    assert new_among([moved, better], before) == []
    again = Fault("roster.authority[7].above", "'ann' is no longer active.")
    for new in (again, replace(moved, message="'bo' is no longer active."), replace(better, kind="4 of 'desk'"),
                replace(moved, where="roster.queues.desk.owner")):  # fmt: skip
        assert new_among([moved, better, new], before) == [new]
    assert new_among([], before) == []


def test_what_is_not_known_is_the_same_whatever_else_is_known() -> None:
    def fault(*known: str) -> list[Fault]:
        faults = Faults(PathPlaces("refunds"))
        faults.unknown(("steps", 0, "queue"), "The queue", "desk", known)
        return faults.found

    assert fault("a") != fault("a", "b")
    assert new_among(fault("a", "b"), fault("a")) == []
