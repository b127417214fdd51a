"""Tags of verdicts: recorded, told and found again; those of others are not told before one's own answer."""

import json
from dataclasses import asdict

import pytest

from surehand.core.case import CaseState
from surehand.core.hearing import Answer
from surehand.errors import InvalidInput
from surehand.flow import consult, searching
from surehand.flow.explain import explain
from surehand.flow.review import submit_verdict
from surehand.flow.verify import verify
from surehand.store import tables
from tests.flow.world import World


def tagged(world: World, person: str, tag: str) -> list[str]:
    """What a person finds by a tag: the page and the API give the same."""
    rows = searching.search(world.context, person, tag=tag).rows
    found, _ = consult.newest(
        world.context, person, process=None, state=None, after=None, limit=50, tag=tag
    )  # fmt: skip
    assert [one.id for one in rows] == [one.id for one in found]
    return [one.id for one in rows]


def test_tags_are_recorded_told_and_found(world: World) -> None:
    plain, both, one = (world.submit(sure=0.8) for _ in range(3))
    world.verdict(plain, "approve")
    world.verdict(both, "approve", tags=("teaching", "training", "teaching"), note="see AP-2")
    world.verdict(one, "reject", tags=["policy-question"])
    assert [v.tags for v in world.verdicts(both) if v.point == "refund"] == [("training", "teaching")]
    told = [entry.sentence for entry in explain(world.context, both).entries]
    assert "bo approved: pay. (Tagged: training, teaching. see AP-2)" in told
    assert tagged(world, "spec", "teaching") == tagged(world, "spec", "training") == [both]
    assert tagged(world, "spec", "policy-question") == [one]
    rejected = searching.search(world.context, "spec", tag="policy-question", state=CaseState.REJECTED).rows
    assert rejected == []
    assert tagged(world, "clerk", "teaching") == []
    assert verify(world.context).holds
    world.check()


def test_only_known_tags_are_taken(world: World) -> None:
    case_id = world.submit(sure=0.8)
    for tags in (("urgent",), ("training", ""), ('"',)):
        with pytest.raises(InvalidInput) as refused:
            world.verdict(case_id, "approve", tags=tags)
        assert [fault.where for fault in refused.value.faults] == ["tags"]
    assert world.case(case_id).state == "waiting"


def test_an_answer_goes_through_json(world: World) -> None:
    case_id = world.submit(sure=0.8)
    answer = Answer(kind="approve", tags=("training",), note="x")
    submit_verdict(world.context, "ann", case_id, Answer(**json.loads(json.dumps(asdict(answer)))))
    world.run()
    assert tagged(world, "ann", "training") == [case_id]


def test_others_learn_of_a_tag_once_it_has_ended(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.verdict(case_id, "edit", by="ann", fields={"total": "90 EUR"}, tags=("training",))
    held = world.held(case_id).person
    other = next(name for name in ("ann", "spec", "lead") if name != held)
    assert tagged(world, "ann", "training") == [case_id]
    for name in {"spec", "lead", held, other} - {"ann"}:
        assert tagged(world, name, "training") == []
        assert "training" not in str(consult.events(world.context, name, case_id))
        assert "Tagged" not in str(explain(world.context, case_id, person=name).entries)
        file = consult.consult(world.context, name, case_id)
        assert [verdict.tags for verdict in file.verdicts] == [()]
    assert "Tagged: training" in str(explain(world.context, case_id, person="ann").entries)
    world.verdict(case_id, "approve")
    assert tagged(world, "lead", "training") == [case_id]
    assert "Tagged: training" in str(explain(world.context, case_id, person="lead").entries)


def test_a_tag_that_was_changed_is_found(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.verdict(case_id, "approve", tags=("training",))
    world.tamper(tables.verdict, {"case_id": case_id, "point": "refund"}, tags=("teaching",))
    assert "the stored verdict is not what event" in verify(world.context, case_id).findings[0].problem
