"""Which notes say the same in other words."""

import pytest

from surehand.core.wordings import MOST, Aside, Note, proposed

FREIGHT = (
    "Freight was agreed by telephone", "agreed on the telephone: freight!",
    "the freight, agreed with the buyer", "FREIGHT AGREED (telephone)",
)  # fmt: skip
REST = (
    "Twice the same invoice",
    "Wrong bank account",
    "Out of budget this year",
    "Kim is on holiday",
    "see above",
)


def notes(*texts: str, people: int = 2) -> list[Note]:
    return [Note(f"c-{n} pay 1 1", f"person.{n % people}", text) for n, text in enumerate(texts)]


def test_notes_of_the_same_words_are_one_reason() -> None:
    (found,) = proposed(notes(*FREIGHT, *REST))
    assert [note.text for note in found.notes] == list(FREIGHT)
    assert found.people == 2
    assert found.name == "freight-agreed-telephone"
    assert set(found.shared) == {"freight", "agreed", "telephone"}
    assert proposed(notes(*reversed((*FREIGHT, *REST))))[0].id == found.id


def test_two_notes_or_one_person_propose_nothing() -> None:
    assert proposed(notes(*FREIGHT[:2], *REST)) == []
    assert proposed(notes(*FREIGHT, *REST, people=1)) == []
    assert proposed([]) == []
    assert proposed(notes("", "  ", "123 456", "...", "the and of")) == []


def test_different_notes_are_not_put_together() -> None:
    assert (
        proposed(notes(*REST, *(f"{word} is not right here" for word in ("total", "vendor", "date")))) == []
    )


def test_one_word_is_enough_where_it_is_all_that_is_said() -> None:
    (found,) = proposed(
        notes("Duplicate", "duplicate.", "DUPLICATES", "a duplicate of another vendor's invoice")
    )
    assert [note.text for note in found.notes] == ["Duplicate", "duplicate.", "DUPLICATES"]
    assert found.name == "duplicate"


def test_reasons_that_there_are_and_what_was_set_aside_are_not_proposed() -> None:
    every = notes(*FREIGHT)
    (found,) = proposed(every)
    assert proposed(every, reasons=["freight-agreed-telephone"]) == []
    aside = Aside(found.keys, 4)
    assert proposed(every, asides=[aside]) == []
    # other notes of these words came, and it is the same proposal still
    assert proposed(notes(*FREIGHT, *FREIGHT[:3]), asides=[aside]) == []
    (again,) = proposed(notes(*FREIGHT, *FREIGHT), asides=[aside])
    assert len(again.notes) == 8
    assert proposed(every, asides=[Aside(frozenset({"bank", "wrong"}), 9)]) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE verdict; -- ]: [x, {y: &z *z !!python/object:os.system",
        "</textarea><script>alert(1)</script>", "{{ 7*7 }} ${7*7} %(x)s \x1b[31m\u202e gnp.exe",
        "a" * 100_000, "Ἀγορά ελήφθη χωρίς", "\ud800 broken pair here",
        "- - -\n---\n...\n# reasons: []",
    ],
)  # fmt: skip
def test_whatever_is_written_a_name_is_letters_and_hyphens(text: str) -> None:
    for found in proposed(notes(text, text, text)):
        assert len(found.name) <= 40
        assert all(letter in "abcdefghijklmnopqrstuvwxyz-" for letter in found.name)
        assert len(found.id) == 12


def test_so_many_notes_are_compared_in_time() -> None:
    texts = [
        f"note{chr(97 + n % 26)}word about {chr(97 + n % 7)}things agreed freight" for n in range(3 * MOST)
    ]
    assert sum(len(one.notes) for one in proposed(notes(*texts))) <= MOST
