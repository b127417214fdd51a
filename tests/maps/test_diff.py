"""What changed between two maps, and whether it loosens the oversight."""

# ruff: noqa: E501 (a row of a table is one line)

import pytest

from surehand.core.process import Process
from surehand.maps.diff import differences, loosens
from surehand.maps.routes import Effect
from surehand.maps.source import parse
from tests.maps.deployments import PROCESS

LOOSENS, TIGHTENS, NEITHER = Effect.LOOSENS, Effect.TIGHTENS, Effect.NEITHER


def process(*edits: tuple[str, str]) -> Process:
    text = PROCESS
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return Process.model_validate(parse(text, label="x").data)


TABLE = "bands: [{above: 0.95, route: automate}, {from: 0.5, route: review}, {from: 0, route: assist}]"


@pytest.mark.parametrize(
    ("old", "new", "says", "effect"),
    [
        ("bands: review-flow", "level: review", "became always review", LOOSENS),  # assist below .70 became review
        ("bands: review-flow", "level: human", "became always human", TIGHTENS),
        ("bands: review-flow", "level: automate", "became always automate", LOOSENS),
        ("bands: review-flow", "bands: two-by-two", "the preset two-by-two", LOOSENS),
        ("bands: review-flow", "bands: accounts-payable", "accounts-payable", TIGHTENS),
        ("bands: review-flow", TABLE, "above 0.95 automate", LOOSENS),
        ("bands: review-flow", TABLE.replace("0.5", "0.7"), "above 0.95 automate", TIGHTENS),
        ("bands: review-flow", TABLE.replace("0.5", "0.7").replace("0.95", "0.9"), "above 0.9 automate", NEITHER),
        ("route: assist", "route: human", "led to assist, now to human", TIGHTENS),
        ("route: assist", "route: review", "led to assist, now to review", LOOSENS),
        ("because: New vendor,", "because: A new one,", "words of the rule", NEITHER),
        ("10000.0 && vendor", "90000.0 && vendor", "was removed", LOOSENS),
        ("      - {when: \"vendor.score > 0.9 && supplier != ''\", route: automate, because: Known well}\n", "", "was removed", TIGHTENS),
        ("medium_from: 1000", "medium_from: 2000", "'medium_from' was 1000, and became 2000", LOOSENS),
        ("medium_from: 1000", "medium_from: 10", "became 10", TIGHTENS),
        ("high_from: 10000, ", "", "became nothing", LOOSENS),
        ("reversible_within: P1D", "reversible_within: P1D, reversible: false", "became no", TIGHTENS),
        ("reversible_within: P1D", "reversible_within: P1D, legal: high", "became 'high'", TIGHTENS),
        ("[model_probability, completeness]", "[model_probability]", "signals were", LOOSENS),
        ("[model_probability, completeness]", "[model_probability, completeness, rule_clarity]", "signals", TIGHTENS),
        ("[pay, reject]", "[pay, reject, later]", "choices were pay and reject", NEITHER),
        ("due: PT24H", "due: P3D", "became 3 d", NEITHER),
        ("due: PT24H, remind: PT20H, escalate_to: ap.lead", "preset: urgent", "'due' was 1 d, and became 4 h", NEITHER),
        ("remind: PT20H", "warn: PT20H", "'warn' was nothing, and became 20 h", NEITHER),
        ("remind: PT20H", "time: working, calendar: berlin", "'time' was 'elapsed', and became 'working'", NEITHER),
        ("remind: PT20H", "at_risk: warn, waiting: PT2H", "'waiting' was nothing, and became 2 h", NEITHER),
        ("remind: PT20H", "expire: {after: P3D, to: reject}", "now it is refused without a person after 3 d", LOOSENS),
        ("queue: payables\n", "queue: payables\n    ask: {within: PT8H, clock: run}\n", "It was added.", NEITHER),
        ("null\", queue: payables}", "null\", queue: payables, sla: {due: P1D, expire: {after: P2D, to: closed}}}", "now it is closed without a person after 2 d", LOOSENS),
        ("queue: payables\n", "queue: timeless\n", "became 'timeless'", NEITHER),
        ("owner: ap.lead", "owner: ap.clerk", "'ap.lead' became 'ap.clerk'", NEITHER),
        ("    after: pay\n", "", "'after' was 'pay', and became nothing", LOOSENS),
        ("    undo: cancel\n", "", "became nothing", LOOSENS),
        ("    undo: cancel\n", "    undo: cancel\n    repeatable: true\n", "became yes", LOOSENS),
        ("  - lookup: find_vendor\n", "", "lookup step was removed", LOOSENS),
        ("  - act: pay\n", "  - act: tell\n  - act: pay\n", "act step was added", LOOSENS),
        ("  - {name: no-total, when: \"total.amount == null\", queue: payables}\n", "", "was removed", LOOSENS),
        ("exceptions:\n", "exceptions:\n  - {name: rush, when: urgent, queue: payables}\n", "was added: urgent", TIGHTENS),
        ("po_number == null", "urgent", "became 'urgent'", LOOSENS),
        ("urgent: {type: yes_no}", "urgent: {type: yes_no, trusted: true}", "no became yes", LOOSENS),
        ("urgent: {type: yes_no}", "urgent: {type: yes_no, required: false}", "yes became no", LOOSENS),
        ("USD: 0.5", "USD: 0.6", "0.5 became 0.6", NEITHER),
        ("10 000 go", "20 000 go", "20 000", NEITHER),
        ("provider: external", "provider: rules", "'rules'", NEITHER),
        ("outputs:\n", "volume: {per_month: 10}\noutputs:\n", "Added", NEITHER),
        ("bands: review-flow", "level: notify\n    notify: {window: PT4H}", "It was added", NEITHER),
    ],
)  # fmt: skip
def test_one_change_is_told(old: str, new: str, says: str, effect: Effect) -> None:
    found = differences(process(), process((old, new)))
    told = [one for one in found if says in one.text]
    assert told, found
    assert any(one.effect is effect for one in told), told
    assert loosens(found) is any(one.effect is LOOSENS for one in found)


TOLD = ("bands: review-flow", "level: notify\n    notify: {window: PT4H, acts: after_window}")
CHECKED = ("bands: review-flow", "level: spot_check\n    spot_check: {share: 0.1, on_error: ask}")


@pytest.mark.parametrize(
    ("before", "old", "new", "says", "effect"),
    [
        (TOLD, "PT4H", "PT2H", "'window' was 4 h, and became 2 h", LOOSENS),
        (TOLD, "PT4H", "PT8H", "became 8 h", TIGHTENS),
        (TOLD, "after_window", "now", "became 'now'", LOOSENS),
        (CHECKED, "0.1", "0.05", "'share' was 0.1, and became 0.05", LOOSENS),
        (CHECKED, "0.1", "0.2", "became 0.2", TIGHTENS),
        (CHECKED, "on_error: ask", "on_error: record", "became 'record'", LOOSENS),
    ],
)
def test_a_window_and_a_sample(
    before: tuple[str, str], old: str, new: str, says: str, effect: Effect
) -> None:
    (found,) = differences(process(before), process((before[0], before[1].replace(old, new))))
    assert says in found.text
    assert found.effect is effect


PROMISED = ("bands: review-flow", "guarantee: {error: 0.02, cluster: supplier}")


@pytest.mark.parametrize(
    ("old", "new", "says", "effect"),
    [
        (", cluster: supplier", "", "by supplier, and became", LOOSENS),
        ("cluster: supplier", "cluster: po_number", "by po_number", LOOSENS),
        ("0.02", "0.01", "became what is earned at 1 % error, 95 % sure, by supplier", TIGHTENS),
    ],
)
def test_how_alike_cases_are_told_apart(old: str, new: str, says: str, effect: Effect) -> None:
    (found,) = differences(process(PROMISED), process((PROMISED[0], PROMISED[1].replace(old, new))))
    assert says in found.text
    assert found.effect is effect


def test_to_tell_alike_cases_apart_tightens() -> None:
    before = (PROMISED[0], PROMISED[1].replace(", cluster: supplier", ""))
    (found,) = differences(process(before), process(PROMISED))
    assert found.effect is TIGHTENS


def test_nothing_changed_is_nothing_told() -> None:
    assert differences(process(), process()) == []


@pytest.mark.parametrize(
    ("old", "new", "says", "effect"),
    [
        (
            "{after: P3D, to: reject}",
            "{after: P2D, to: reject}",
            "person after 3 d; now it is refused without a person after 2 d",
            LOOSENS,
        ),
        (
            "{after: P3D, to: reject}",
            "{after: P4D, to: closed}",
            "person after 3 d; now it is closed without a person after 4 d",
            NEITHER,
        ),
        (", expire: {after: P3D, to: reject}", "", "now it waits for the owner of the process", TIGHTENS),
    ],
)
def test_how_what_nobody_decides_ends(old: str, new: str, says: str, effect: Effect) -> None:
    ends = ("remind: PT20H", "remind: PT20H, expire: {after: P3D, to: reject}")
    (found,) = differences(process(ends), process(ends, (old, new)))
    assert says in found.text
    assert found.effect is effect


def test_the_order_of_steps() -> None:
    swapped = process(
        (
            "  - extract: read_invoice\n  - lookup: find_vendor\n",
            "  - lookup: find_vendor\n  - extract: read_invoice\n",
        )
    )
    assert "The order became" in differences(process(), swapped)[0].text
