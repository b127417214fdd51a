"""The words of a message: somebody else's text stays one line of text, whatever is in it."""

import pytest

from surehand.core.messages import KINDS, LINE, Letter, Part, because, line, part, plain, subject


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("Pay\r\nBcc: eve@evil.example", "Pay Bcc: eve@evil[.]example"),
        ("see http://evil.example/x?y=1", "see http[:]//evil[.]example/x?y=1"),
        ("www.evil.com now", "www[.]evil[.]com now"),
        ("javascript://x", "javascript[:]//x"),
        ("a\u202ec", "a c"), ("zero\u200bwidth", "zero width"), ("one\u2028two", "one two"),
        ("\x00\x1b[31m", "[31m"),
        ("1,200.50 EUR", "1,200.50 EUR"), ("v1.2.3", "v1.2.3"), ("Grüße, 東京", "Grüße, 東京"),
        ("<b>&\"'", "<b>&\"'"), ("half \ud800 letter", "half letter"), ("", ""), ("   ", ""),
    ],
)  # fmt: skip
def test_line(given: str, told: str) -> None:
    assert line(given) == told


def test_lines_and_parts_are_cut() -> None:
    assert len(line("x" * 100_000)) == LINE
    found = part("Key facts", (f"fact {n}" for n in range(400)))
    assert found is not None
    assert len(found.lines) == 12
    assert found.lines[-1] == "and 389 more"
    assert part("Key facts", ["", "  "]) is None


@pytest.mark.parametrize("kind", KINDS)
def test_subjects_take_hostile_words(kind: str) -> None:
    for text in ("{0.__class__}", "{of}", "%s", "x\r\nBcc: a@b.example", "{" * 500):
        found = subject(kind, text)
        assert "\r" not in found
        assert "\n" not in found
        assert len(found) <= 120
        assert "class '" not in found
        assert "class '" not in because(kind, {"by": text, "text": text, "because": text})


def test_plain_ends_with_the_only_link() -> None:
    letter = Letter(
        "assigned", "s", "b", "https://desk.example/cases/a/brief", parts=(Part("To decide", ("x",)),)
    )
    assert plain(letter).count("://") == 1
