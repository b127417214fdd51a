"""Answers that are lists: several of the choices, and the best of some names."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from surehand.core.case import CaseState
from surehand.core.picking import candidates
from surehand.core.steps import Decide
from surehand.errors import InvalidInput
from surehand.store import cases
from surehand.testing import trial
from tests import invariants
from tests.offers import Offers, write


@pytest.fixture
def opened(fresh_url: str, tmp_path: Path) -> Iterator[Callable[..., Offers]]:
    with ExitStack() as stack:
        benches = []

        def opened_() -> Offers:
            benches.append(stack.enter_context(trial(write(tmp_path / "place"), database=fresh_url)))
            return Offers(benches[-1])

        yield opened_
        for bench in benches:
            invariants.check(bench.surehand.context)


def test_several_answers_run_what_any_of_them_lets_run(opened: Callable[..., Offers]) -> None:
    offers = opened()
    case = offers.offer("foreign", "urgent")
    # in the order of the choices, whatever order they came in
    assert case.answers["tags"]["value"] == ["urgent", "foreign"]
    assert [action.step for action in offers.bench.actions(case.id)] == ["hurry"]
    # a rule of a later step reads them as a list
    assert (case.state, offers.bench.assignment(case.id).point) == (CaseState.WAITING, "shortlist")
    case = offers.bench.verdict(case.id, "approve", value=["Bea", "Ada"])
    assert [action.result for action in offers.bench.actions(case.id)][-1] == {"result": "Bea, Ada"}


def test_none_of_what_lets_it_run_is_among_them(opened: Callable[..., Offers]) -> None:
    case = opened().offer("large")
    assert case.state is CaseState.DONE
    assert case.answers["shortlist"]["value"] == ["Cy", "Bea"]


@pytest.mark.parametrize(("value", "right"), [
    (["large", "urgent"], True), (["urgent", "large"], True), (["urgent"], False),
    (["foreign", "large"], False),
])  # fmt: skip
def test_several_are_right_where_all_of_them_are(
    opened: Callable[..., Offers], value: list[str], right: bool
) -> None:
    offers = opened()
    case = offers.offer("urgent", "large")
    assert offers.checked(case.id, "tags", value) is right


@pytest.mark.parametrize(("value", "right"), [
    (["Bea", "Cy"], True), (["Cy", "Bea"], True), (["Cy", "Ada"], False),
])  # fmt: skip
def test_a_ranking_is_wrong_where_a_name_is_on_the_wrong_side_of_the_cut(
    opened: Callable[..., Offers], value: list[str], right: bool
) -> None:
    offers = opened()
    case = offers.offer("large")
    assert offers.checked(case.id, "shortlist", value) is right


@pytest.mark.parametrize(("value", "says"), [
    ([], "must name at least one"), ("large", None), (["large", "large"], "twice"),
    (["lrge"], "is none of: urgent"),
    ({"large": 1}, "must be a list"), ([1], "must be a list"),
])  # fmt: skip
def test_what_is_no_list_of_the_choices_is_refused(
    opened: Callable[..., Offers], value: Any, says: str | None
) -> None:
    offers = opened()
    case = offers.offer("urgent", sure=0.2)
    if says is None:
        assert offers.bench.verdict(case.id, "approve", value=value).answers["tags"]["value"] == ["large"]
        return
    with pytest.raises(InvalidInput, match=says):
        offers.bench.verdict(case.id, "approve", value=value)


@pytest.mark.parametrize(("value", "says"), [
    (["Ada"], "must name 2, the best first"), (["Ada", "Bea", "Cy"], "must name 2"),
    (["Ada", "Dan"], "none of: Ada"),
])  # fmt: skip
def test_a_ranking_is_of_the_names_that_there_are(
    opened: Callable[..., Offers], value: list[str], says: str
) -> None:
    offers = opened()
    case = offers.offer("foreign")
    with pytest.raises(InvalidInput, match=says):
        offers.bench.verdict(case.id, "approve", value=value)


def test_fewer_names_than_places_are_all_ranked(opened: Callable[..., Offers]) -> None:
    case = opened().offer("large", names=("Ada",))
    assert case.answers["shortlist"]["value"] == ["Ada"]


def test_a_ranking_of_names_that_are_not_there_goes_to_a_person(opened: Callable[..., Offers]) -> None:
    offers = opened()
    case = offers.offer("large", names=("Ada", "Wrong"))
    held = offers.bench.assignment(case.id)
    assert held.point == "shortlist"
    with offers.bench.surehand.context.db.read() as connection:
        judged = cases.judgements(connection, case.id)
    (said,) = (one.recommendation for one in judged if one.point == "shortlist")
    assert said["value"] is None
    assert "The ranking 'Nobody' is none of: Ada, Wrong" in said["reasons"][0]


def test_nothing_to_pick_from_goes_to_a_person(opened: Callable[..., Offers]) -> None:
    offers = opened()
    case = offers.offer("large", names=())
    assert offers.bench.assignment(case.id).point == "shortlist"
    with pytest.raises(InvalidInput, match="has nothing to pick from"):
        offers.bench.verdict(case.id, "approve", value=[])
    case = offers.bench.verdict(case.id, "edit", fields={"names": "Ada"})
    assert case.answers["shortlist"]["value"] == ["Ada"]


def test_a_check_ranks_the_names_of_its_time(opened: Callable[..., Offers]) -> None:
    offers = opened()
    case = offers.offer("large")
    context = offers.bench.surehand.context
    with context.db.read() as connection:
        (judged,) = (one for one in cases.judgements(connection, case.id) if one.point == "shortlist")
    point = context.processes.current["offers"].map.step("shortlist")
    assert isinstance(point, Decide)
    # whatever they have become since
    assert candidates(point, {"names": ["Zoe"]}, judged) == ["Ada", "Bea", "Cy"]
    assert candidates(point, {"names": ["Zoe"]}) == ["Zoe"]
