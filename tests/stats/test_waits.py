"""How long answers take, those included that have not come."""

import pytest

from surehand.stats.waits import Waits


def test_open_questions_count_for_as_long_as_they_wait() -> None:
    waits = Waits(most=3)
    assert waits.mean(7) == 0.0
    waits.ask(0)
    waits.ask(10)
    assert waits.mean(20) == 15.0
    waits.answer(0, now=4)
    assert waits.mean(20) == 7.0
    waits.answer(99, now=20)
    waits.ask(20)
    waits.ask(20)
    assert waits.plain == [[10, None], [20, None], [20, None]]
    assert Waits.of(waits.plain).mean(20) == waits.mean(20)
    with pytest.raises(TypeError, match="place"):
        Waits.of([[None, 1]])
