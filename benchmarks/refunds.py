"""The process that the benchmarks run, the smallest that does everything, and databases to run it on."""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.callers import Figures
from surehand.app import Surehand, assembled
from surehand.flow.intake import Submission
from surehand.store.database import opened

PROCESS = """\
process: refunds
currency: EUR
owner: ida.owner
builder: bo.builder
review_every: P90D
input:
  fields:
    order: {type: text, trusted: true}
    amount: {type: money}
    sure: {type: number, trusted: true}
steps:
  - lookup: customer
  - decide: refund
    choices: [pay, reject]
    subject: order
    consequence: {money: amount, medium_from: 1000, high_from: 10000, reversible_within: P1D}
    signals: [model_probability, completeness]
    bands: review-flow
    queue: refunds
    sla: {due: PT24H}
  - act: pay
    after: pay
    repeatable: true
"""

STEPS = """\
from pydantic import BaseModel

from surehand.core.money import Money
from surehand.core.recommendation import Recommendation


class Customer(BaseModel):
    name: str
    since: int


def customer(order: str) -> Customer:
    return Customer(name=f"Customer of {order}", since=2019)


def refund(name: str, amount: Money, sure: float) -> Recommendation[str]:
    return Recommendation(value="pay", confidence=sure, reasons=(f"{name} sent it back in time",))


def pay(key: str, order: str, amount: Money) -> str:
    return f"paid under {key}"
"""

PEOPLE = """\
people:
  ida.owner: {name: Ida Owner, roles: [owner, reviewer]}
  rae.reviewer: {name: Rae Reviewer, roles: [reviewer]}
  bo.builder: {name: Bo Builder, roles: [builder]}
queues:
  refunds: {owner: ida.owner, members: [rae.reviewer], due: PT24H}
"""


def written(folder: Path, url: str, *, people: str = PEOPLE, process: str = PROCESS) -> Path:
    """The deployment's files, in a folder of their own."""
    (folder / "refunds").mkdir(parents=True, exist_ok=True)
    (folder / "refunds" / "process.yaml").write_text(process)
    (folder / "refunds" / "steps.py").write_text(STEPS)
    (folder / "people.yaml").write_text(people)
    (folder / "surehand.yaml").write_text(f"mode: development\ndatabase: {url}\n")
    return folder


@contextmanager
def place(
    url: str, *, people: str = PEOPLE, process: str = PROCESS, pool: int = 36
) -> Iterator[Surehand]:  # fmt: skip
    """The deployment on a database, assembled and not started."""
    with tempfile.TemporaryDirectory(prefix="refunds-") as name:
        folder = written(Path(name), url, people=people, process=process)
        surehand = assembled(folder, database=opened(url, pool=pool))
        try:
            yield surehand
        finally:
            surehand.close()


def item(number: int, *, sure: float) -> Submission:
    """One refund."""
    return Submission(
        process="refunds", key=f"order-{number}",
        input={"order": f"order-{number}", "amount": f"{number % 900 + 1}.50 EUR", "sure": sure},
    )  # fmt: skip


#: The kinds of database that are measured.
KINDS = ("sqlite", "postgresql")


def tell(figures: Figures, lines: Callable[[str, Figures], Iterable[str]], *, as_json: bool) -> None:
    """Print what was measured: all of it as JSON, or the lines of each kind of database."""
    if as_json:
        print(json.dumps(figures, indent=2))
        return
    for kind in KINDS:
        if kind in figures:
            print("\n".join(lines(kind, figures[kind])))


def databases(wanted: Sequence[str], stack: ExitStack) -> Iterator[tuple[str, Iterator[str]]]:
    """Name of each kind, with URLs of empty databases."""
    for kind in wanted:
        if kind == "sqlite":
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lifecycle-db-")))
            yield kind, (f"sqlite:///{folder / f'{number}.db'}" for number in range(1_000))
        elif kind == "postgresql":
            from tests.postgres import running_postgres

            server = stack.enter_context(running_postgres(in_memory=False))
            yield kind, (stack.enter_context(server.database()) for _ in range(1_000))
        else:
            raise SystemExit(f"--database {kind}: say sqlite or postgresql")
