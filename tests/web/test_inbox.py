"""The inbox as a page without a script: narrowed, ordered, and what cannot be used is said."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk, desk_of, text_of


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", f"sqlite:///{tmp_path}/desk.db") as running:
        yield running


def test_a_list_is_narrowed_by_its_address(desk: Desk) -> None:
    small, large = desk.order(number="N-1", total="20.00 EUR"), desk.order(number="N-2", total="2000.00 EUR")
    owner = desk.person("olga.owner")
    page = owner.get("/inbox?view=all&stake_from=1,000&kind=decision&text=n-2")
    assert large in page
    assert small not in page
    assert "1 case fits the filter." in text_of(page)
    for chip in ("“n-2”", "Decision", "From 1000"):
        assert chip in text_of(page)
    # each chip leads to the list without it, and the form keeps what was chosen
    assert 'href="/inbox?view=all&amp;text=n-2&amp;stake_from=1000"' in page
    assert 'value="decision" checked' in page
    empty = text_of(owner.get("/inbox?view=all&text=nothing-of-the-kind"))
    assert "Nothing fits the filter" in empty
    assert "A case has to fit every part of it" in empty


def test_what_is_most_at_stake_comes_first(desk: Desk) -> None:
    small, large = desk.order(number="N-1", total="20.00 EUR"), desk.order(number="N-2", total="2000.00 EUR")
    page = desk.person("olga.owner").get("/inbox?view=all&sort=stake")
    assert page.index(large) < page.index(small)
    assert "Most at stake first" in page


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("stake_from=lots", "must be a sum, such as 1000 or 250.50"),
        ("stake_from=1,5", "must be a sum"),
        ("stake_from=9&stake_to=8", "must not be less than the sum that it begins with"),
        ("until=soon", "must be a day, such as 2026-11-30"),
        ("until=0001-01-01", "must be a day"),
        ("due=someday", "is not one of the times"),
        ("process=gone", "is not a process here"),
        ("grade=low&grade=worst", "must be among: low, medium, high, critical"),
        ("kind=everything", "must be among: decision"),
        ("priority=soon", "must be among: urgent"),
    ],
)
def test_what_cannot_be_looked_for_is_said_beside_it_and_nothing_is_lost(
    desk: Desk, asked: str, told: str
) -> None:
    desk.order()
    page = desk.person("olga.owner").get(f"/inbox?view=all&text=Mr&{asked}", status=422)
    assert told in text_of(page)
    assert 'value="Mr"' in page
    assert 'aria-invalid="true"' in page
    assert '<details class="narrow" id="narrow" open>' in page
    assert "Nothing was looked for" in page


def test_hostile_values_change_nothing(desk: Desk) -> None:
    desk.order()
    owner = desk.person("olga.owner")
    page = owner.get("/inbox?text=%22%3E%3Cscript%3Ealert(1)%3C/script%3E%00&x=1")
    assert "<script>alert" not in page
    for odd in ("view=none", "sort=none", "skip=-1", "skip=99999", "cursor=x"):
        owner.get(f"/inbox?{odd}", status=422)
    owner.get("/inbox?queue=none", status=404)
    owner.get(f"/inbox?text={'a' * 5000}")
