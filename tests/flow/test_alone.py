"""Who decides alone is told nothing of a machine's view: not by a digest, by reasons or by a notice."""

import json
from collections.abc import Callable

import pytest

from surehand.core.actions import shown_digest
from surehand.core.hearing import Answer
from surehand.errors import Conflict, Forbidden, NotFound
from surehand.flow import consult, inbox
from surehand.flow.review import submit_verdict
from surehand.flow.standing import looked_at
from surehand.store import cases
from surehand.web import resources
from surehand.web.readers import bound_to
from tests.flow.test_notify import AT_ONCE
from tests.flow.test_spot_check import UNMAPPED
from tests.flow.world import World

#: A number is recommended, and whether it is paid does not hang on it.
NUMBER = (
    ("    choices: [pay, reject]\n", "    number: {unit: EUR, tolerance: 0.1, least: 0}\n"),
    ("    after: pay\n", ""),
    ("Recommendation[str]", "Recommendation[float]"),
    ('value=answer or "pay"', "value=float(answer or 37)"),
    UNMAPPED,
)


def test_the_digest_of_a_number_cannot_be_tried_out(a_world: Callable[..., World]) -> None:
    """Of a number only the recommended one is known, so that its digest would tell it."""
    world = a_world(*NUMBER)
    case_id = world.submit(customer="watched", answer="37")
    held, case = world.held(case_id), world.case(case_id)
    (judged,) = world.judgements(case_id)
    process = world.context.processes.pinned(case.process, case.version)
    place = next(i for i, bound in enumerate(process.steps) if bound.step.name == "refund")
    tried = {shown_digest(process, place, (float(n),), case.known, round=1) for n in range(100)}
    assert judged.shown in tried

    file = consult.consult(world.context, held.person, case_id)
    told_ = json.dumps(resources.detail(file).model_dump(mode="json"))
    told_ += str([link.body for link in consult.events(world.context, held.person, case_id)])
    standing, _ = looked_at(world.context, held.person, case_id)
    told_ += bound_to(standing)
    assert not [digest for digest in tried if digest in told_]
    # nor is it an oracle: a right guess and a wrong one are refused alike, before anything else is said
    for digest in (judged.shown, "0" * 64):
        with pytest.raises(Conflict, match="changed since you saw it"):
            submit_verdict(
                world.context, held.person, case_id, Answer(kind="approve", value="x", shown=digest)
            )

    # what is shown instead stands for it: the record says what was approved
    (shown,) = {j.shown for j in file.judgements}
    submit_verdict(world.context, held.person, case_id, Answer(kind="approve", value="41", shown=shown))
    assert world.verdicts(case_id)[-1].shown == judged.shown
    world.run()
    assert len(world.calls("pay")) == 1
    world.check()


def test_why_it_was_routed_tells_no_confidence(a_world: Callable[..., World]) -> None:
    world = a_world()
    case_id = world.submit(sure=0.8317, customer="watched")
    held, (judged,) = world.held(case_id), world.judgements(case_id)
    assert held.level == "human"
    assert judged.limit == 0.9
    told_ = json.dumps(
        resources.detail(consult.consult(world.context, held.person, case_id)).model_dump(mode="json")
    )
    told_ += str([link.body for link in consult.events(world.context, held.person, case_id)])
    told_ += str(consult.inbox(world.context, held.person, after=None, limit=9))
    told_ += str(inbox.pile(world.context, held.person, inbox.Wanted(view="mine")).rows)
    # what came in with the case is known anyway
    for word in ("83.2", "83.1", "0.8317", "Confidence", '"limit": 0', "'limit'", "limit=0"):
        assert word not in told_.replace('"sure": 0.8317', ""), word
    assert "The customer is watched" in told_
    # digests of rows cover little that is not known: the answer and the confidence could be tried out
    assert "records" not in told_


def test_who_decides_alone_is_not_shown_what_was_decided_before(a_world: Callable[..., World]) -> None:
    """The notice of the decision that fell opens for nobody, and nothing else tells of it."""
    world = a_world(*AT_ONCE)
    case_id = world.submit(total="6000 EUR", sure=0.9517)
    with world.context.db.read() as connection:
        (notice,) = cases.beside(connection, [case_id])[case_id]
    world.verdict(case_id, "edit", fields={"customer": "watched"})
    held = world.held(case_id)
    assert (held.level, held.point, notice.point) == ("human", "refund", "refund")
    for name in {held.person, notice.person, "lead", "boss"}:
        with pytest.raises((Forbidden, NotFound, Conflict)):
            looked_at(world.context, name, case_id, of=notice.id)
        with pytest.raises((Forbidden, NotFound, Conflict)):
            submit_verdict(world.context, name, case_id, Answer(kind="approve"), of=notice.id)
    for name in (held.person, "boss"):
        told_ = str(resources.detail(consult.consult(world.context, name, case_id)))
        told_ += str(inbox.pile(world.context, name, inbox.Wanted(view="all")).rows)
        told_ += str(consult.inbox(world.context, name, after=None, limit=9))
        told_ += str([link.body for link in consult.events(world.context, name, case_id)])
        for word in ("95.2", "95.1", "0.9517", "'pay', 'override"):
            assert word not in told_.replace("'sure': 0.9517", ""), (name, word)
