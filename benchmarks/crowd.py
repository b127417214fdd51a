"""Many waiting cases in a database, multiplied in SQL from some that the product made.

The product takes in, judges and hands over `TEMPLATES` cases; their rows in `case`, `judgement`,
`assignment` and `audit_event` are then copied with new numbers, keys and deadlines. So every row looks as the
product writes it, but the copies' chains do not verify: an event's hash covers the name of its chain.

One copy in fifty is overdue with all its rungs climbed; all others are due later, spread evenly.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    func,
    insert,
    literal,
    make_url,
    null,
    select,
    text,
    type_coerce,
)  # fmt: skip
from sqlalchemy import case as either
from sqlalchemy.schema import CreateIndex, DropIndex

from benchmarks.refunds import item, place
from surehand.flow.running import submit_now
from surehand.store.tables import assignment, audit_event, case, judgement

TEMPLATES = 200
REVIEWERS = tuple(f"reviewer-{number}.r" for number in range(8))

PEOPLE = "\n".join(
    (
        "people:",
        "  ida.owner: {name: Ida Owner, roles: [owner, reviewer]}",
        "  bo.builder: {name: Bo Builder, roles: [builder]}",
        *(f"  {name}: {{name: {name}, roles: [reviewer]}}" for name in REVIEWERS),
        "queues:",
        f"  refunds: {{owner: ida.owner, members: [{', '.join(REVIEWERS)}], due: PT24H}}",
        "",
    )
)

_OVERDUE = 50
_SECOND = 1_000_000

_COPIES = Table(
    "copies", MetaData(), Column("number", BigInteger), Column("suffix", Text), prefixes=["TEMPORARY"]
)
_TABLES = (case, judgement, assignment, audit_event)


def fill(url: str, count: int) -> None:
    """Let so many cases wait in an empty database: a multiple of TEMPLATES, or less than it."""
    templates = min(count, TEMPLATES)
    with place(url, people=PEOPLE) as surehand:
        for number in range(templates):
            submit_now(surehand.context, item(number, sure=0.8), submitter="ida.owner")
    copies = count // templates - 1
    if copies:
        engine = _engine(url)
        try:
            with engine.begin() as connection, _without_indexes(connection):
                _copy(connection, copies)
            _settle(engine)
        finally:
            engine.dispose()


def _engine(url: str) -> Engine:
    """Nothing is waited for while rows are loaded."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"))
    engine = create_engine(parsed)

    @event.listens_for(engine, "connect")
    def _fast(connection: Any, _record: Any) -> None:
        for pragma in ("synchronous = OFF", "foreign_keys = OFF", "cache_size = -262144"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    """They are made once, afterwards."""
    if connection.dialect.name == "postgresql":
        for setting in ("session_replication_role = replica", "maintenance_work_mem = '256MB'"):
            connection.execute(text(f"SET LOCAL {setting}"))
    indexes = [index for table in _TABLES for index in table.indexes]
    for index in indexes:
        connection.execute(DropIndex(index))
    yield
    for index in indexes:
        connection.execute(CreateIndex(index))


def _settle(engine: Engine) -> None:
    """What would have happened in the background by then."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))
    else:
        with engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _copy(connection: Connection, copies: int) -> None:
    _COPIES.create(connection)
    numbers = range(1, copies + 1)
    connection.execute(insert(_COPIES), [{"number": number, "suffix": f"-{number:05}"} for number in numbers])
    for table, changed in _changed().items():
        wanted = select(*(changed.get(c.name, c) for c in table.columns))
        wanted = wanted.select_from(table.join(_COPIES, literal(True)))
        if table is audit_event:
            wanted = wanted.where(audit_event.c.chain != "system")
        connection.execute(insert(table).from_select([c.name for c in table.columns], wanted))


def _changed() -> dict[Table, dict[str, Any]]:
    """What is not as in the template, by table and column."""
    number, suffix = _COPIES.c.number, _COPIES.c.suffix
    overdue = number % _OVERDUE == 0
    # templates are due within a moment of each other; copies fill the hours after, or lie a day back
    behind = literal(-30 * 3600 * _SECOND, BigInteger) - number * 100_000
    step = either((overdue, behind), else_=number * 10 * _SECOND)
    return {
        case: {
            "id": case.c.id + suffix,
            "key": case.c.key + suffix,
            "subject": case.c.subject + suffix,
            "due_at": _plain(case.c.due_at) + step,
            "created_at": _plain(case.c.created_at) - number * _SECOND,
            "sealed_seq": case.c.audit_seq,
        },
        judgement: {"case_id": judgement.c.case_id + suffix},
        assignment: {
            "id": assignment.c.case_id + suffix + func.replace(assignment.c.id, assignment.c.case_id, ""),
            "case_id": assignment.c.case_id + suffix,
            "due_at": _plain(assignment.c.due_at) + step,
            "timer_at": either((overdue, null()), else_=_plain(assignment.c.timer_at) + step),
            "stage": either((overdue, literal(3)), else_=assignment.c.stage),
        },
        audit_event: {"chain": audit_event.c.chain + suffix},
    }


def _plain(column: Any) -> Any:
    """A time as the number that is stored."""
    return type_coerce(column, BigInteger)
