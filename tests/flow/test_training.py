"""Models of a process: trained apart, kept by their hash, in use at once."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from surehand.core.documents import Document
from surehand.core.extraction import Labelled
from surehand.errors import Forbidden, InvalidInput, NotEnoughEvidence, NotFound, Stopped
from surehand.flow import apart, training
from surehand.store import cases, tables
from tests import invariants
from tests.papers import Office, lines, opened_office

#: The papers of `tests.papers`, read by a model that learns.
LEARNING = (
    (
        "steps:\n  - extract: read_paper",
        "models:\n  fields: {provider: field-extractor, examples: examples.jsonl}\n"
        "steps:\n  - extract: read_paper\n    model: fields",
    ),
    ("from surehand import Document, Evidence", "from surehand import Document, Evidence, Extractor"),
    (
        "def read_paper(document: Document) -> Reading[Paper]:",
        "def read_paper(document: Document, model: Extractor) -> Reading[Paper]:\n"
        "    return model.read(document, Paper)\n\n\n"
        "def by_pattern(document: Document) -> Reading[Paper]:",
    ),
)


def paper(number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Recognised lines in one of three layouts, and what they say."""
    reference, total = f"AB-{4100 + 7 * number}", f"{12 + 3 * number}.{10 + number % 80}"
    rows = [
        ("Specimen Paper Ltd", f"Invoice No. {reference}", "Copy paper 5.00", f"Total {total} EUR"),
        ("INVOICE", f"Number: {reference}", "Goods", f"Amount due: {total} EUR", "Thank you"),
        (f"Our invoice {reference}", "Acme Example", "Freight 2.00", f"Total due {total} EUR"),
    ][number % 3]
    return lines(*rows), {"number": reference, "total": {"amount": total, "currency": "EUR"}}


def write_examples(folder: Path, count: int, name: str = "examples.jsonl") -> None:
    rows = [paper(number) for number in range(count)]
    text = "".join(json.dumps({"input": {"document": d}, "truth": t}) + "\n" for d, t in rows)
    (folder / "papers" / name).write_text(text)


@pytest.fixture
def an_office(fresh_url: str, tmp_path: Path) -> Iterator[Callable[..., Office]]:
    with ExitStack() as stack:
        offices = []

        def opened(*edits: tuple[str, str]) -> Office:
            offices.append(
                stack.enter_context(opened_office(tmp_path / "office", fresh_url, *LEARNING, *edits))
            )
            return offices[-1]

        yield opened
        for office in offices:
            invariants.check(office.context)


def test_without_training_people_key_everything_in(an_office: Callable[..., Office]) -> None:
    office = an_office()
    case = office.submit(paper(1)[0])
    held = office.bench.assignment(case.id)
    assert (case.facts["number"], case.facts["total"], held.kind) == (None, None, "decide")
    assert case.readings["total"]["confidence"] == 0.0


def test_a_model_learns_from_examples_and_is_in_use_at_once(an_office: Callable[..., Office]) -> None:
    office = an_office()
    write_examples(office.folder, 30)
    told: list[float] = []
    made = training.train(
        office.context, "papers", by="dev", progress=lambda _what, share: told.append(share)
    )
    assert (made.changed, made.replaced, made.version.report["examples"]) == (True, None, 30)
    assert told == sorted(told)
    assert told[-1] == 1.0
    document, truth = paper(45)
    case = office.submit(document)
    assert {name: case.facts[name] for name in truth} == truth
    assert case.readings["document"]["by"].endswith(made.version.hash[:12])
    assert case.readings["total"]["evidence"]["box"]
    # the same again is the same model
    again = training.train(office.context, "papers", by="dev")
    assert (again.changed, again.version.hash) == (False, made.version.hash)
    with office.context.db.read() as connection:
        rows = connection.execute(select(tables.model.c.hash, tables.model.c.active)).all()
    assert [tuple(row) for row in rows] == [(made.version.hash, True)]


def test_what_people_decide_is_learned(an_office: Callable[..., Office]) -> None:
    office = an_office()
    write_examples(office.folder, 12)
    first = training.train(office.context, "papers", by="dev")
    for number in range(40, 46):
        document, truth = paper(number)
        case = office.submit({**document, "pages": [{**document["pages"][0], "width": 500.0}]})
        if case.state == "waiting":
            total = truth["total"]
            wrong = {n: v for n, v in truth.items() if case.facts[n] != v}
            fields = {n: f"{total['amount']} EUR" if n == "total" else v for n, v in wrong.items()}
            if fields:
                case = office.bench.verdict(case.id, "edit", fields=fields)
            if case.state == "waiting":
                office.bench.verdict(case.id, "approve", value="pay")
    with office.context.db.read() as connection:
        people = set(connection.execute(select(tables.verdict.c.case_id)).scalars())
    second = training.train(office.context, "papers", by="boss")
    assert second.version.report["cases"] == len(people)
    if people:
        assert (second.changed, second.replaced) == (True, first.version.hash)


def test_an_example_that_came_in_as_a_case_counts_once_as_people_decided_it(
    an_office: Callable[..., Office],
) -> None:
    office = an_office()
    write_examples(office.folder, 12)
    case = office.submit(paper(7)[0])
    office.bench.verdict(case.id, "edit", fields={"number": paper(7)[1]["number"], "total": "33.17 EUR"})
    report = training.train(office.context, "papers", by="dev").version.report
    assert (report["examples"], report["cases"]) == (11, 1)


def test_documents_that_would_not_fit_into_memory_teach_nothing(
    an_office: Callable[..., Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    from surehand.store import labels

    office, ids = an_office(), []
    huge = lines(*("x" * 900 for _ in range(10)))
    for document in (paper(1)[0], huge, paper(2)[0], paper(3)[0]):
        case = office.submit(document)
        office.bench.verdict(case.id, "edit", fields={"number": "A-1", "total": "5.00 EUR"})
        ids.append(case.id)

    def decided() -> list[str]:
        with office.context.db.read() as connection:
            return [case.id for case in labels.decided(connection, "papers", limit=10)]

    assert decided() == ids
    monkeypatch.setattr(labels, "_AT_ONCE", 2)
    assert decided() == ids
    monkeypatch.setattr(labels, "_LARGEST", 9_000)
    assert decided() == [ids[0], *ids[2:]]
    with office.context.db.read() as connection:
        newest = sum(cases.sizes(connection, ids[2:]).values())
    monkeypatch.setattr(labels, "_MOST", newest)
    assert decided() == ids[2:]


def test_only_those_who_answer_for_a_process_train_it(an_office: Callable[..., Office]) -> None:
    office = an_office()
    for who in ("ann", "stranger", "nobody"):
        with pytest.raises(Forbidden):
            training.train(office.context, "papers", by=who)


def test_too_little_to_learn_from_is_said(an_office: Callable[..., Office]) -> None:
    office = an_office()
    (office.folder / "papers/examples.jsonl").write_text("")
    with pytest.raises(NotEnoughEvidence, match="nothing to learn from"):
        training.train(office.context, "papers", by="dev")
    write_examples(office.folder, 2)
    with pytest.raises(NotEnoughEvidence, match="2 labelled documents"):
        training.train(office.context, "papers", by="dev")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "examples.jsonl:1: is not JSON"),
        ('{"input": {}, "truth": {"number": "A"}}', "names no document"),
        ('{"input": {"document": {"pages": [{}]}}, "truth": {"numbr": "A"}}', "did you mean number"),
        ('{"input": {"document": {"pages": [{}]}}, "truth": {"total": "12,50"}}', "total must be a sum"),
        ('{"input": {"document": "gone.pdf"}, "truth": {}}', "there is no such file"),
        ('{"input": {"document": "../../people.yaml"}, "truth": {}}', "outside the folder"),
        ('{"input": {"document": {"pages": []}}, "truth": {}}', "pages"),
    ],
)
def test_an_example_that_cannot_be_used_is_named(
    an_office: Callable[..., Office], line: str, words: str
) -> None:
    office = an_office()
    (office.folder / "papers/examples.jsonl").write_text(line + "\n")
    with pytest.raises(InvalidInput) as caught:
        training.train(office.context, "papers", by="dev")
    assert words in str(caught.value)


def test_examples_may_be_a_table_that_names_files(an_office: Callable[..., Office]) -> None:
    from tests.papers import pdf

    office = an_office(("examples: examples.jsonl", "examples: examples.csv"))
    rows = ["document,number,total"]
    (office.folder / "papers/scans").mkdir()
    for number in range(8):
        _, truth = paper(number)
        name = f"scans/{number}.pdf"
        total = truth["total"]["amount"]
        body = pdf("Specimen Paper Ltd", f"Invoice No. {truth['number']}", f"Total {total} EUR")
        (office.folder / "papers" / name).write_bytes(body)
        rows.append(f"{name},{truth['number']},{total}")
    (office.folder / "papers/examples.csv").write_text("\n".join(rows) + "\n")
    assert training.train(office.context, "papers", by="dev").version.report["examples"] == 8


def test_there_must_be_a_model_that_learns(an_office: Callable[..., Office], tmp_path: Path) -> None:
    office = an_office()
    with pytest.raises(NotFound, match="there are: fields"):
        training.train(office.context, "papers", "other", by="dev")


def test_a_model_that_was_changed_in_the_database_is_not_used(an_office: Callable[..., Office]) -> None:
    office = an_office()
    write_examples(office.folder, 8)
    training.train(office.context, "papers", by="dev")
    with office.context.db.read() as connection:
        trained = connection.execute(select(tables.model.c.body)).scalar_one()
    office.context.db.write(
        lambda c: c.execute(tables.model.update().values(body=b"cos\nsystem\n(S'id'\ntR."))
    )
    case = office.submit(paper(3)[0])
    # a retry is due: nothing is read with bytes that nobody trained, and the case is not lost
    assert case.state == "running"
    assert "cannot be used" in json.dumps([link.body for link in _chain(office, case.id)])
    office.context.db.write(lambda c: c.execute(tables.model.update().values(body=trained)))


def test_a_model_that_nobody_trained_is_found(an_office: Callable[..., Office]) -> None:
    from surehand.flow.verify import verify

    office = an_office()
    write_examples(office.folder, 8)
    trained = training.train(office.context, "papers", by="dev").version
    with office.context.db.read() as connection:
        row = dict(connection.execute(select(tables.model)).one()._mapping)

    def found(**values: Any) -> list[str]:
        office.context.db.write(lambda c: c.execute(tables.model.update().values(**values)))
        problems = [finding.problem for finding in verify(office.context).findings]
        office.context.db.write(lambda c: c.execute(tables.model.update().values(**row)))
        return problems

    assert verify(office.context).holds
    # a whole model, sound in itself, that somebody has put in the place of the trained one
    (other,) = found(body=b"other", hash=hashlib.sha256(b"other").hexdigest())
    assert other == "the model fields of papers in use is not the one that event 4 recorded"
    assert found(body=row["body"][:-1]) == [
        "the bytes of the model fields of papers are not what event 4 recorded"
    ]
    assert found(active=False) == ["the model fields of papers that event 4 recorded is gone"]
    assert "a model more of papers is in use that no event recorded" in found(name="more")
    assert trained.hash == row["hash"]


def _chain(office: Office, case_id: str) -> list[Any]:
    from surehand.store import audit

    with office.context.db.read() as connection:
        return audit.chain(connection, case_id)


def test_a_child_that_dies_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    example = Labelled(Document.model_validate(lines("a")), {"number": "a"}, "g")
    task = apart.Task("field-extractor", {"number": "no such kind"}, None, "EUR")
    with pytest.raises(Exception, match="no such kind"):
        apart.learned(task, [example] * 6)
    monkeypatch.setattr(apart, "_LONGEST", 0.01)
    with pytest.raises(Stopped, match="given up"):
        apart.learned(task, [example])


def test_one_training_at_a_time(an_office: Callable[..., Office], monkeypatch: pytest.MonkeyPatch) -> None:
    office = an_office()
    write_examples(office.folder, 8)
    begun, go_on, children = threading.Event(), threading.Event(), []

    def learned(*_: Any) -> Any:
        children.append(1)
        begun.set()
        assert go_on.wait(20)
        raise Stopped("the child was killed")

    monkeypatch.setattr(training, "learned", learned)
    with ThreadPoolExecutor(10) as pool:
        first = pool.submit(training.train, office.context, "papers", by="dev")
        assert begun.wait(20)
        for other in [pool.submit(training.train, office.context, "papers", by="dev") for _ in range(9)]:
            with pytest.raises(Stopped, match="nothing was begun"):
                other.result(20)
        go_on.set()
        with pytest.raises(Stopped, match="killed"):
            first.result(20)
    assert len(children) == 1
    monkeypatch.undo()
    # one that failed is not in the way of the next
    assert training.train(office.context, "papers", by="dev").changed


def test_a_child_that_is_cut_off_is_told_in_words() -> None:
    for answer in (b"", b'\0\0\0\x40{"ver', b"\0\0\0\x02{}"):
        with pytest.raises(Stopped, match="ended without a model"):
            apart._unpacked(answer, ["Killed"])


def test_the_child_knows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    monkeypatch.setenv("SUREHAND_SECRET", "x" * 40)

    def popen(*args: Any, **options: Any) -> Any:
        seen.update(options["env"])
        raise OSError("not started")

    monkeypatch.setattr(apart.subprocess, "Popen", popen)
    with pytest.raises(OSError, match="not started"):
        apart.learned(apart.Task("field-extractor", {}, None, "EUR"), [])
    assert "SUREHAND_SECRET" not in seen
    assert "PATH" in seen
