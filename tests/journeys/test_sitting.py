"""Real receipts in one sitting: by keyboard alone, without a script, and on a phone."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.sitting import chosen, figures_of, sat

if TYPE_CHECKING:
    from tests.browser import Chromium

SHORT, WHOLE = 12, pytest.param(100, marks=pytest.mark.long)


@pytest.mark.parametrize("count", [SHORT, WHOLE])
def test_receipts_are_reviewed_by_keyboard_alone(
    count: int, chromium: "Chromium", shared_data: Callable[[str], Path], database_url: str, tmp_path: Path
) -> None:
    rows = chosen(shared_data("sroie_receipts"), count)
    with chromium.page() as page:
        sitting, ended = sat(tmp_path / "company", rows, page, database=database_url)
    figures = figures_of(sitting)
    assert ended == {"ended": {"done": count}, "verdicts": sitting.pages, "still_wrong": 0}
    assert figures["correct"] + figures["corrected"] == count
    # a slip of the keyboard would show here first; docs/benchmarks.md has the figures
    assert figures["keystrokes_correct_median"] <= 3
    assert (figures["keystrokes_correcting_median"] or 0) < 10


@pytest.mark.parametrize("count", [SHORT, WHOLE])
def test_the_same_without_a_script(
    count: int, chromium: "Chromium", shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    rows = chosen(shared_data("sroie_receipts"), count)
    with chromium.page(java_script_enabled=False) as page:
        sitting, ended = sat(tmp_path / "company", rows, page, without_script=True)
    assert ended == {"ended": {"done": count}, "verdicts": sitting.pages, "still_wrong": 0}
    figures = figures_of(sitting)
    assert figures["correct"] + figures["corrected"] == count


def test_the_same_on_a_phone(
    chromium: "Chromium", shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    rows = chosen(shared_data("sroie_receipts"), 4)
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with chromium.page(**phone) as page:
        sitting, ended = sat(tmp_path / "company", rows, page, without_script=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert ended["ended"] == {"done": 4}
    assert sitting.pages >= 4
