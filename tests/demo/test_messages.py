"""Made-up messages for a pilot."""

import json
from collections import Counter

import pytest

from surehand.demo import messages


def test_the_same_seed_makes_the_same_messages() -> None:
    first, again, other = (list(messages.messages(200, seed=seed)) for seed in (1, 1, 2))
    assert first == again != other
    topics = Counter(topic for _, topic in first)
    assert len(topics) == 9
    assert 0 < topics[None] < 30
    assert not [text for text, _ in first if "{" in text]


def test_they_are_written_as_lines_of_a_pilot(capsys: pytest.CaptureFixture[str]) -> None:
    messages.main(["--count", "3"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [set(line) for line in lines] == [{"input", "truth"}] * 3
