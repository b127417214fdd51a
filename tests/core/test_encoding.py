"""The encoder that is made once writes what the standard library writes, and refuses what it refuses."""

import json
from collections.abc import Callable
from decimal import Decimal
from json import encoder as parts
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.encoding import json_encoder

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)


@pytest.fixture(params=["in C", "without C"])
def made(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    if request.param == "without C":
        monkeypatch.setattr(parts, "c_make_encoder", None)
    return json_encoder


@pytest.mark.parametrize(("ascii", "sort_keys"), [(True, True), (True, False), (False, False)])
@given(value=VALUES)
def test_it_writes_what_the_library_writes(ascii: bool, sort_keys: bool, value: Any) -> None:
    wanted = json.dumps(
        value, ensure_ascii=ascii, sort_keys=sort_keys, separators=(",", ":"), allow_nan=False
    )
    assert json_encoder(ascii=ascii, sort_keys=sort_keys)(value) == wanted


def test_what_is_not_json_is_refused_or_asked_about(made: Callable[..., Any]) -> None:
    for wrong in (float("nan"), [float("-inf")], {"a": float("inf")}):
        with pytest.raises(ValueError, match="not JSON compliant"):
            made(ascii=True)(wrong)
    for wrong in (Decimal(1), {"a": object()}, {(1, 2): 1}):
        with pytest.raises(TypeError):
            made(ascii=True)(wrong)
    assert made(ascii=True, default=str)([Decimal("1.50")]) == '["1.50"]'
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises((RecursionError, ValueError)):
        made(ascii=True)(loop)
