"""The chain: every kind of tampering is found at its place; an erased body still verifies."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.audit import FIRST, Link, commitment, first_break, linked, merkle_root
from surehand.core.digest import canonical

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


def chain(length: int = 4, *, name: str = "c") -> list[Link]:
    links: list[Link] = []
    before = FIRST
    for seq in range(1, length + 1):
        link = linked(
            chain=name, seq=seq, at=NOW + timedelta(seconds=seq), kind="k", actor="ann",
            body={"n": seq}, salt=f"salt{seq}", before=before,
        )  # fmt: skip
        links.append(link)
        before = link.hash
    return links


def with_at(place: int, **changes: object) -> Callable[[list[Link]], list[Link]]:
    def edit(links: list[Link]) -> list[Link]:
        return [replace(link, **changes) if i == place else link for i, link in enumerate(links)]

    return edit


def rehashed(place: int) -> Callable[[list[Link]], list[Link]]:
    """An event replaced by another one that is sound in itself."""

    def edit(links: list[Link]) -> list[Link]:
        old = links[place]
        new = linked(
            chain=old.chain, seq=old.seq, at=old.at, kind=old.kind, actor=old.actor, body={"n": 99},
            salt="other", before=old.before,
        )  # fmt: skip
        return [*links[:place], new, *links[place + 1 :]]

    return edit


@pytest.mark.parametrize(
    ("edit", "seq", "words"),
    [
        (with_at(1, body={"n": 99}), 2, "the body of event 2 was changed"),
        (with_at(1, body=None), 2, "the body of event 2 was changed"),
        (with_at(1, salt="other"), 2, "the body of event 2 was changed"),
        (with_at(1, kind="other"), 2, "event 2 was changed"),
        (with_at(1, actor="bo"), 2, "event 2 was changed"),
        (with_at(1, at=NOW), 2, "event 2 was changed"),
        (with_at(1, commitment="0" * 64), 2, "event 2 was changed"),
        (with_at(1, hash="0" * 64), 2, "event 2 was changed"),
        (with_at(1, before="0" * 64), 2, "event 2 does not continue event 1"),
        (with_at(0, before="1" * 64), 1, "event 1 does not continue event 0"),
        (rehashed(1), 3, "event 3 does not continue event 2"),
        (lambda links: links[1:], 1, "event 1 is missing"),
        (lambda links: [links[0], *links[2:]], 2, "event 2 is missing"),
        (lambda links: [links[0], links[2], links[1], links[3]], 2, "event 2 is missing"),
        (lambda links: [links[0], *links], 2, "event 2 is missing"),
    ],
)
def test_each_kind_of_break_is_found_at_its_place(
    edit: Callable[[list[Link]], list[Link]], seq: int, words: str
) -> None:
    found = first_break(edit(chain()), chain="c")
    assert found is not None
    assert found[0] == seq
    assert words in found[1]


@pytest.mark.parametrize("length", [0, 1, 4])
def test_a_sound_chain_holds(length: int) -> None:
    assert first_break(chain(length), chain="c") is None


def test_a_chain_moved_to_another_case_does_not_hold() -> None:
    moved = first_break(chain(name="other"), chain="c")
    assert moved is not None


def test_an_erased_body_still_verifies_and_its_content_cannot_be_guessed() -> None:
    links = chain()
    erased = with_at(1, salt=None, body=None)(links)
    assert first_break(erased, chain="c") is None
    assert links[1].commitment != hashlib.sha256(canonical({"n": 2})).hexdigest()


def test_an_erased_event_is_still_bound_to_its_place() -> None:
    erased = with_at(1, salt=None, body=None)(chain())
    assert first_break(with_at(1, actor="bo")(erased), chain="c") is not None
    assert first_break(with_at(1, commitment="0" * 64)(erased), chain="c") is not None


def test_the_salt_keeps_equal_bodies_apart() -> None:
    body = canonical({"decision": "pay"})
    assert commitment("a", body) != commitment("b", body)


@given(st.integers(2, 6), st.data())
def test_no_other_chain_of_the_same_head_exists_by_a_single_edit(length: int, data: st.DataObject) -> None:
    links = chain(length)
    place = data.draw(st.integers(0, length - 1))
    field, value = data.draw(
        st.sampled_from(
            [("body", {"n": -1}), ("kind", "z"), ("actor", "z"), ("at", NOW - timedelta(days=1)), ("seq", 77),
             ("salt", "z"), ("hash", "f" * 64), ("before", "f" * 64), ("commitment", "f" * 64)]
        )
    )  # fmt: skip
    assert first_break(with_at(place, **{field: value})(links), chain="c") is not None


def test_a_name_that_is_no_unicode_can_still_be_hashed() -> None:
    assert linked(chain="c", seq=1, at=NOW, kind="k", actor="\ud800", body={}, salt="s", before=FIRST).hash


def leaf(text: str) -> bytes:
    return hashlib.sha256(b"\x00" + text.encode()).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def test_the_root_is_that_of_rfc_9162() -> None:
    a, b, c, d, e = map(leaf, "abcde")
    assert merkle_root([]) == hashlib.sha256(b"").hexdigest()
    assert merkle_root(["a"]) == a.hex()
    assert merkle_root(["a", "b"]) == node(a, b).hex()
    assert merkle_root(["a", "b", "c"]) == node(node(a, b), c).hex()
    assert merkle_root(list("abcde")) == node(node(node(a, b), node(c, d)), e).hex()


@given(st.lists(st.text(), min_size=1, max_size=9), st.data())
def test_the_root_changes_with_any_leaf_and_with_their_order(leaves: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves[:place], leaves[place] + "x", *leaves[place + 1 :]]
    assert merkle_root(changed) != merkle_root(leaves)
    assert merkle_root(leaves[:-1]) != merkle_root(leaves)
    other = data.draw(st.permutations(leaves))
    assert (merkle_root(other) == merkle_root(leaves)) == (other == leaves)
