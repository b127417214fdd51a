"""Whatever it reads, a classifier learns, says honestly how sure it is, and comes back from its bytes."""

import hashlib
import io
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from surehand.core.classification import Readings, Taught
from surehand.errors import NotEnoughEvidence, SettingsInvalid
from surehand.providers import table_classifier, text_classifier
from surehand.providers.classifier import training
from surehand.providers.classifier.training import Trained

ARRAYS = ("best", "second", "confidence", "probability", "runner_up", "margin", "similarity", "consensus")
SHARES = ARRAYS[2:]

WORDS = {
    "billing": [
        "invoice",
        "refund",
        "charge",
        "payment",
        "amount",
        "price",
        "bill",
        "cost",
        "fee",
        "receipt",
    ],
    "delivery": [
        "parcel",
        "order",
        "courier",
        "shipping",
        "arrive",
        "late",
        "tracking",
        "box",
        "post",
        "van",
    ],
    "access": ["login", "password", "account", "locked", "reset", "sign", "user", "mail", "code", "email"],
}


def texts(count: int, *, seed: int = 1, noise: float = 0.0) -> list[Taught]:
    draw = np.random.default_rng(seed)
    out = []
    for number in range(count):
        topic = list(WORDS)[number % 3]
        words = [*draw.choice(WORDS[topic], 4).tolist(), f"client{draw.integers(99)}", "please", "the"]
        answer = topic if draw.random() >= noise else list(WORDS)[int(draw.integers(3))]
        out.append(Taught({"text": " ".join(draw.permutation(words))}, answer))
    return out


def rows(count: int, *, seed: int = 1) -> list[Taught]:
    draw = np.random.default_rng(seed)
    out = []
    for _ in range(count):
        amount, kind = float(draw.lognormal(4, 1)), str(draw.choice(["new", "known", "partner"]))
        due, made = "2026-03-01", f"2026-02-{int(draw.integers(1, 28)):02}"
        good = amount < 80 or (kind == "partner" and draw.random() < 0.9)
        values = {
            "amount": {"amount": f"{amount:.2f}", "currency": "EUR"},
            "kind": kind,
            "made": made,
            "due": due,
        }
        values["kind"] = None if draw.random() < 0.05 else kind
        out.append(Taught(values, bool(good)))
    return out


READS = {"amount": "money", "kind": "text", "made": "date", "due": "date"}


def learned_texts(examples: Sequence[Taught], **more: Any) -> Trained:
    return text_classifier.train(examples, reads={"text": "text"}, **more)


def learned_rows(examples: Sequence[Taught], **more: Any) -> Trained:
    return table_classifier.train(examples, reads=READS, **more)


@pytest.fixture(scope="module")
def of_texts() -> Trained:
    return learned_texts(texts(240, noise=0.1))


@pytest.fixture(scope="module")
def of_rows() -> Trained:
    return learned_rows(rows(300))


@pytest.fixture(params=["texts", "rows"])
def kind(request: pytest.FixtureRequest) -> tuple[Any, Trained, list[Mapping[str, Any]]]:
    trained: Trained = request.getfixturevalue(f"of_{request.param}")
    cases = [one.values for one in (texts(50, seed=9) if request.param == "texts" else rows(50, seed=9))]
    module = text_classifier if request.param == "texts" else table_classifier
    return module, trained, cases


def same(one: Readings, other: Readings) -> None:
    assert one.answers == other.answers
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_every_reading_is_a_share(kind: Any) -> None:
    _, trained, cases = kind
    readings = trained.model.readings(cases)
    assert len(readings) == len(cases)
    for name in SHARES:
        values = getattr(readings, name)
        assert values.shape == (len(cases),)
        assert ((values >= 0) & (values <= 1)).all(), name
    np.testing.assert_allclose(readings.margin, readings.probability - readings.runner_up)
    assert (readings.best != readings.second).all()


def test_one_case_is_read_as_in_a_chunk(kind: Any) -> None:
    _, trained, cases = kind
    together = trained.model.readings(cases)
    for at in range(0, len(cases), 7):
        alone = trained.model.readings([cases[at]])
        assert alone.best[0] == together.best[at]
        np.testing.assert_allclose(alone.confidence[0], together.confidence[at], atol=1e-5)
    empty = trained.model.readings([])
    assert len(empty) == 0
    assert trained.model.because([], empty.best) == []


def test_it_learned_to_tell_apart(of_texts: Trained, of_rows: Trained) -> None:
    fresh = texts(150, seed=4)
    read = of_texts.model.readings([one.values for one in fresh])
    right = [read.answers[best] == one.answer for best, one in zip(read.best, fresh, strict=True)]
    assert np.mean(right) > 0.97
    fresh = rows(300, seed=4)
    read = of_rows.model.readings([one.values for one in fresh])
    right = [read.answers[best] == one.answer for best, one in zip(read.best, fresh, strict=True)]
    assert np.mean(right) > 0.85
    assert read.answers == (False, True)


def test_confidence_means_what_it_says() -> None:
    made = learned_texts(texts(900, noise=0.3))
    fresh = texts(900, seed=5, noise=0.3)
    read = made.model.readings([one.values for one in fresh])
    right = np.array([read.answers[best] == one.answer for best, one in zip(read.best, fresh, strict=True)])
    assert abs(read.confidence.mean() - right.mean()) < 0.04


def test_a_case_like_nothing_learned_is_doubted(of_texts: Trained) -> None:
    inside = of_texts.model.readings([{"text": "refund the invoice amount please"}])
    outside = of_texts.model.readings(
        [{"text": "quantum zebra volcano symphony"}, {"text": "\U0001f995" * 40}]
    )
    assert inside.similarity[0] > 0.5 > outside.similarity.max()
    assert outside.confidence.max() < 0.25 < 0.5 < inside.confidence[0]


def test_a_text_that_repeats_itself_is_no_surer(of_texts: Trained) -> None:
    """Whoever writes a word a thousand times, or a thousand variants of it, does not look more certain."""
    variants = " ".join(f"refund{n}" for n in range(900))
    once, often, varied = ({"text": text} for text in ("refund zebra", "refund zebra " * 900, variants))
    read = of_texts.model.readings([once, often, varied, {"text": "zebra " * 5_000}])
    assert abs(read.probability[0] - read.probability[1]) < 0.2
    opinions = of_texts.model.panel.opinions([once, often, varied])
    assert opinions.near.max() <= 1.0
    assert np.abs(opinions.first).max() < 5
    assert read.confidence[3] < 0.25


def test_out_of_scope_examples_teach_doubt_and_no_answer() -> None:
    draw = np.random.default_rng(3)
    odd = ["weather", "song", "movie", "recipe", "joke", "football", "holiday", "garden"]
    outside = [Taught({"text": "please " + " ".join(draw.choice(odd, 4))}, None) for _ in range(60)]
    without, made = learned_texts(texts(300)), learned_texts([*texts(300), *outside])
    assert made.model.answers == without.model.answers
    assert made.report["out_of_scope"] == 60
    fresh = [{"text": f"please the {a} and {b} account"} for a in odd for b in odd]
    before, after = (one.model.readings(fresh).confidence.mean() for one in (without, made))
    assert after < before
    expected = learned_texts([*texts(300), *outside], out_of_scope=0.6).model.readings(fresh)
    assert expected.confidence.mean() < after


def test_what_is_missing_or_new_is_read(of_rows: Trained) -> None:
    usual = {
        "amount": {"amount": "50", "currency": "EUR"},
        "kind": "known",
        "made": "2026-02-03",
        "due": "2026-03-01",
    }
    odd = [
        {},
        {**usual, "kind": "martian"},
        {**usual, "amount": {"amount": "1e300", "currency": "ZZZ"}},
        {**usual, "made": "soon"},
        {**usual, "amount": "NaN"},
        {"amount": [1], "kind": {"a": 1}, "made": 3},
    ]
    read = of_rows.model.readings([usual, *odd])
    assert np.isfinite(read.confidence).all()
    assert (read.similarity[1:] < read.similarity[0]).all()


def test_nothing_to_read_gives_no_answer(of_texts: Trained) -> None:
    read = of_texts.model.readings([{"text": ""}, {}, {"text": None}, {"text": 7}])
    assert read.best.tolist() == [-1] * 4
    assert read.confidence.max() == 0.0


def test_the_bytes_bring_the_same_model_back(kind: Any) -> None:
    module, trained, cases = kind
    data = module.dumped(trained.model)
    assert hashlib.sha256(data).hexdigest() == trained.model.version
    again = module.loaded(data, expected=trained.model.version)
    assert module.dumped(again) == data
    same(again.readings(cases), trained.model.readings(cases))
    assert b"client" not in data  # what people wrote is kept as hashes
    assert b"partner" not in data


def test_a_model_of_before_the_last_measure_is_read(kind: Any) -> None:
    module, trained, cases = kind
    now = trained.model.sureness.right
    six = {name: getattr(now, name)[:6] for name in ("weights", "mean", "scale")}
    before = replace(trained.model, sureness=replace(trained.model.sureness, right=replace(now, **six)))
    data = module.dumped(before)
    again = module.loaded(data, expected=hashlib.sha256(data).hexdigest())
    same(again.readings(cases), before.readings(cases))
    five = replace(now, **{name: values[:5] for name, values in six.items()})
    data = module.dumped(replace(before, sureness=replace(before.sureness, right=five)))
    with pytest.raises(SettingsInvalid, match="other measures"):
        module.loaded(data, expected=hashlib.sha256(data).hexdigest())


def test_other_bytes_are_not_looked_into(kind: Any) -> None:
    module, trained, _ = kind
    data = bytearray(module.dumped(trained.model))
    data[len(data) // 2] ^= 1
    with pytest.raises(SettingsInvalid, match="another hash"):
        module.loaded(bytes(data), expected=trained.model.version)


def altered(data: bytes, name: str, change: Any) -> tuple[bytes, str]:
    """The archive with one part changed, and its hash, as if it had been saved so."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            body = old.read(info)
            new.writestr(info, change(body) if info.filename == name else body)
    return out.getvalue(), hashlib.sha256(out.getvalue()).hexdigest()


def as_array(change: Any) -> Any:
    def changed(body: bytes) -> bytes:
        out = io.BytesIO()
        np.save(out, change(np.load(io.BytesIO(body), allow_pickle=False)))
        return out.getvalue()

    return changed


@pytest.mark.parametrize(
    ("of", "name", "change"),
    [
        ("texts", "model.json", lambda body: b"{}"),
        ("texts", "model.json", lambda body: body.replace(b'"words"', b'"spells"')),
        ("texts", "model.json", lambda body: body.replace(b'"billing"', b'"access"')),
        ("texts", "model.json", lambda body: body.replace(b"text-classifier", b"table-classifier")),
        ("texts", "weights.npy", as_array(lambda array: array[:-1])),
        ("texts", "weights.npy", as_array(lambda array: array + np.float16(np.inf))),
        ("texts", "places.npy", as_array(lambda array: array + (1 << 20))),
        ("texts", "places.npy", as_array(lambda array: array.astype(float))),
        ("texts", "idf.npy", lambda body: b"\x80\x04cos\nsystem\n."),
        ("rows", "t00.left.npy", as_array(lambda array: array + 100_000)),
        ("rows", "t00.feature.npy", as_array(lambda array: array + 900)),
        ("rows", "starts.npy", as_array(lambda array: array[::-1])),
        ("rows", "learned.npy", as_array(lambda array: array[:, :-1])),
        ("rows", "model.json", lambda body: body.replace(b'"amount","', b'"magic","')),
    ],
)  # fmt: skip
def test_a_broken_model_is_refused(request: pytest.FixtureRequest, of: str, name: str, change: Any) -> None:
    trained: Trained = request.getfixturevalue(f"of_{of}")
    module = text_classifier if of == "texts" else table_classifier
    data, digest = altered(module.dumped(trained.model), name, change)
    if digest == trained.model.version:
        pytest.fail("the change changed nothing")
    with pytest.raises(SettingsInvalid, match="no model of the format"):
        module.loaded(data, expected=digest)


def test_answers_with_one_example_are_not_learned() -> None:
    made = learned_texts([*texts(60), Taught({"text": "the only one of its kind"}, "legal")])
    assert made.report["not_learned"] == ["legal"]
    assert "legal" not in made.model.answers
    assert (made.truth == -1).sum() == 1  # it counts as a case that no answer fits


@pytest.mark.parametrize(
    ("examples", "error", "words"),
    [
        ([], NotEnoughEvidence, "0 examples"),
        ([Taught({"text": f"t{n}"}, "a") for n in range(50)], NotEnoughEvidence, "nothing to tell apart"),
        ([Taught({"text": f"t{n}"}, f"a{n}") for n in range(50)], NotEnoughEvidence, "too few"),
        ([Taught({"text": "x"}, "ab"[n % 2]) for n in range(50)], NotEnoughEvidence, "repeat each other"),
        ([Taught({"text": " " * n}, "ab"[n % 2]) for n in range(50)], NotEnoughEvidence, "repeat each other"),
        ([Taught({"other": n}, "ab"[n % 2]) for n in range(50)], NotEnoughEvidence, "nothing to read"),
        (
            [Taught({"text": f"t{n}"}, f"a{n // 2}") for n in range(2_100)], SettingsInvalid,
            "1,050 different answers",
        ),
    ],
)  # fmt: skip
def test_what_cannot_teach_is_said(examples: list[Taught], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        learned_texts(examples)


def test_a_hundred_thousand_answers_are_refused_at_once() -> None:
    many = [Taught({"text": f"t{n}"}, f"a{n // 2}") for n in range(100_000)]
    with pytest.raises(SettingsInvalid, match="different answers"):
        learned_texts(many)


def test_contradictions_are_counted_and_lower_the_confidence() -> None:
    clear = texts(120)
    both = [*clear, *(Taught(one.values, "billing") for one in clear)]
    made = learned_texts(both)
    assert made.report["contradictory"] == 80
    assert made.held_out.confidence.mean() < learned_texts(clear).held_out.confidence.mean()


def test_the_newest_are_taken_of_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "MOST_EXAMPLES", 60)
    report = learned_texts(texts(90)).report
    assert (report["used"], report["left_out"]) == (60, 30)


def test_empty_and_huge_texts_are_examples_like_others() -> None:
    odd = [
        Taught({"text": ""}, "billing"),
        Taught({}, "access"),
        Taught({"text": "word " * 50_000}, "delivery"),
    ]
    made = learned_texts([*texts(60), *odd, *odd])
    read = made.model.readings([{"text": "x" * 2_000_000}, {"text": "invoice " * 100_000}])
    assert np.isfinite(read.confidence).all()


def test_the_same_examples_give_the_same_model(of_texts: Trained) -> None:
    assert learned_texts(texts(240, noise=0.1)).model.version == of_texts.model.version


def test_progress_is_told() -> None:
    told: list[float] = []
    learned_rows(rows(40), progress=lambda _what, share: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_many_answers_have_neighbours_in_place_of_trees() -> None:
    examples = [
        Taught({"amount": {"amount": str(n % 30), "currency": "EUR"}}, f"a{n % 30}") for n in range(240)
    ]
    examples = [Taught({**one.values, "kind": f"{n}"}, one.answer) for n, one in enumerate(examples)]
    made = learned_rows(examples)
    assert not made.model.panel.trees  # type: ignore[attr-defined]
    assert table_classifier.loaded(
        table_classifier.dumped(made.model), expected=made.model.version
    ).answers == made.model.answers  # fmt: skip


def test_training_needs_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    with pytest.raises(SettingsInvalid, match=r"surehand\[learn\]"):
        learned_texts(texts(30))


def test_reasons_name_what_speaks_for_the_answer(of_texts: Trained, of_rows: Trained) -> None:
    case = {"text": "my password please"}
    read = of_texts.model.readings([case, {}])
    said, nothing = of_texts.model.because([case, {}], read.best)
    assert "'password'" in said[0]
    assert nothing == ()
    case = {
        "amount": {"amount": "5000", "currency": "EUR"},
        "kind": "new",
        "made": "2026-02-03",
        "due": "2026-03-01",
    }
    read = of_rows.model.readings([case])
    assert "amount 5,000.00 EUR" in of_rows.model.because([case], read.best)[0][0]
    assert math.isclose(float(read.margin[0]), float(read.probability[0] - read.runner_up[0]))
