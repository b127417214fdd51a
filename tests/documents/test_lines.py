"""Glyphs to words to lines: geometry alone."""

import pytest

from surehand.documents.lines import Glyph, Run, cleaned, level, lines, rows, spoken, words


def written(text: str, x: float, y: float, *, size: float = 10, turn: int = 0) -> list[Glyph | None]:
    """Glyphs half as wide as they are high, from x, y on; a space breaks."""
    found: list[Glyph | None] = []
    for at, char in enumerate(text):
        box = (x + at * size / 2, y, x + (at + 1) * size / 2, y + size)
        if turn == 1:
            box = (x, y + at * size / 2, x + size, y + (at + 1) * size / 2)
        if turn == 3:
            box = (x, y - (at + 1) * size / 2, x + size, y - at * size / 2)
        found.append(None if char == " " else Glyph(char, box, size, turn))
    return found


def read(*glyphs: list[Glyph | None]) -> list[str]:
    return [spoken(line) for line in lines(words(glyph for some in glyphs for glyph in some))]


def test_spaces_gaps_and_heights_part_words():
    assert [word.text for word in words(written("two words", 0, 0))] == ["two", "words"]
    assert [word.text for word in words(written("one", 0, 0) + written("far", 30, 0))] == ["one", "far"]
    assert [word.text for word in words(written("on", 0, 0) + written("ly", 10, 0))] == ["only"]
    assert [word.text for word in words(written("up", 0, 0) + written("down", 10, 12))] == ["up", "down"]


def test_a_word_has_the_box_of_its_glyphs():
    (word,) = words(written("abcd", 5, 7))
    assert word.box == (5, 7, 25, 17)


def test_rows_break_into_lines_at_wide_gaps():
    assert read(written("Total due", 0, 100), written("12.50", 120, 101)) == ["Total due", "12.50"]
    assert read(written("Total", 0, 100), written("due", 30, 101)) == ["Total due"]


def test_rows_go_from_top_to_bottom_whatever_the_order():
    assert read(written("c", 0, 200), written("b", 90, 100), written("a", 0, 102)) == ["a", "b", "c"]


@pytest.mark.parametrize("turn", [1, 3])
def test_turned_text_is_read_along_its_direction(turn):
    assert read(written("turned text", 50, 300, turn=turn)) == ["turned text"]


def test_text_to_the_left_is_spoken_from_the_right():
    line = [Run("ם", (0, 0, 5, 10), 10), Run("של", (10, 0, 20, 10), 10)]
    assert spoken(line) == "של ם"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("ﬁnal", "final"),
        ("a\u200bb\u202ec\x07", "abc"),
        ("\ud800x", "x"),
        ("\ue000", ""),
        ("m²", "m²"),
        ("12 €", "12 €"),
    ],
)
def test_what_cannot_be_seen_is_left_out(text, clean):
    assert cleaned(text) == clean


def test_no_word_and_no_line_is_longer_than_a_page_takes():
    assert all(len(word.text) <= 2000 for word in words(written("x" * 5000, 0, 0)))
    long = lines(words(written("ab " * 1200, 0, 0)))
    assert all(len(line) <= 500 and len(spoken(line)) <= 2000 for line in long)
    assert sum(len(line) for line in long) == 1200


@pytest.mark.parametrize("turn", range(4))
def test_level_keeps_sizes(turn):
    x0, y0, x1, y1 = level((10, 20, 40, 25), turn)
    assert x0 < x1
    assert y0 < y1
    assert (x1 - x0, y1 - y0) == ((5, 30) if turn % 2 else (30, 5))


def test_boxes_side_by_side_are_a_row():
    assert rows([(50, 0, 60, 10), (0, 2, 10, 12), (0, 30, 10, 40)]) == [[1, 0], [2]]
    assert rows([]) == []
