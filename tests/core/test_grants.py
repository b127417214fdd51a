"""Rows of authority: who may decide what alone, what goes beyond, what is lent, and that it never widens."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from surehand.core.authority import Ceiling, Matter, Warrant, beyond, ceiling, denial, warrant
from surehand.core.grants import Delegation, Grant
from surehand.core.people import People, Person, Queue, Team
from surehand.core.policy import Grade
from surehand.core.roles import Role

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
RATES = {"USD": Decimal("0.5")}

EVERYONE = {
    "ann": Person(aliases=("AnnB", "ann@corp"), email="ann@example.com", team="ap"),
    "bo": Person(team="ap", limit=Decimal(4000)),
    "cy": Person(roles=(Role.SPECIALIST,)),
    "lead": Person(roles=(Role.OWNER, Role.REVIEWER)),
    "boss": Person(roles=(Role.OWNER,)),
    "robot": Person(roles=(Role.SERVICE,), aliases=("bot",)),
    "gone": Person(active=False),
}


def people(*rows: Mapping[str, Any], lent: tuple[Mapping[str, Any], ...] = (), **changed: Person) -> People:
    return People(
        people=EVERYONE | changed,
        teams={"ap": Team()},
        queues={"desk": Queue(owner="lead", members=("ann", "bo", "cy", "gone"))},
        authority=tuple(Grant.model_validate(row) for row in rows),
        delegations=tuple(Delegation.model_validate(one) for one in lent),
    )


def matter(**changes: Any) -> Matter:
    asked: dict[str, Any] = {
        "process": "payments", "point": "pay", "queue": "desk", "grade": Grade.LOW, "stake": Decimal(100),
        "money": True, "submitter": "robot", "owner": "boss", "at": NOW, "currency": "EUR", "rates": RATES,
    }  # fmt: skip
    return Matter(**asked | changes)


PAY = {"decides": ["pay"]}
REV = {"role": "reviewer", **PAY}


@pytest.mark.parametrize(
    ("rows", "name", "changes", "refusal"),
    [
        # a decision that no row names is open to its queue
        ([{"person": "cy", "decides": ["refund"]}], "ann", {}, None),
        # one that a row names is closed to whom none fits
        ([{"person": "cy", **PAY}], "ann", {}, "ann has no authority for pay"),
        ([{"person": "cy", **PAY}], "cy", {}, None),
        ([REV], "ann", {}, None),
        ([REV], "cy", {}, "cy has no authority for pay"),
        ([{"team": "ap", **PAY}], "ann", {}, None),
        ([{"team": "ap", **PAY}], "cy", {}, "no authority"),
        ([{"person": "cy", "decides": ["*"]}], "ann", {}, "no authority"),
        ([{"person": "cy", "process": "other", "decides": ["*"]}], "ann", {}, None),
        # a row widens no queue
        ([{"person": "boss", **PAY}], "boss", {"owner": "lead"}, "does not belong to the queue desk"),
        # limits, in the currency of the row
        ([{**REV, "limit": "100 EUR"}], "ann", {}, None),
        ([{**REV, "limit": "99.99 EUR"}], "ann", {}, "99.99 EUR, and 100.00 EUR is at stake"),
        ([{**REV, "limit": "99 EUR"}], "ann", {"stake": Decimal(-100)}, "100.00 EUR is at stake"),
        ([{**REV, "limit": "200 USD"}], "ann", {}, None),
        ([{**REV, "limit": "199 USD"}], "ann", {}, "up to 199.00 USD, and 100.00 EUR"),
        ([{**REV, "limit": "900 GBP"}], "ann", {}, "for which this process records no rate"),
        ([{**REV, "limit": "900 EUR"}], "ann", {"stake": None}, "the sum at stake is not known"),
        ([{**REV, "limit": "1 EUR"}], "ann", {"money": False}, None),
        # the person's own limit holds beside any row
        ([{**REV, "limit": "9000 EUR"}], "bo", {"stake": Decimal(4001)}, "up to 4,000.00"),
        # the closest row counts, narrower or wider
        ([REV, {"person": "ann", **PAY, "limit": "50 EUR"}], "ann", {}, "up to 50.00 EUR"),
        ([{**REV, "limit": "50 EUR"}, {"team": "ap", **PAY}], "ann", {}, None),
        # of several as close, one is enough
        ([{"person": "ann", **PAY, "limit": "5 EUR"}, {"person": "ann", **PAY}], "ann", {}, None),
        # grades
        ([{**REV, "consequence": "medium"}], "ann", {"grade": Grade.MEDIUM}, None),
        ([{**REV, "consequence": "medium"}], "ann", {"grade": Grade.HIGH},
         "up to medium consequence, and this is high"),
        # categories
        ([{**REV, "only": {"country": ["DE", "AT"]}}], "ann", {"facts": {"country": "AT"}}, None),
        ([{**REV, "only": {"country": ["DE", "AT"]}}], "ann", {"facts": {"country": "CH"}},
         "only where country is DE or AT, and it is CH"),
        ([{**REV, "only": {"country": ["DE"]}}], "ann", {}, "and that is not known"),
    ],
)  # fmt: skip
def test_rows(rows: list[dict[str, Any]], name: str, changes: dict[str, Any], refusal: str | None) -> None:
    found = denial(people(*rows), name, matter(**changes))
    if refusal is None:
        assert found is None
    else:
        assert found is not None
        assert refusal in found


def test_one_subject_in_several_cases_is_one_sum() -> None:
    row = {**REV, "limit": "100 EUR", "split": {"limit": "250 EUR", "within": "P7D"}}
    asked: list[timedelta] = []

    def lately(within: timedelta) -> Decimal:
        asked.append(within)
        return Decimal("150.01")

    found = denial(people(row), "ann", matter(lately=lately))
    assert found == (
        "ann may decide up to 250.00 EUR for one subject in 7 d, "
        "and with its other cases it comes to 250.01 EUR"
    )
    assert asked == [timedelta(days=7)]
    assert denial(people(row), "ann", matter(lately=lambda _: Decimal(150))) is None
    # seeing it is another matter
    assert beyond(people(row), "ann", matter(lately=lately)) is None


@pytest.mark.parametrize("who", ["ann", "AnnB", "ANN@corp", "ann@example.com"])
def test_aliases_are_the_same_human(who: str) -> None:
    assert "submitted this case" in (denial(people(), "ann", matter(submitter=who)) or "")
    assert "has an interest" in (denial(people(), "ann", matter(interested=(who,))) or "")
    assert denial(people(), "bo", matter(submitter=who, interested=(who,))) is None


def lent(**changes: Any) -> dict[str, Any]:
    return {"by": "lead", "to": "cy", "from": "2026-11-18", "until": "2026-11-25", **changes}


LEAD = {"person": "lead", **PAY, "limit": "10000 EUR", "delegate": "P14D"}


@pytest.mark.parametrize(
    ("row", "loan", "changes", "lender"),
    [
        (LEAD, lent(), {}, "lead"),
        (LEAD, lent(decides=["pay"]), {}, "lead"),
        (LEAD, lent(decides=["other"]), {}, None),
        # bounded in time, both days counted
        (LEAD, lent(), {"at": datetime(2026, 11, 18, 0, tzinfo=UTC)}, "lead"),
        (LEAD, lent(), {"at": datetime(2026, 11, 25, 23, 59, tzinfo=UTC)}, "lead"),
        (LEAD, lent(), {"at": datetime(2026, 11, 26, 0, tzinfo=UTC)}, None),
        (LEAD, lent(), {"at": datetime(2026, 11, 17, 23, 59, tzinfo=UTC)}, None),
        # only what may be lent, and for no longer than that
        ({**LEAD, "delegate": None}, lent(), {}, None),
        ({**LEAD, "delegate": "P3D"}, lent(), {}, None),
        # what the lender may not decide cannot be lent
        (LEAD, lent(), {"stake": Decimal(10001)}, None),
        (LEAD, lent(), {"submitter": "lead"}, None),
        (LEAD, lent(), {"interested": ("lead",)}, None),
        (LEAD, lent(), {"agreed": frozenset({"lead"})}, None),
        (LEAD, lent(), {"submitter": "cy"}, None),
        # not passed on
        (LEAD, lent(by="bo"), {}, None),
    ],
)
def test_what_is_lent(row: Any, loan: Any, changes: dict[str, Any], lender: str | None) -> None:
    found = warrant(people(row, lent=(loan,)), "cy", matter(**changes))
    if lender is None:
        assert isinstance(found, str)
    else:
        assert isinstance(found, Warrant)
        assert (found.lent_by, found.humans) == (lender, {"cy", lender})


def test_a_loan_never_widens_the_limit_of_who_gets_it() -> None:
    office = people(LEAD, lent=(lent(to="bo"),))
    assert denial(office, "bo", matter(stake=Decimal(4000))) is None
    assert denial(office, "bo", matter(stake=Decimal(4001))) is not None
    narrow = people(LEAD, {"person": "bo", **PAY, "limit": "10 EUR"}, lent=(lent(to="bo"),))
    assert denial(narrow, "bo", matter(stake=Decimal(11))) is not None


def test_who_needs_a_second_needs_one_on_behalf_of_others_too() -> None:
    rows = {"person": "ann", **PAY, "delegate": "P9D"}, {"role": "specialist", **PAY, "second": "50 EUR"}
    lent = ({"by": "ann", "to": "cy", "from": "2026-11-19", "until": "2026-11-21"},)
    office = people(*rows, lent=lent).model_copy(update={"queues": {"desk": Queue(owner="ann")}})
    asked = [matter(stake=Decimal(stake)) for stake in (50, 51)]
    found = [warrant(office, "cy", one) for one in asked]
    assert [one.lent_by for one in found if isinstance(one, Warrant)] == ["ann", "ann"]
    assert [w.people(m) for w, m in zip(found, asked, strict=True) if isinstance(w, Warrant)] == [1, 2]
    assert [warrant(office, "ann", one) for one in asked] == [Warrant("ann", office.authority[0])] * 2


def test_a_lender_who_left_lends_nothing() -> None:
    office = people(LEAD, lent=(lent(),), lead=Person(roles=(Role.OWNER,), active=False))
    assert denial(office, "cy", matter()) is not None


@given(
    limit=st.integers(0, 200), own=st.none() | st.integers(0, 200), stake=st.integers(-200, 200),
    lender=st.integers(0, 200), days=st.integers(0, 9), most=st.integers(1, 9),
)  # fmt: skip
def test_nobody_decides_more_by_a_loan_than_both_may(
    limit: int, own: int | None, stake: int, lender: int, days: int, most: int
) -> None:
    office = people(
        {"person": "lead", **PAY, "limit": f"{lender} EUR", "delegate": f"P{most}D"},
        {"person": "bo", **PAY, "limit": f"{limit} EUR"},
        lent=(lent(to="bo", until=str(date(2026, 11, 18) + timedelta(days=days))),),
        bo=Person(limit=None if own is None else Decimal(own)),
    )  # fmt: skip
    found = warrant(office, "bo", matter(stake=Decimal(stake)))
    if isinstance(found, Warrant):
        assert abs(stake) <= limit
        assert own is None or abs(stake) <= own
        if found.lent_by is not None:
            assert abs(stake) <= lender


def test_what_is_seen_in_lists_covers_what_may_be_decided() -> None:
    rows = (
        {**REV, "limit": "200 USD", "consequence": "low"},
        {"role": "reviewer", "decides": ["refund"], "limit": "40 EUR", "consequence": "medium"},
    )
    asked: dict[str, Any] = {"money": True, "currency": "EUR", "rates": RATES}
    assert ceiling(people(*rows), "ann", "payments", ["pay", "refund"], **asked) == Ceiling(
        "payments", Decimal(100), Grade.MEDIUM
    )
    assert ceiling(people(*rows), "bo", "payments", ["other"], **asked) == Ceiling("payments", Decimal(4000))
    assert ceiling(people(*rows), "ann", "payments", ["other"], **asked) is None
    assert ceiling(people(*rows), "bo", "payments", ["other"], **asked | {"money": False}) is None


@given(
    stake=st.integers(0, 300), grade=st.sampled_from(list(Grade)), point=st.sampled_from(["pay", "refund"])
)
def test_nobody_sees_less_than_they_may_decide(stake: int, grade: Grade, point: str) -> None:
    office = people(
        {**REV, "limit": "200 USD", "consequence": "low"},
        {"role": "reviewer", "decides": ["refund"], "limit": "40 EUR", "consequence": "medium"},
    )
    asked = matter(stake=Decimal(stake), grade=grade, point=point)
    most = ceiling(office, "ann", "payments", ["pay", "refund"], money=True, currency="EUR", rates=RATES)
    assert most is not None
    if denial(office, "ann", asked) is None:
        assert beyond(office, "ann", asked) is None
        assert most.limit is not None
        assert stake <= most.limit
        assert most.grade is not None
        assert grade.rank <= most.grade.rank


def test_being_beyond_is_told_without_the_queue() -> None:
    row = {**REV, "limit": "50 EUR"}
    assert beyond(people(row), "ann", replace(matter(), queue="other")) is not None
    assert beyond(people(row), "ann", matter(stake=Decimal(50))) is None
    assert beyond(people(), "nobody", matter()) is not None


@pytest.mark.parametrize(
    "row",
    [
        PAY,
        {"person": "ann", "role": "owner", **PAY},
        {"person": "ann", "decides": []},
        {"person": "ann", "decides": ["Not A Name"]},
    ],
)
def test_a_row_is_for_somebody_and_something(row: Any) -> None:
    with pytest.raises(ValidationError):
        Grant.model_validate(row)


@pytest.mark.parametrize("loan", [lent(to="lead"), lent(until="2026-11-17")])
def test_a_loan_is_between_two_and_goes_forward(loan: Any) -> None:
    with pytest.raises(ValidationError):
        Delegation.model_validate(loan)
