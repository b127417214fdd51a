"""What is at stake in a case stays known after a later decision that is about no money and nobody."""

from collections.abc import Callable
from typing import Any

import pytest

from surehand.core.grants import Grant
from surehand.errors import Forbidden
from surehand.flow import people
from surehand.flow.undo import undo
from tests.flow.world import World

SUBJECT = ("    bands: review-flow\n", "    bands: review-flow\n    subject: customer\n")
SPLIT = {"role": "reviewer", "split": {"limit": "100 EUR", "within": "P7D"}}


def granted(world: World, *rows: dict[str, Any]) -> None:
    made = tuple(Grant.model_validate({"decides": ["refund"], **row}) for row in rows)
    people.change(
        world.context, by="admin", because="for the test",
        edit=lambda now: now.model_copy(update={"authority": made}),
    )  # fmt: skip


def test_a_purchase_that_was_split_is_caught_when_the_first_part_is_done(
    a_world: Callable[..., World],
) -> None:
    world = a_world(SUBJECT)
    granted(world, SPLIT, {"role": "owner"})
    first = world.submit("60 EUR", 0.8)
    assert world.verdict(first, "approve", by="ann").state == "done"
    world.wait(minutes=1)
    second = world.submit("60 EUR", 0.8)
    for name in ("ann", "deputy"):
        with pytest.raises(Forbidden, match=r"with its other cases it comes to 120.00 EUR"):
            world.verdict(second, "approve", by=name)
    assert world.verdict(second, "approve", by="lead").state == "done"
    world.check()


def test_nobody_splits_by_leaving_out_whom_it_is_about(a_world: Callable[..., World]) -> None:
    world = a_world((SUBJECT[0], SUBJECT[1].replace("customer", "letter")))
    granted(world, SPLIT, {"role": "owner"})
    case_id = world.submit("60 EUR", 0.8)
    with pytest.raises(Forbidden, match="whom this is about is not known"):
        world.verdict(case_id, "approve", by="ann")
    assert world.verdict(case_id, "approve", by="lead").state == "done"
    world.check()


def test_taking_back_asks_for_as_much_authority_as_deciding_did(world: World) -> None:
    granted(world, {"person": "ann", "consequence": "low"}, {"role": "reviewer"})
    case_id = world.submit("4000 EUR", 0.8)
    assert world.verdict(case_id, "approve", by="deputy").state == "done"
    with pytest.raises(Forbidden, match="up to low consequence, and this is medium"):
        undo(world.context, "ann", case_id, "pay")
    undo(world.context, "deputy", case_id, "pay")
    granted(world, {"person": "deputy", "consequence": "low"}, {"role": "reviewer"})
    world.run()
    assert world.calls("take_back") == []
    world.check()
