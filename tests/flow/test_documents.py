"""Cases that bring documents: files are read once, what cannot be read goes to a person, nothing is lost."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from surehand.core.documents import Document
from surehand.errors import InvalidInput, NotFound, Unreadable
from surehand.flow import advance as advancing
from surehand.flow import filing
from surehand.flow.explain import explain, told
from surehand.flow.intake import Submission, submit_many
from surehand.store import cases, tables
from tests import invariants
from tests.papers import Office, Told, lines, opened_office, pdf

ROWS = ("Specimen Paper Ltd", "No. SP-1", "Total 120.50 EUR")


@pytest.fixture
def an_office(fresh_url: str, tmp_path: Path) -> Iterator[Callable[..., Office]]:
    with ExitStack() as stack:
        offices = []

        def opened(*edits: tuple[str, str]) -> Office:
            offices.append(stack.enter_context(opened_office(tmp_path / "office", fresh_url, *edits)))
            return offices[-1]

        yield opened
        for office in offices:
            invariants.check(office.context)


@pytest.fixture
def office(an_office: Callable[..., Office]) -> Office:
    return an_office()


def kinds(office: Office, case_id: str) -> list[str]:
    return [entry.kind for entry in links(office, case_id)]


def links(office: Office, case_id: str) -> list[Any]:
    from surehand.store import audit

    with office.context.db.read() as connection:
        return audit.chain(connection, case_id)


def story(office: Office, case_id: str) -> str:
    return told(explain(office.context, case_id))


def test_a_pdf_is_read_and_its_fields_become_facts(office: Office) -> None:
    case = office.submit(office.file(pdf(*ROWS)))
    assert case.state == "done"
    assert case.facts["number"] == "SP-1"
    assert case.facts["total"] == {"amount": "120.50", "currency": "EUR"}
    assert [len(page["lines"]) for page in case.pages["pages"]] == [3]
    assert kinds(office, case.id)[:3] == ["received", "recognised", "read"]
    assert "Opened paper.pdf: 1 page, 3 lines of text." in story(office, case.id)


def test_recognised_lines_need_no_reader(office: Office) -> None:
    office.context.reader = Told(Unreadable("broken", "never asked"))
    case = office.submit(lines(*ROWS))
    assert (case.state, case.document, case.facts["number"]) == ("done", None, "SP-1")
    both = office.submit({**office.file(b"\x89PNG\r\n\x1a\n", "scan.png"), **lines(*ROWS)})
    assert (both.state, both.file["kind"], both.facts["number"]) == ("done", "png", "SP-1")
    assert office.context.reader.read_names == []


@pytest.mark.parametrize(
    ("body", "name", "reason", "words"),
    [
        (b"", "invoice.pdf", "empty", "empty"),
        (b"%PDF-1.7 nothing of the kind", "invoice.pdf", "broken", ""),
        (b"PK\x03\x04 an archive", "invoice.pdf", "wrong_type", "invoice.pdf"),
        (pdf(*ROWS, password="secret"), "invoice.pdf", "encrypted", "password"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 60, "photo.jpg", "wrong_type", "JPEG"),
    ],
)
def test_what_cannot_be_read_waits_for_a_person_who_is_told_why(
    office: Office, body: bytes, name: str, reason: str, words: str
) -> None:
    case = office.submit(office.file(body, name))
    held = office.bench.assignment(case.id)
    assert (case.state, held.point, held.person) == ("waiting", f"document:{reason}", "ann")
    assert words in held.because
    assert held.because.endswith(".")
    assert kinds(office, case.id)[1:3] == ["unreadable", "left_path"]
    assert held.because in story(office, case.id)


def test_the_map_says_who_gets_a_document_that_cannot_be_read(an_office: Callable[..., Office]) -> None:
    office = an_office(("  fields: {sender", "  unreadable: {queue: scans}\n  fields: {sender"))
    case = office.submit(office.file(b""))
    held = office.bench.assignment(case.id)
    assert (held.queue, held.person) == ("scans", "scan.desk")


def test_a_case_without_a_document_is_keyed_in_too(office: Office) -> None:
    case = office.submit(None)
    assert office.bench.assignment(case.id).because == "It came without a document."


def test_a_person_keys_in_what_could_not_be_read(office: Office) -> None:
    case = office.submit(office.file(b"", "empty.pdf"))
    case = office.bench.verdict(case.id, "edit", fields={"number": "SP-9", "total": "75 EUR"})
    # nobody vouches for what was typed in but people: it comes back to be decided
    assert (case.state, case.round) == ("done", 2)
    assert case.facts["number"] == "SP-9"
    assert case.facts["known"] is True
    assert case.answers["pay"]["by"] == "policy"
    assert "left_to_person" in kinds(office, case.id)


def test_a_person_may_let_it_go_on_without_what_was_on_it(office: Office) -> None:
    case = office.submit(office.file(b"", "empty.pdf"))
    case = office.bench.verdict(case.id, "approve")
    held = office.bench.assignment(case.id)
    assert (held.kind, held.point, case.facts["total"]) == ("decide", "pay", None)
    assert office.bench.verdict(case.id, "reject").state in ("rejected", "done")


def test_a_file_is_read_once_whatever_fails_later(an_office: Callable[..., Office]) -> None:
    office = an_office(
        ("    return Supplier(known", "    raise TimeoutError('later')\n    return Supplier(known")
    )
    reader = office.context.reader = Told(Document.model_validate(lines(*ROWS)))
    case = office.submit(office.file(pdf(*ROWS)))
    for _ in range(4):
        office.bench.wait(timedelta(hours=1))
    assert reader.read_names == ["paper.pdf"]
    assert office.bench.assignment(case.id).point == "failed:find_supplier"


def test_a_chunk_that_takes_long_gives_the_rest_back(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advancing, "_PATIENCE", 0.0)
    reader = office.context.reader = Told(Document.model_validate(lines(*ROWS)))
    given = [
        Submission(process="papers", input={"document": office.file(pdf(*ROWS, str(n)), f"{n}.pdf")})
        for n in range(5)
    ]
    submit_many(office.context, given, submitter="robot")
    office.bench.run()
    assert sorted(reader.read_names) == [f"{n}.pdf" for n in range(5)]
    with office.context.db.read() as connection:
        assert set(connection.execute(select(tables.case.c.state)).scalars()) == {"done"}


@pytest.mark.parametrize(
    ("document", "where", "words"),
    [
        ({}, "document", "send 'file'"),
        ({"file": "0" * 64}, "document.file", "send the file first"),
        ({"file": "../../etc/passwd"}, "document.file", "match"),
        ({"name": "a.pdf", "pages": [{}]}, "document", "name"),
        ({"file": "0" * 64, "path": "x"}, "document.path", "not permitted"),
        ("invoice.pdf", "document", ""),
    ],
)
def test_a_document_of_the_wrong_shape_is_refused_with_words(
    office: Office, document: Any, where: str, words: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        office.bench.submit("papers", {"document": document}, by="robot")
    assert any(fault.where == where and words in fault.message for fault in caught.value.faults)


def test_a_process_takes_only_the_kinds_that_its_map_names(an_office: Callable[..., Office]) -> None:
    office = an_office(("document: [pdf, png, lines]", "document: [pdf]"))
    with pytest.raises(InvalidInput, match="send a file"):
        office.submit(lines(*ROWS))


def test_the_same_key_with_another_file_is_refused(office: Office) -> None:
    first = office.submit(office.file(pdf(*ROWS)), key="k")
    assert office.submit(office.file(pdf(*ROWS)), key="k").id == first.id
    with pytest.raises(Exception, match="another body"):
        office.submit(office.file(pdf("other")), key="k")


def test_files_are_kept_once_and_dropped_when_nobody_uses_them(office: Office) -> None:
    used, unused = office.file(pdf(*ROWS)), office.file(b"nobody wants this")
    assert office.file(pdf(*ROWS)) == used
    office.submit(used)
    office.bench.clock.move(timedelta(days=3))
    office.file(b"a later one")
    with office.context.db.read() as connection:
        kept = set(connection.execute(select(tables.file.c.digest)).scalars())
    assert used["file"] in kept
    assert unused["file"] not in kept
    assert len(kept) == 2


def test_a_file_is_handed_out_only_to_who_may_see_the_case(office: Office) -> None:
    body = pdf(*ROWS)
    case = office.submit(office.file(body))
    assert filing.original(office.context, "boss", case.id).body == body
    tag, drawn = filing.picture(office.context, "boss", case.id, 0, width=600)
    assert drawn.startswith(b"\x89PNG")
    assert filing.picture(office.context, "boss", case.id, 0, width=600) == (tag, drawn)
    for ask in (
        lambda: filing.original(office.context, "stranger", case.id),
        lambda: filing.picture(office.context, "stranger", case.id, 0, width=600),
        lambda: filing.original(office.context, "boss", office.submit(lines(*ROWS)).id),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_page_that_is_not_there_is_a_sentence(office: Office) -> None:
    case = office.submit(office.file(pdf(*ROWS)))
    with pytest.raises(NotFound, match="no page 8"):
        filing.picture(office.context, "boss", case.id, 7, width=600)


def test_what_was_recognised_is_part_of_the_proof(office: Office) -> None:
    case = office.submit(office.file(pdf(*ROWS)))
    with office.context.db.read() as connection:
        stored = cases.load(connection, [case.id])[case.id].document
    changed = {**stored, "pages": [{**stored["pages"][0], "width": 1.0}]}

    def tamper(connection: Any) -> None:
        connection.execute(tables.case.update().where(tables.case.c.id == case.id).values(document=changed))

    from surehand.flow.verify import verify

    assert verify(office.context).holds
    office.context.db.write(tamper)
    proof = verify(office.context)
    assert [finding.chain for finding in proof.findings] == [case.id]
    office.context.db.write(
        lambda c: c.execute(tables.case.update().where(tables.case.c.id == case.id).values(document=stored))
    )


def test_a_file_that_was_changed_or_deleted_in_the_database_is_found(office: Office) -> None:
    from surehand.flow.verify import verify

    body = pdf(*ROWS)
    case = office.submit(office.file(body))
    office.submit(lines(*ROWS))

    def changed(**values: Any) -> list[tuple[str, str]]:
        office.context.db.write(lambda c: c.execute(tables.file.update().values(**values)))
        return [(finding.chain, finding.problem) for finding in verify(office.context).findings]

    assert changed(body=body) == []
    assert changed(body=pdf("Specimen Paper Ltd", "No. SP-1", "Total 9,120.50 EUR")) == [
        (case.id, "its file is not the one that was sent: its bytes were changed")
    ]
    # what a person would decide by is not shown either, and nothing is read from it
    with pytest.raises(Unreadable, match="changed there"):
        filing.original(office.context, "boss", case.id)
    with pytest.raises(Unreadable, match="changed there"):
        filing.picture(office.context, "boss", case.id, 0, width=601)
    assert changed(body=body) == []
    assert changed(digest="0" * 64) == [(case.id, "its file was deleted")]
    office.context.db.write(lambda c: c.execute(tables.file.update().values(digest=case.file["file"])))


def test_a_file_that_was_changed_before_it_was_read_goes_to_a_person(office: Office) -> None:
    sent = office.file(pdf(*ROWS))
    office.context.db.write(
        lambda c: c.execute(tables.file.update().values(body=pdf("No. SP-2", "Total 9.00 EUR")))
    )
    case = office.submit(sent)
    assert (case.state, case.facts.get("number")) == ("waiting", None)
    assert case.document["fault"]["detail"].startswith("Its bytes in the database are not those")
    office.context.db.write(lambda c: c.execute(tables.file.update().values(body=pdf(*ROWS))))


def test_large_documents_are_not_held_in_memory_together(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from surehand.flow import consult, running

    monkeypatch.setattr(running, "_TOGETHER", 10_000)
    together: list[int] = []
    load = cases.load

    def loaded(connection: Any, ids: Any) -> Any:
        together.append(len(ids))
        return load(connection, ids)

    large = lines(*ROWS, *(f"row {number} " + "x" * 50 for number in range(40)))
    given = [large, lines(*ROWS), large, lines(*ROWS), lines(*ROWS), large]
    accepted = submit_many(
        office.context,
        [Submission(process="papers", input={"document": one}) for one in given],
        submitter="robot",
    )
    monkeypatch.setattr(cases, "load", loaded)
    office.bench.run()
    assert sum(together) >= len(given)
    assert max(together) <= 3  # never two of the large ones
    monkeypatch.setattr(cases, "load", load)
    ids = [one.case.id for one in accepted]
    assert {office.bench.case(one).state for one in ids} == {"done"}
    # lists do not fetch what they do not show
    listed, _ = consult.newest(office.context, "robot", process=None, state=None, after=None, limit=50)
    assert {case.id for case in listed} == set(ids)
    assert all((case.input, case.document, case.facts) == ({}, None, {}) for case in listed)
    assert all(case.answers["pay"]["value"] == "pay" for case in listed)
