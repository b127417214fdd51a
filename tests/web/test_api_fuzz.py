"""Bodies of any shape: whatever JSON comes, the answer is a case or a reason."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.served import RITA, SHOP, Served, served

_scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
    | st.sampled_from(["pay", "reject", "approve", "edit", "ask", "damaged", "1 EUR", "2026-02-30", "1e400"])
)  # fmt: skip
_anything = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
_fields = st.sampled_from(
    ["customer", "amount", "count", "share", "vip", "bought", "at", "tags", "colour", "document"]
)
_input = st.dictionaries(
    _fields, _anything | st.fixed_dictionaries({"amount": _scalars, "currency": _scalars}), max_size=4
)
_brought = st.fixed_dictionaries(
    {"value": _anything},
    optional=dict.fromkeys(("confidence", "reasons", "signals", "source"), _anything),
)
_submission = st.fixed_dictionaries(
    {"process": st.just("refunds"), "input": _input | _anything},
    optional={
        "key": _anything,
        "recommendation": _brought,
        "recommendations": _anything,
        "wait": st.booleans(),
    },
)
_verdict = st.fixed_dictionaries(
    {"verdict": st.sampled_from(["approve", "reject", "edit", "ask", "escalate"]) | _anything},
    optional={
        "value": _anything, "fields": st.dictionaries(_fields, _anything, max_size=3) | _anything,
        "reason": st.just("damaged") | _anything, "note": _anything, "question": _anything, "to": _anything,
        "round": _anything, "shown": _anything,
    },
)  # fmt: skip
_outcome = st.fixed_dictionaries({}, optional={"correct": _anything, "value": _anything, "note": _anything})

many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Iterator[Served]:
    with served(tmp_path / "place", database_url) as found:
        yield found


def clear(response: Any) -> None:
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        assert response.json()["detail"]


@many
@given(body=_submission | _anything)
def test_submissions(place: Served, body: Any) -> None:
    clear(place.call(SHOP, "POST", "/cases", json=body))
    clear(place.call(SHOP, "POST", "/cases/batch", json={"submissions": [body]}))
    place.run()


@many
@given(body=_verdict, outcome=_outcome)
def test_verdicts_and_outcomes(place: Served, body: Any, outcome: Any) -> None:
    case = place.refund()["id"]
    clear(place.call(RITA, "POST", f"/cases/{case}/verdict", json=body))
    place.run()
    assert place.call(RITA, "GET", f"/cases/{case}").status_code == 200
    clear(place.call(RITA, "POST", f"/cases/{case}/answer", json={"answer": outcome.get("note")}))
    clear(place.call(SHOP, "POST", f"/cases/{case}/outcome", json=outcome))
