"""What people may send to a brief that is too much or too late: a clear message, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from surehand.app import assembled
from tests.desk import Desk, desk_of, opened_desk, text_of
from tests.served import write_place

RITA = "rita.reviewer"

_MANY = 5_000
_FIELDS = "".join(f"    f{n}: {{type: integer, required: false}}\n" for n in range(_MANY))
_WIDE = f"""\
process: wide
prefix: WID
currency: EUR
owner: olga.owner
builder: bo.builder
input:
  fields:
{_FIELDS}models: {{ours: {{provider: external}}}}
steps:
  - decide: fine
    model: ours
    question: "Fine?"
    yes_no: true
    level: review
    queue: refunds
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", f"sqlite:///{tmp_path}/desk.db") as running:
        yield running


def test_a_note_of_20_mb_is_refused_and_what_was_kept_is_there(desk: Desk) -> None:
    case = desk.order()
    rita = desk.person(RITA)
    rita.get(f"/cases/{case}/brief")
    rita.send(f"/cases/{case}/draft", note="the beginning of it")
    response = rita.send(
        f"/cases/{case}/verdict", verdict="approve", reason="price-list", note="x" * 20_000_000
    )
    assert response.status_code == 413
    assert "This form is larger than 1 MB, and nothing of it was taken." in text_of(response.text)
    rita.get(f"/cases/{case}/brief")
    assert rita.last["note"] == "the beginning of it"


def test_a_note_that_is_too_long_comes_back_whole(desk: Desk) -> None:
    case = desk.order()
    rita = desk.person(RITA)
    note = "word " * 5_000
    response = rita.verdict(case, "approve", reason="price-list", note=note)
    assert response.status_code == 422
    assert "The note must be at most 20,000 characters." in text_of(response.text)
    assert note in response.text


def test_a_form_of_too_many_fields_says_so(desk: Desk) -> None:
    case = desk.order()
    rita = desk.person(RITA)
    rita.get(f"/cases/{case}/brief")
    many = {f"field.f{n}": "1" for n in range(20_000)}
    response = rita.post(f"/cases/{case}/verdict", **{**rita.last, **many})
    assert response.status_code == 413
    assert "more than 20,000 fields" in response.text


def test_5000_fields_are_shown_corrected_and_sent(tmp_path: Path) -> None:
    place = write_place(tmp_path / "place", database=f"sqlite:///{tmp_path}/desk.db", more={"wide": _WIDE})
    surehand = assembled(place)
    try:
        desk = opened_desk(surehand)
        case = desk.submit("wide", {f"f{n}": n for n in range(_MANY)})
        rita = desk.person("olga.owner")
        response = rita.verdict(case, "edit", **{"field.f4321": "twelve"})
        assert response.status_code == 422
        assert "F4321" in text_of(response.text)
        assert rita.verdict(case, "edit", **{"field.f4321": "12"}).status_code == 303
        desk.run()
        assert desk.case(case).facts["f4321"] == 12
    finally:
        surehand.close()
