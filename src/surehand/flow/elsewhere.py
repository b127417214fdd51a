"""A reviewer says that they had to look elsewhere: what the brief lacked. It decides nothing."""

from sqlalchemy import Connection

from surehand.core.case import BESIDE, Case, Elsewhere
from surehand.core.passage import Passage
from surehand.core.remarks import lacked
from surehand.errors import Forbidden
from surehand.flow.context import Context
from surehand.flow.review import Also, raced
from surehand.flow.standing import Standing, right_of, standing
from surehand.store import remarks, saving


def look_elsewhere(
    context: Context, person: str, case_id: str, what: str, words: str = "", *, of: str | None = None,
    round: int | None = None, also: Also[Case] | None = None,
) -> Case:  # fmt: skip
    """Say what the brief of a case lacked. For who may decide it; state and deadline stay as they are.

    Said again of the same brief, it takes the place of what was said before.

    what    one of `remarks.LACKS`
    of      id of the assignment, see `submit_verdict`
    round   of the page that the person saw; None skips that comparison
    raises  InvalidInput, Forbidden, Conflict where nothing waits any more, NotFound
    """
    said = lacked(what, words)

    def transaction(connection: Connection) -> Case:
        found = standing(context, connection, person, case_id, of=of, round=round)
        if isinstance(refused := right_of(context, person, found), str):
            raise Forbidden(refused)
        before = _before(connection, person, found)
        saved = found.case
        if before is None or (before.what, before.words) != (what, said):
            passage = Passage(found.case, at=context.clock())
            point, of_round = _brief(found)
            record = Elsewhere(case_id, point, of_round, person, passage.at, what, said)
            (passage.add if before is None else passage.update)(record)
            passage.note(
                "looked_elsewhere", person, point=point, round=of_round, what=what, words=said,
                **({"again": True} if before is not None else {}),
            )  # fmt: skip
            saved = saving.save(connection, [passage.change()])[0]
        if also is not None:
            also(connection, saved)
        return saved

    return raced(context, person, case_id, transaction)


def said_before(context: Context, person: str, found: Standing) -> Elsewhere | None:
    """What this person has said of this brief."""
    with context.db.look() as connection:
        return _before(connection, person, found)


def _before(connection: Connection, person: str, found: Standing) -> Elsewhere | None:
    point, round_ = _brief(found)
    return remarks.elsewhere_of_person(
        connection, found.case.id, point=point, round=round_, person=person
    )  # fmt: skip


def _brief(found: Standing) -> tuple[str, int]:
    """The point and round that a brief is about."""
    given = found.assignment
    return given.point, given.round if given.kind in BESIDE else found.case.round
