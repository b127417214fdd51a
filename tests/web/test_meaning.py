"""What somebody typed, as a verdict takes it: completed from what they saw, and from nothing else."""

from types import SimpleNamespace
from typing import Any

import pytest

from surehand.core.formats import PLAIN
from surehand.core.hearing import Answer
from surehand.errors import InvalidInput
from surehand.web import meaning

STANDING: Any = SimpleNamespace(
    process=SimpleNamespace(types={"day": "date"}), case=SimpleNamespace(facts={"day": "2026-03-09"})
)


@pytest.mark.parametrize("unseen", [(), ("day",)])
def test_a_day_is_completed_only_from_one_that_was_shown(
    monkeypatch: pytest.MonkeyPatch, unseen: tuple[str, ...]
) -> None:
    monkeypatch.setattr(meaning, "entered_by", lambda _standing: unseen)
    typed = Answer(kind="edit", fields={"day": "27"})
    fields = meaning.as_meant(STANDING, typed, PLAIN).fields
    assert fields == {"day": "27" if unseen else "2026-03-27"}
    two = Answer(kind="edit", fields={"day": "3/4"})
    if unseen:
        assert meaning.as_meant(STANDING, two, PLAIN).fields == {"day": "3/4"}
    else:
        with pytest.raises(InvalidInput):
            meaning.as_meant(STANDING, two, PLAIN)
