"""What an action is judged by before it runs, and whether it may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from surehand.core.actions import UNDO, action_digest, backoff
from surehand.core.authority import denial, warrant
from surehand.core.bound import BoundProcess, BoundStep
from surehand.core.case import Action, Case
from surehand.core.matters import as_judged, matter_of, point_before
from surehand.core.revoking import Revocation, concerns, undo_refused
from surehand.core.steps import DecisionPoint
from surehand.errors import SurehandError
from surehand.flow.context import Context
from surehand.flow.doubts import Doubt, doubts
from surehand.flow.roster import refresh
from surehand.store import cases, work
from surehand.store.plans import Approval, Plans, plans
from surehand.store.work import Work


@dataclass(frozen=True, slots=True)
class Scene:
    """One action with everything needed to judge whether it may run.

    original    the action that it takes back, else itself
    revocation  of the case's decision that is being taken back, if one is
    """

    item: Work
    case: Case
    action: Action
    original: Action
    process: BoundProcess
    bound: BoundStep
    approvals: Sequence[Approval]
    revocation: Revocation | None = None
    doubt: Doubt | None = None

    @property
    def forgotten(self) -> bool:
        """It may have run before a restore, so it is asked about before it runs."""
        if self.doubt is None or self.action.state != "planned":
            return False
        return self.asks or (self.doubt.known and not self.action.repeatable)

    @property
    def unsure(self) -> bool:
        """An earlier attempt, or a worker that died, may have done it; it runs again under its key."""
        before = self.action.state == "unknown" or self.item.attempt > 1
        return before and self.action.repeatable and not (self.doubt is not None and self.asks)

    @property
    def asks(self) -> bool:
        """The other system can be asked about it."""
        return self.bound.confirm is not None and not self.undoes

    @property
    def undoes(self) -> bool:
        return self.action.key.endswith(UNDO)

    @property
    def place(self) -> int:
        return next(i for i, bound in enumerate(self.process.steps) if bound is self.bound)


def scene_of(context: Context, item: Work) -> dict[int, Scene]:
    """The scene of one action: as its caller has just saved it, or read with those of others who come now."""
    if context.following is not None:
        planned = context.following.plans(item, since=context.clock() - context.lease)
        if planned is not None:
            return _staged(context, [item], planned, {}, {})

    def serve(items: Sequence[Work]) -> list[dict[int, Scene]]:
        return [scenes(context, items)] * len(items)

    return context.sharing.run("scenes", item, serve)


def scenes(context: Context, items: Sequence[Work]) -> dict[int, Scene]:
    """By number of the work; what cannot be run is finished or put off."""
    keys = {key for item in items for key in (item.ref, item.ref.removesuffix(UNDO))}
    ids = {item.case_id for item in items}
    with context.db.look() as connection:
        there = plans(connection, keys=keys, of=ids)
    refresh(context, there.people_rev)
    if there.restore is None and not any(case.revoking for case in there.cases.values()):
        return _staged(context, items, there, {}, {})
    with context.db.read() as connection:  # more has to be asked, of the same moment
        there = plans(connection, keys=keys, of=ids)
        doubtful = doubts(connection, _pairs(items, there), there.restore, now=context.clock())
        revoking = [case for case in there.cases.values() if case.revoking]
        revocations = {case.id: _revocation(connection, case) for case in revoking}
    return _staged(context, items, there, doubtful, revocations)


def _staged(
    context: Context, items: Sequence[Work], there: Plans, doubtful: Mapping[str, Doubt],
    revocations: Mapping[str, Revocation],
) -> dict[int, Scene]:  # fmt: skip
    gone, found = [], {}
    for item in items:
        action, case = there.actions.get(item.ref), there.cases.get(item.case_id)
        original = there.actions.get(item.ref.removesuffix(UNDO))
        if action is None or original is None or case is None:
            gone.append(item)
            continue
        try:
            process = context.processes.pinned(case.process, action.version)
        except SurehandError:
            _put_off(context, item)
            continue
        bound = next((b for b in process.steps if b.step.name == action.step), None)
        if bound is None:
            gone.append(item)
            continue
        found[item.id] = Scene(
            item, case, action, original, process, bound, there.approvals.get(case.id, ()),
            revocations.get(case.id), doubtful.get(action.key),
        )  # fmt: skip
    if gone:
        # rows were changed by hand: verify-audit names them; there is nothing that may run
        context.db.write(lambda connection: work.finish(connection, gone))
    return found


def _pairs(items: Sequence[Work], there: Plans) -> list[tuple[Action, Case]]:
    """The actions that work is about, each with its case, where both are there."""
    return [
        (there.actions[item.ref], there.cases[item.case_id])
        for item in items
        if item.ref in there.actions and item.case_id in there.cases
    ]


def _revocation(connection: Connection, case: Case) -> Revocation:
    """What belongs to taking a decision of this case back."""
    assert case.revoking is not None
    watch = cases.assigned(connection, case.revoking["watch"])
    assert watch is not None
    return Revocation(tuple(cases.actions_of(connection, case.id)), watch)


def _put_off(context: Context, item: Work) -> None:
    """The code of a pinned version is gone or does not load: try again in a while, nothing is lost."""
    at = context.clock() + backoff(item.failures + 5, draw=context.draw())
    context.db.write(lambda connection: work.retry(connection, item, due_at=at))


def refused(context: Context, scene: Scene) -> str | None:
    """Why an action must not run now; None when what runs is what was approved, by someone who still may."""
    action, case = scene.action, scene.case
    step = action.step + (UNDO if scene.undoes else "")
    if action_digest(action.version, step, action.args) != action.digest:
        return "its arguments are not the ones that were planned"
    by, point = action.authority.get("by"), action.authority.get("point")
    if scene.undoes:
        return _undo_refused(context, scene, str(by))
    if point != point_before(scene.process, scene.place):
        return "it does not name the decision that it follows"
    if action.round != case.round and not concerns(case, action):
        return f"it was approved in round {action.round}, and the case is in round {case.round}"
    if point is None:
        return None
    approved_by = {
        (a.by, a.final) for a in scene.approvals
        if (a.point, a.round, a.approves.get(action.step)) == (point, action.round, action.digest)
    }  # fmt: skip
    if by == "policy":
        return None if (by, True) in approved_by else "no recorded judgement lets exactly this run"
    decided_at = scene.process.map.step(point)
    assert isinstance(decided_at, DecisionPoint)
    others = action.authority.get("with", ())
    for name, final in [(str(by), True), *((one, False) for one in others)]:
        if (name, final) not in approved_by:
            return "no recorded verdict approves exactly this"
        matter = matter_of(
            case, scene.process, point=point, queue=action.authority.get("queue", decided_at.queue),
            at=context.clock(),
            assignee=name if name in action.authority.get("outside", ()) else None, others=context.others,
        )  # fmt: skip
        right = warrant(context.people, name, matter)
        if isinstance(right, str):
            return right
        if right.people(matter) > 1 + len(others):
            return f"{right.people(matter)} people have to agree to what {name} decides, and others did not"
    return None


def _undo_refused(context: Context, scene: Scene, by: str) -> str | None:
    """Whoever asked for it may still do so; who took a decision back could, as the one it was given to."""
    if scene.revocation is None or not concerns(scene.case, scene.action):
        office, at = context.office(), context.clock()
        with context.db.look() as connection:
            judged = cases.judgements(connection, scene.case.id)
        return undo_refused(office, by, scene.case, scene.process, scene.original, judged=judged, at=at)
    watch = scene.revocation.watch
    with context.db.look() as connection:
        decided = cases.judged(connection, watch)
    matter = matter_of(
        as_judged(scene.case, decided), scene.process, point=watch.point, queue=watch.queue,
        at=context.clock(), assignee=by, others=context.others,
    )  # fmt: skip
    return denial(context.people, by, matter)
