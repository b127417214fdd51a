"""Which documents are left out together."""

from collections import Counter

import pytest

from surehand.providers.field_extractor.folds import folds_of, known_again, weights_of

GROUPS = ["a"] * 7 + ["b"] * 3 + ["c"] * 2 + ["d", "e", "f"]


def test_a_group_is_never_parted_by_folds() -> None:
    folds = folds_of(GROUPS)
    assert len({(group, fold) for group, fold in zip(GROUPS, folds, strict=True)}) == len(set(GROUPS))
    assert len(set(folds)) == 5


def test_one_group_alone_is_parted() -> None:
    assert len(set(folds_of(["a"] * 10))) == 5
    assert known_again(["a"] * 10) == []


def test_of_each_group_some_are_left_out_while_others_teach() -> None:
    again = Counter(GROUPS[at] for at in known_again(GROUPS))
    assert again == {"a": 2, "b": 1, "c": 1}


@pytest.mark.parametrize("groups", [[], ["a", "b", "c"]])
def test_without_a_second_document_nobody_is_known(groups: list[str]) -> None:
    assert known_again(groups) == []


def test_a_big_group_counts_more_but_less_per_document() -> None:
    weights = weights_of(["a"] * 4 + ["b"])
    assert weights == [0.5] * 4 + [1.0]
