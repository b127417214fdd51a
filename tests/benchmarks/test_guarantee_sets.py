"""The benchmark of the guarantee on tables, claims, receipts and nulls, on made-up data."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks import classifiers, folding, guarantee_nulls
from benchmarks.classifiers import Split, split_of
from benchmarks.guarantee_claims import Claims, claims, guarded, rang, told
from benchmarks.guarantee_nulls import ever, needed
from benchmarks.guarantee_receipts import Read, certified, fewest, labels, resampled
from benchmarks.guarantee_tables import by_race, report, shares, surest
from surehand.core.classification import Taught
from surehand.core.guarantee import Plan
from tests.guarantees.worlds import slipping

# Tables


def made_up(n: int, *, wrong: float, seed: int) -> list[Taught]:
    """Yes where a number is above 0, but for a share of answers that nothing tells."""
    drawn = np.random.default_rng(seed)
    values, missed = drawn.normal(size=n), drawn.random(n) < wrong
    races = drawn.choice(["red", "blue"], size=n, p=[0.7, 0.3])
    return [
        Taught({"x": float(x), "race": str(race), "score": 9 if x > 0 else 1}, bool((x > 0) != miss))
        for x, miss, race in zip(values, missed, races, strict=True)
    ]


def split(wrong: float) -> Split:
    return Split(made_up(300, wrong=wrong, seed=1), made_up(400, wrong=wrong, seed=2), {"x": "number"})


def test_a_model_that_cannot_keep_the_promise_is_refused_and_one_that_can_is_not() -> None:
    found = report(split(0.25), Plan(0.02), runs=3)
    drawn = found["6,000 drawn decisions"]
    assert (drawn["runs that were refused"], drawn["runs in which anything ran alone"]) == (1.0, 0.0)
    assert drawn["state"] == "refused"
    assert "2 % cannot be kept" in drawn["sentence"]
    assert found["why: wrong among the surest"]["30%"][1] > 0.02
    good = report(split(0.0), Plan(0.10), runs=3)["6,000 drawn decisions"]
    assert (good["runs that were refused"], good["runs in which anything ran alone"]) == (0.0, 1.0)


def test_errors_of_groups_are_counted_by_what_is_true_and_small_groups_have_no_figure() -> None:
    cases = [
        *[Taught({"race": "a"}, False)] * 100, *[Taught({"race": "a"}, True)] * 60,
        *[Taught({"race": "b"}, False)] * 80, *[Taught({"race": "b"}, True)] * 20,
    ]  # fmt: skip
    counts = ((True, 40), (False, 60), (True, 45), (False, 15), (True, 4), (False, 76), (True, 20))
    said = [one for one, count in counts for _ in range(count)]
    of = by_race(cases, said)
    found = {one.value: shares(one) for one in of.groups}
    assert list(found) == ["a", "b"]
    assert [found["a"][kind][0] for kind in ("false positives", "false negatives")] == [0.4, 0.25]
    assert found["a"]["wrong"][0] == pytest.approx(55 / 160, abs=1e-4)
    assert found["b"]["false positives"][0] == 0.05
    assert found["b"]["false negatives"] is None, "20 cases tell nothing"
    assert {gap.what for gap in of.gaps} == {"wrong", "false positives"}


def test_the_surest_cases_are_looked_at() -> None:
    scores = np.linspace(0, 1, 100)
    wrong = surest((scores, scores >= 0.5), Plan(0.02))
    assert (wrong["30%"][0], wrong["100%"][0]) == (0.0, 0.5)


# Which parts are learned and tested


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three folders like that of banking77; `home/banking77` is the public one."""
    monkeypatch.setattr(classifiers, "DATA", tmp_path / "home")
    for number, name in enumerate(("home/banking77", "one", "two")):
        (tmp_path / name).mkdir(parents=True)
        with (tmp_path / name / "queries.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["id", "text", "category", "official_split"])
            for part in ("train", "test"):
                rows.writerows([f"{part}{n}", f"{part} {number} {n}", "card", part] for n in range(3))
            rows.writerow(["same", "the same everywhere", "card", "train"])
    return tmp_path


def texts(cases: object) -> set[str]:
    assert isinstance(cases, list)
    return {one.values["text"] for one in cases}


@pytest.mark.parametrize(
    ("learn", "test", "learned", "tested"),
    [
        (None, None, ({"train 0"}, True), ({"test 0"}, False)),
        ("one", None, ({"train 1"}, True), ({"test 1"}, False)),
        (None, "home/banking77", ({"train 0"}, True), ({"test 0"}, False)),
        (None, "two", ({"train 0"}, True), ({"train 2", "test 2"}, False)),
        ("one", "two", ({"train 1", "test 1"}, True), ({"train 2", "test 2"}, False)),
    ],
)
def test_what_is_learned_is_not_tested(
    folders: Path, learn: str | None, test: str | None, learned: tuple[set[str], bool],
    tested: tuple[set[str], bool],
) -> None:  # fmt: skip
    where = {"learn": learn and folders / learn, "test": test and folders / test}
    found = split_of("banking77", **where, tune=False)  # type: ignore[arg-type]
    for cases, (kinds, same) in ((found.learned, learned), (found.tested, tested)):
        assert {text.rpartition(" ")[0] for text in texts(list(cases)) if "same" not in text} == kinds
        assert ("the same everywhere" in texts(list(cases))) is same


# Claims


def said(n: int, *, overstated: float, seed: int) -> Claims:
    drawn = np.random.default_rng(seed)
    sure = drawn.beta(20, 1, n)
    right = drawn.random(n) < np.clip(sure - overstated, 0, 1)
    return Claims(sure, right, right.astype(float), np.arange(n) % 2 == 0)


def test_the_alarm_rings_where_too_much_is_claimed_and_not_elsewhere() -> None:
    plan = Plan(0.02)
    loud, honest = (said(900, overstated=by, seed=3) for by in (0.15, 0.0))
    assert (rang(loud.said, loud.right, plan) or 900) < 200
    assert guarded(loud, plan, seed=1) is not None
    assert rang(honest.said, honest.right, plan) is None
    found = told(loud, loud[loud.fits], loud[~loud.fits], plan, runs=5)
    assert (found["alone"]["rang"], found["guard"]["rang"]) == (1.0, 1.0)
    assert found["honest, rang"][f"within {found['claims of 90 % and more']:,}"] == 0.0
    assert found["fitted"]["alarm rang"] == 0.0
    assert found["fitted"]["alarm rang without the fit"] == 1.0


def test_an_answer_is_right_that_most_people_gave() -> None:
    row = {
        "majority_label": "n", "label_counter": {"n": 70, "e": 30},
        "model_predictions": {"m": {"pred": "neutral", "conf": 0.9, "official_split": "dev"}},
    }  # fmt: skip
    other = {**row, "majority_label": "e", "label_counter": {"e": 60, "n": 40}}
    found = claims([row, other, {**row, "model_predictions": {}}], "m")
    assert found.right.tolist() == [True, False]
    assert found.alike.tolist() == [0.7, 0.4]


def test_the_alarm_rings_on_what_a_language_model_claims(shared_data: Callable[[str], Path]) -> None:
    from benchmarks.guarantee_claims import report as of_claims

    found = of_claims(None, shared_data("chaosnli"), runs=5)["snli, roberta-base"]
    assert found["said on average"] > 0.95
    assert found["right among claims"][0] == pytest.approx(0.83, abs=0.01)
    assert found["alone"]["rang"] == 1.0


# Receipts


def receipts(vendors: int, *, bad: range, large: int = 40, seed: int = 0) -> Read:
    """Two large vendors and many small ones; of some vendors every receipt is wrong."""
    names = [f"v{n}" for n in range(vendors) for _ in range(large if n < 2 else 1)]
    drawn = np.random.default_rng(seed)
    right = np.array([int(name[1:]) not in bad for name in names])
    return Read(drawn.random(len(names)), right, np.array(names), drawn.integers(1_000, size=len(names)))


def test_every_vendor_counts_once() -> None:
    of = receipts(100, bad=range(2))
    assert len(of.ones.scores) == 100
    assert (~of.ones.right).sum() == 2
    assert of.wrong(np.ones(len(of.scores), dtype=bool)) == pytest.approx(0.02)
    # of the large ones half run: that is one vendor in 99
    half = np.array([not (name in ("v0", "v1") and at % 2) for at, name in enumerate(of.vendors)])
    assert of.wrong(half) == pytest.approx(1 / 99)


@pytest.mark.parametrize(
    ("count", "wrong", "some"), [(58, 0, False), (59, 0, True), (92, 1, False), (93, 1, True)]
)
def test_as_many_labels_as_the_binomial_asks_for(count: int, wrong: int, some: bool) -> None:
    right = np.arange(count) >= wrong
    assert (certified(np.ones(count), right, 0.05) is not None) is some
    assert fewest(0.05) == 59


def test_vendors_that_err_together_deceive_who_counts_receipts() -> None:
    of = receipts(130, bad=range(117, 130), large=200)  # one vendor in ten is wrong, and few receipts
    once, every = (resampled(of, 80, 0.05, runs=40, once=once) for once in (True, False))
    assert once["more wrong than promised"] <= 0.1
    assert every["more wrong than promised"] >= 0.3


def test_a_stricter_promise_takes_more_vendors() -> None:
    found = list(labels(0.02).values())
    assert found[0] == 149
    assert found == sorted(found)
    assert found[-1] > 2 * found[1]


# Nulls and labels


def test_too_many_errors_seldom_run_and_few_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarantee_nulls, "DECISIONS", 3_000)
    assert ever(Plan(0.02), 0.03, runs=8, people=slipping(0.05, 0.10)) <= 0.125
    assert ever(Plan(0.02), 0.0, runs=3) == 1.0


def test_labels_until_certified() -> None:
    assert needed(0.02, 0.0, enough=20, seed=1) == pytest.approx(217, rel=0.1)
    assert needed(0.05, 0.0, enough=20, seed=1) == pytest.approx(85, rel=0.1)
    some = [needed(0.02, 0.01, enough=20, seed=seed) for seed in range(15)]
    assert 500 <= np.median(some) <= 2_000


# Speed


@pytest.mark.long
def test_a_thousand_labels_are_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "REPEATS", 1)
    found = folding.report()
    assert set(found["store"]) == {"judgements", "answers"}
    assert all(0 < one["ms"] < 5_000 for part in ("guard", "store") for one in found[part].values())
