"""The mail of the made-up company: its invoices and receipts come in as cases, and what is true of each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from surehand.core.case import Case
from surehand.demo import post
from surehand.demo.company import Company
from surehand.demo.invoices import Paperwork, invoices
from surehand.demo.receipts import receipts
from surehand.errors import SurehandError
from surehand.flow import filing
from surehand.flow.context import Context
from surehand.flow.intake import Submission, submit_many
from surehand.flow.running import drain
from surehand.store import cases

INVOICES, RECEIPTS = "supplier-invoices", "expense-receipts"

#: Whoever opens the envelopes; nobody decides a case that they sent in.
SENDER = "platform.dev"

_TOGETHER = 10


@dataclass(frozen=True, slots=True)
class Letter:
    """One paper that comes in.

    key    of its case
    kind   what is the matter with it; `clean` or `small_clear` where nothing is
    truth  what is printed on it
    good   a good reviewer pays it
    paper  what it is printed from
    """

    key: str
    process: str
    kind: str
    truth: Mapping[str, Any]
    good: bool
    paper: Paperwork | Mapping[str, Any]


def letters(house: Company, *, bills: int, slips: int, seed: int, today: date) -> list[Letter]:
    """Invoices and receipts in the order in which they come in; more of them leave the first as they are."""
    found = [_bill(one) for one in invoices(bills, seed, house=house)]
    tills = [_slip(one) for one in receipts(slips, seed, today=today)]
    return list(_mixed(found, tills))


def _bill(one: Paperwork) -> Letter:
    return Letter(one.key, INVOICES, one.kind, one.truth, one.answer == "approve", one)


def _slip(one: Mapping[str, Any]) -> Letter:
    return Letter(one["key"], RECEIPTS, one["kind"], one["truth"], one["truth"]["answer"] == "approve", one)


def _mixed(first: Sequence[Letter], second: Sequence[Letter]) -> Iterator[Letter]:
    """Both, spread evenly."""
    ranked = [
        ((n + 0.5) / len(part), p, one)
        for p, part in enumerate((first, second))
        for n, one in enumerate(part)
    ]
    yield from (one for _, _, one in sorted(ranked, key=lambda rank: rank[:2]))


def delivered(
    context: Context, mail: Sequence[Letter], *, opened: Callable[[int], None] = lambda count: None
) -> list[str]:
    """Send letters in and run what is due; the numbers of their cases, in order.

    opened  is told how many were opened since the last time
    """
    ids: list[str] = []
    with context.db.read() as connection:
        known = cases.by_key(connection, {(letter.process, letter.key) for letter in mail})
    if len(known) == len(mail):
        return [known[(letter.process, letter.key)].id for letter in mail]
    for start in range(0, len(mail), _TOGETHER):
        portion = mail[start : start + _TOGETHER]
        results = submit_many(context, [_submission(context, one) for one in portion], submitter=SENDER)
        for result in results:
            if isinstance(result, SurehandError):
                raise result
            ids.append(result.case.id)
        while drain(context):
            pass
        opened(len(portion))
    return ids


def _submission(context: Context, letter: Letter) -> Submission:
    given: dict[str, Any] = {}
    if isinstance(letter.paper, Paperwork):
        arrival = post.invoice(letter.paper)
    else:
        arrival = post.receipt(letter.paper)
        given = {name: value for name, value in letter.paper["input"].items() if name != "document"}
    kept = filing.keep(context, arrival.content, by=SENDER)
    document = {"file": kept.digest, "name": arrival.name}
    if arrival.document is not None:
        document |= {"pages": arrival.document["pages"]}
    return Submission(process=letter.process, key=letter.key, input={**given, "document": document})


def misread(letter: Letter, case: Case) -> list[str]:
    """Fields that matter for the payment and are not what the paper says."""
    return [
        name for name in _MATTERS[letter.process] if not same(letter.truth.get(name), case.facts.get(name))
    ]


_MATTERS = {INVOICES: ("supplier", "number", "total", "po_number"), RECEIPTS: ("total", "date")}


def same(true: Any, read: Any) -> bool:
    """A value that was read is the one on the paper, whatever its spaces, case and currency sign."""
    if isinstance(read, Mapping):
        read = read.get("amount")
    if isinstance(true, Mapping):
        true = true.get("amount")
    return plain(true) == plain(read)


def plain(value: Any) -> str:
    """A value for comparison: upper-case letters and digits."""
    return "".join(c for c in str(value or "").upper() if c.isalnum())
