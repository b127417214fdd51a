"""What people have looked at and decided, for models that learn from it."""

from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, select

from surehand.core.case import Case
from surehand.core.verifying import agrees
from surehand.store import cases
from surehand.store.tables import case, verdict

#: Verdicts whose giver stands behind the fields of the case.
_STANDS_BEHIND = ("approve", "edit")

#: Letters of one case that is learned from, and of all of them; and cases that are looked at together.
_LARGEST, _MOST, _AT_ONCE = 1_000_000, 256_000_000, 100

#: Verdicts in which the answers of an open list are looked for.
_LATELY = 5_000


def decided(connection: Connection, process: str, *, limit: int) -> Iterator[Case]:
    """The newest cases of a process whose fields a person approved or corrected, oldest first.

    A case that was only rejected is left out: that says nothing about what was read from its document. So
    is one in which somebody entered other fields than those that stand, since it is not known which are
    right; one whose document is huge; and the oldest, where all would not fit into memory.
    """
    looked = exists().where(
        verdict.c.case_id == case.c.id, verdict.c.final, verdict.c.kind.in_(_STANDS_BEHIND)
    )
    found = connection.execute(
        select(case.c.id)
        .where(case.c.process == process, looked)
        .order_by(case.c.created_at.desc(), case.c.id.desc())
        .limit(limit)
    )
    ids = _fitting(connection, list(found.scalars()))[::-1]
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        loaded, entered = cases.load(connection, some), _entered(connection, some)
        for one in some:
            if not any(_disputed(said, loaded[one]) for said in entered.get(one, ())):
                yield loaded[one]


def _disputed(said: Mapping[str, Any], stands: Case) -> bool:
    """Somebody entered something else than what stands, and nobody has corrected that since."""
    read = {name: value for name, value in said.items() if name not in stands.corrected}
    return bool(read) and not agrees(read, stands.facts)


def _entered(connection: Connection, ids: list[str]) -> dict[str, list[Mapping[str, Any]]]:
    """Case -> fields that people entered from its source without seeing what was read."""
    found = connection.execute(
        select(verdict.c.case_id, verdict.c.value).where(verdict.c.case_id.in_(ids), verdict.c.final)
    )
    held: dict[str, list[Mapping[str, Any]]] = {}
    for case_id, value in found:
        if isinstance(value, Mapping) and value:
            held.setdefault(case_id, []).append(value)
    return held


def answered(
    connection: Connection, process: str, point: str, *, limit: int
) -> Iterator[tuple[Mapping[str, Any], Any]]:
    """Facts and answer of the newest cases at whose decision point a person gave the last word, oldest first.

    None is the answer where the case was turned away with none. Where facts were edited since, the verdict
    was on others, and is left out.
    """
    found = connection.execute(
        _of_people(process, point, case.c.facts, verdict.c.kind, verdict.c.value)
        .order_by(verdict.c.at.desc(), verdict.c.case_id.desc())
        .limit(limit)
    )
    rows, size = [], 0
    for facts, kind, value in found:
        size += len(str(facts))
        if size > _MOST:
            break
        if value is not None or kind == "reject":
            rows.append((facts, value))
    yield from reversed(rows)


def of_cases(
    connection: Connection, process: str, point: str
) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    """Case, facts and the answer that people gave there; None: the case was turned away with none."""
    found = _of_people(process, point, case.c.id, case.c.facts, verdict.c.kind, verdict.c.value)
    for id, facts, kind, value in connection.execute(found.order_by(case.c.created_at, case.c.id)):
        if value is not None or kind == "reject":
            yield id, facts, value


def count(connection: Connection, process: str, point: str, *, most: int) -> int:
    """How many verdicts people gave at a decision point, for a model to learn from; counts up to `most`."""
    some = _of_people(process, point, verdict.c.case_id).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())


def named(connection: Connection, process: str, point: str) -> list[str]:
    """The answers that people gave at a decision point lately, by name: what an open list holds."""
    lately = _of_people(process, point, verdict.c.value).order_by(verdict.c.at.desc()).limit(_LATELY)
    return sorted({value for value in connection.execute(lately).scalars() if isinstance(value, str)})


def _of_people(process: str, point: str, *columns: ColumnElement[Any]) -> Select[Any]:
    """Final verdicts on cases as they are now."""
    return (
        select(*columns)
        .join_from(verdict, case, case.c.id == verdict.c.case_id)
        .where(
            case.c.process == process, verdict.c.point == point, verdict.c.final,
            verdict.c.round == case.c.round,
        )
    )  # fmt: skip


def _fitting(connection: Connection, ids: list[str]) -> list[str]:
    """The first that fit into memory together, without those that alone are far larger than any paper."""
    sizes = [
        (one, size)
        for start in range(0, len(ids), _AT_ONCE)
        for one, size in _sizes(connection, ids[start : start + _AT_ONCE])
        if size <= _LARGEST
    ]
    totals = accumulate(size for _, size in sizes)
    return [one for (one, _), total in zip(sizes, totals, strict=True) if total <= _MOST]


def _sizes(connection: Connection, ids: list[str]) -> list[tuple[str, int]]:
    found = cases.sizes(connection, ids)
    return [(one, found[one]) for one in ids]
