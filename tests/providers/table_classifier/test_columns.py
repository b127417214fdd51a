"""Facts as numbers and categories."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.providers.table_classifier.columns import Columns, learned

CASES = [
    {"sum": {"amount": f"{n}.50", "currency": "EUR"}, "n": n, "kind": "abc"[n % 3],
     "tags": ["x", "yz"[n % 2]],
     "yes": n % 2 == 0, "on": f"2026-01-{n + 1:02}", "at": f"2026-02-{n + 1:02}T10:00:00+00:00"}
    for n in range(20)
]  # fmt: skip
READS = {
    "sum": "money", "n": "integer", "kind": "text", "tags": "texts", "yes": "yes_no",
    "on": "date", "at": "timestamp",
}  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def columns() -> Columns:
    return learned(READS, CASES)


def part(columns: Columns, X: np.ndarray, name: str, kind: str) -> np.ndarray:
    """The places of one column."""
    at = [n for n, one in enumerate(columns.columns) if (one.names[0], one.part) == (name, kind)]
    return X[:, np.array(columns.origin) == at[0]]


def test_every_case_has_a_row(columns: Columns) -> None:
    X = columns.encoded(CASES)
    assert X.shape == (20, columns.width)
    assert len(columns.origin) == columns.width
    assert np.isfinite(X).all()
    assert columns.encoded([]).shape == (0, columns.width)


def test_numbers_stand_in_deviations_from_the_middle(columns: Columns) -> None:
    X = columns.encoded([{"n": 9.5}, {"n": "9.5"}, {"n": 1e12}, {"n": None}, {"n": float("nan")}, {}])
    numbers = part(columns, X, "n", "amount")
    assert numbers.tolist() == [[0, 0], [0, 0], [5, 0], [0, 1], [0, 1], [0, 1]]


def test_a_category_is_known_new_or_missing(columns: Columns) -> None:
    X = columns.encoded([{"kind": "b"}, {"kind": " B "}, {"kind": "martian"}, {"kind": ""}, {}])
    kinds = part(columns, X, "kind", "value")
    assert (kinds[0] == kinds[1]).all()
    assert kinds.sum(axis=1).tolist() == [1] * 5
    assert kinds[2].tolist() == [0, 0, 0, 1, 0]
    assert kinds[3].tolist() == kinds[4].tolist() == [0, 0, 0, 0, 1]


def test_several_texts_have_several_places(columns: Columns) -> None:
    tags = part(columns, columns.encoded([{"tags": ["x", "y"]}, {"tags": []}]), "tags", "value")
    assert tags.sum(axis=1).tolist() == [2, 1]


def test_dates_are_weekdays_months_and_distances(columns: Columns) -> None:
    one, later = (
        {"on": "2026-01-05", "at": "2026-01-06T23:00:00+00:00"},
        {"on": "2027-01-04", "at": "2027-01-05"},
    )
    X = columns.encoded([one, later, {"on": "soon", "at": None}])
    for name, kind in (("on", "weekday"), ("on", "month"), ("on", "days")):
        places = part(columns, X, name, kind)
        assert (places[0] == places[1]).all(), (name, kind)  # another year is nothing new
        assert (places[0] != places[2]).any()


@given(st.lists(st.dictionaries(st.sampled_from(list(READS)), JSON, max_size=7), max_size=4))
def test_any_json_is_encoded(columns: Columns, cases: list[dict[str, Any]]) -> None:
    X = columns.encoded(cases)
    assert np.isfinite(X).all()
    assert (np.abs(X) <= 5).all()
    again = learned(READS, cases)  # and learned from
    assert np.isfinite(again.encoded(CASES)).all()


def test_json_brings_them_back(columns: Columns) -> None:
    assert Columns.of_json(columns.as_json()) == columns
    for change in (
        {"part": "magic"},
        {"scale": 0.0},
        {"middle": float("nan")},
        {"names": []},
        {"names": ["a"] * 3},
    ):
        with pytest.raises(ValueError, match="not known"):
            Columns.of_json([{**columns.as_json()[0], **change}])
