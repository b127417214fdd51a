"""Models that decide: from nothing learned, by the first verdicts, to recommendations with signals."""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from surehand.errors import InvalidInput, NotEnoughEvidence, NotFound, SettingsInvalid
from surehand.flow import training
from surehand.store import audit, tables
from surehand.testing import Trial, trial
from tests import invariants

PROCESS = """\
process: tickets
prefix: TIC
owner: boss
builder: dev
input:
  fields: {text: {type: text}, plan: {type: text, required: false}, seats: {type: integer, required: false}}
models:
  routing: {provider: text-classifier, reads: [text], examples: examples.jsonl}
steps:
  - decide: category
    choices: [billing, delivery, access]
    model: routing
    signals: [model_probability, input_similarity, consensus, margin, completeness]
    bands: review-flow
    queue: desk
"""
PEOPLE = """\
people: {ann: {}, boss: {roles: [owner]}, dev: {roles: [builder]}, robot: {roles: [service]}}
queues: {desk: {owner: boss, members: [ann], due: PT24H}}
"""
TOPICS = {
    "billing": (
        "the invoice shows a wrong amount",
        "please refund the double payment",
        "why was my card charged",
    ),
    "delivery": (
        "the parcel has not arrived yet",
        "where is my order now",
        "the courier left it in the rain",
    ),
    "access": ("i cannot sign in any more", "please reset my password", "my account is locked again"),
}
FRAMES = ("hello, {}", "{}, thanks", "urgent: {}", "{} since monday", "dear team, {}", "{} for client 7")


def rows() -> list[tuple[dict[str, Any], str | None]]:
    return [
        ({"text": frame.format(text), "plan": topic[:2]}, topic)
        for topic, texts in TOPICS.items() for text in texts for frame in FRAMES
    ]  # fmt: skip


@pytest.fixture
def opened(fresh_url: str, tmp_path: Path) -> Iterator[Callable[..., Trial]]:
    with ExitStack() as stack:
        made: list[Trial] = []

        def at_work(
            *edits: tuple[str, str], examples: str | None = None, name: str = "examples.jsonl"
        ) -> Trial:
            text = PROCESS
            for old, new in edits:
                assert old in text
                text = text.replace(old, new, 1)
            folder = tmp_path / "place"
            (folder / "tickets").mkdir(parents=True)
            (folder / "tickets/process.yaml").write_text(text)
            (folder / "people.yaml").write_text(PEOPLE)
            (folder / "surehand.yaml").write_text("mode: development\n")
            if examples is not None:
                (folder / "tickets" / name).write_text(examples)
            made.append(stack.enter_context(trial(folder, database=fresh_url)))
            return made[-1]

        yield at_work
        for bench in made:
            invariants.check(bench.surehand.context)


def lines(cases: list[tuple[dict[str, Any], str | None]]) -> str:
    return "".join(json.dumps({"input": c, "truth": {"category": a}}) + "\n" for c, a in cases)


def asked(bench: Trial, text: str) -> tuple[Any, Any]:
    case = bench.submit("tickets", {"text": text}, by="robot")
    with bench.surehand.context.db.read() as connection:
        row = connection.execute(select(tables.judgement).where(tables.judgement.c.case_id == case.id)).one()
    return case, row


def test_before_anything_is_learned_people_decide_and_that_teaches(opened: Callable[..., Trial]) -> None:
    bench = opened((", examples: examples.jsonl", ""))
    context = bench.surehand.context
    with pytest.raises(NotEnoughEvidence, match="labelled cases"):
        training.train(context, "tickets", by="dev")
    for given, topic in rows()[::2]:
        case, judged = asked(bench, given["text"])
        assert (case.state, judged.recommendation["value"]) == ("waiting", None)
        assert judged.recommendation["reasons"] == ["Nothing was learned here yet"]
        bench.verdict(case.id, "approve", value=topic)
    made = training.train(context, "tickets", by="dev")
    assert (made.version.report["cases"], made.version.report["examples"]) == (27, 0)
    case, judged = asked(bench, "hello, please reset my password since tuesday")
    assert judged.recommendation["value"] == "access"
    assert judged.recommendation["source"] == f"text-classifier {made.version.hash[:12]}"
    assert set(judged.signals) == {
        "model_probability", "input_similarity", "consensus", "margin", "completeness",
    }  # fmt: skip
    assert all(reading is not None for reading in judged.signals.values())
    assert "password" in judged.recommendation["reasons"][0]
    assert judged.recommendation["alternatives"]


def test_what_is_like_nothing_learned_goes_to_a_person(opened: Callable[..., Trial]) -> None:
    outside = [({"text": f"a joke about {what}"}, None) for what in ("cats", "dogs", "owls", "mice", "elks")]
    bench = opened(examples=lines([*rows(), *outside]))
    made = training.train(bench.surehand.context, "tickets", by="dev")
    assert (made.version.report["out_of_scope"], made.version.report["not_learned"]) == (5, [])
    case, judged = asked(bench, "recommend a restaurant with vegan pancakes")
    assert case.state == "waiting"
    assert judged.signals["input_similarity"] < 0.3
    assert judged.signals["model_probability"] < 0.3
    _, judged = asked(bench, "hello, where is my order now")
    assert judged.signals["model_probability"] > 0.8


def test_the_same_again_is_the_same_model(opened: Callable[..., Trial]) -> None:
    bench = opened(examples=lines(rows()))
    first = training.train(bench.surehand.context, "tickets", by="dev")
    again = training.train(bench.surehand.context, "tickets", by="dev")
    assert (first.changed, again.changed, again.version.hash) == (True, False, first.version.hash)
    with bench.surehand.context.db.read() as connection:
        kinds = [link.kind for link in audit.chain(connection, "system")]
    assert kinds.count("model_trained") == 1


def test_an_example_that_came_in_as_a_case_counts_once(opened: Callable[..., Trial]) -> None:
    bench = opened(examples=lines(rows()))
    case, _ = asked(bench, rows()[0][0]["text"])
    bench.verdict(case.id, "approve", value="access")
    report = training.train(bench.surehand.context, "tickets", by="dev").version.report
    assert (report["cases"], report["examples"]) == (1, len(rows()) - 1)
    # a verdict on facts that were edited since was on others
    other, _ = asked(bench, "it is about the bill")
    bench.verdict(other.id, "edit", fields={"text": "it is about the parcel"})
    assert training.train(bench.surehand.context, "tickets", by="dev").version.report["cases"] == 1


@pytest.mark.parametrize("flat", ["jsonl", "csv"])
def test_examples_may_be_flat(opened: Callable[..., Trial], flat: str, tmp_path: Path) -> None:
    if flat == "jsonl":
        text = "".join(json.dumps({**given, "category": topic}) + "\n" for given, topic in rows())
    else:
        with (tmp_path / "made.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["id", "text", "category"])
            writer.writerows([n, given["text"], topic] for n, (given, topic) in enumerate(rows()))
            writer.writerows([["x", "not labelled", ""], ["y", "a joke", "none"], ["z", "a poem", "null"]])
        text = (tmp_path / "made.csv").read_text()
    bench = opened(("examples.jsonl", f"examples.{flat}"), examples=text, name=f"examples.{flat}")
    report = training.train(bench.surehand.context, "tickets", by="dev").version.report
    assert report["examples"] == len(rows()) + (2 if flat == "csv" else 0)
    assert report["answers"] == {"access": 18, "billing": 18, "delivery": 18}


def test_a_table_classifier_decides_too(opened: Callable[..., Trial]) -> None:
    cases = [({"text": "x", "plan": p, "seats": s}, "billing" if p == "pro" and s > 5 else "access")
             for p in ("pro", "free", "team") for s in range(12)]  # fmt: skip
    bench = opened(
        ("text-classifier, reads: [text]", "table-classifier, reads: [plan, seats]"), examples=lines(cases)
    )
    training.train(bench.surehand.context, "tickets", by="dev")
    case = bench.submit("tickets", {"text": "y", "plan": "pro", "seats": 11}, by="robot")
    with bench.surehand.context.db.read() as connection:
        told = connection.execute(select(tables.judgement.c.recommendation)).scalar_one()
    assert (case.state in ("waiting", "done"), told["value"]) == (True, "billing")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "examples.jsonl:1: is not JSON"),
        ('{"input": {"text": "a"}, "truth": {"categry": "billing"}}', "did you mean categry"),
        ('{"input": {"text": "a"}, "truth": {"category": "biling"}}', "did you mean billing"),
        ('{"input": {"text": 3}, "truth": {"category": "billing"}}', "text must be text"),
        ('{"input": {"txt": "a"}, "truth": {"category": "billing"}}', "has no 'text', which is read"),
        ('{"input": 3, "truth": {"category": "billing"}}', "must be an object with 'input' and 'truth'"),
        ('{"text": "' + "x" * 20_001 + '", "category": "billing"}', "at most 20,000"),
    ],
)
def test_an_example_that_cannot_be_used_is_named(opened: Callable[..., Trial], text: str, words: str) -> None:
    bench = opened(examples=text + "\n")
    with pytest.raises(InvalidInput) as caught:
        training.train(bench.surehand.context, "tickets", by="dev")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("cases", "words"),
    [
        ([({"text": f"t{n}"}, "billing") for n in range(30)], "nothing to tell apart"),
        ([({"text": "a"}, "billing"), ({"text": "b"}, "access"), ({"text": "c"}, "delivery")], "too few"),
        ([({"text": f"t{n}"}, None) for n in range(30)], "0 examples of answers"),
    ],
)
def test_too_little_to_tell_apart_is_said(opened: Callable[..., Trial], cases: list[Any], words: str) -> None:
    bench = opened(examples=lines(cases))
    with pytest.raises(NotEnoughEvidence, match=words):
        training.train(bench.surehand.context, "tickets", by="dev")


def test_a_model_that_was_changed_in_the_database_decides_nothing(opened: Callable[..., Trial]) -> None:
    bench = opened(examples=lines(rows()))
    training.train(bench.surehand.context, "tickets", by="dev")
    with bench.surehand.context.db.read() as connection:
        trained = connection.execute(select(tables.model.c.body)).scalar_one()
    write = bench.surehand.context.db.write
    write(lambda c: c.execute(tables.model.update().values(body=b"cos\nsystem\n(S'id'\ntR.")))
    case = bench.submit("tickets", {"text": "where is my order"}, by="robot")
    assert case.state == "running"  # to be tried again: nothing is decided by bytes that nobody trained
    write(lambda c: c.execute(tables.model.update().values(body=trained)))


def test_a_model_whose_weights_are_gone_is_no_error_of_the_case(
    opened: Callable[..., Trial], monkeypatch: pytest.MonkeyPatch
) -> None:
    from surehand.flow import judging

    def gone(*_: Any) -> Any:
        raise SettingsInvalid("the weights are not there")

    bench = opened(examples=lines(rows()))
    training.train(bench.surehand.context, "tickets", by="dev")
    monkeypatch.setattr(judging.answering, "recommend", gone)
    case = bench.submit("tickets", {"text": "where is my order"}, by="robot")
    assert case.state == "running"


def test_a_model_must_be_one_that_learns(opened: Callable[..., Trial]) -> None:
    bench = opened(examples=lines(rows()))
    with pytest.raises(NotFound, match="there are: routing"):
        training.train(bench.surehand.context, "tickets", "other", by="dev")
