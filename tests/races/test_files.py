"""The same file from many at the same moment: it is kept once, and no case loses it."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from surehand.flow import filing
from surehand.flow.intake import Accepted, Submission, submit
from surehand.flow.verify import verify
from surehand.store import tables
from tests.papers import Office, opened_office, pdf
from tests.races.test_verdicts import together

THREADS = 16
BODY = pdf("Specimen Paper Ltd", "No. SP-1", "Total 120.50 EUR")


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> Iterator[Office]:
    with opened_office(tmp_path / "office", database_url) as found:
        yield found


def sent(office: Office, body: bytes, key: str) -> Accepted:
    kept = filing.keep(office.context, body, by="robot")
    given = {"document": {"file": kept.digest, "name": f"{key}.pdf"}}
    submission = Submission(process="papers", input=given, key=key)
    return submit(office.context, submission, submitter="robot")


def test_the_same_file_from_sixteen_threads_is_one_row(office: Office) -> None:
    results = together(*(partial(sent, office, BODY, f"k{number}") for number in range(THREADS)))
    assert [type(result) for result in results] == [Accepted] * THREADS
    assert _rows(office) == [(True, len(BODY))]
    for result in results:
        assert filing.original(office.context, "boss", result.case.id).body == BODY
    assert verify(office.context).holds


def test_a_file_that_is_about_to_be_dropped_is_kept_for_whoever_sends_it_again(office: Office) -> None:
    for trial in range(5):
        bodies = [BODY + b"%d %d" % (trial, number) for number in range(6)]
        for body in bodies:
            filing.keep(office.context, body, by="robot")
        office.context.clock.move(timedelta(days=3))
        calls = [partial(sent, office, body, f"t{trial}-{n}") for n, body in enumerate([*bodies, *bodies])]
        results: list[Any] = together(*calls)
        assert [type(result) for result in results] == [Accepted] * len(calls), results
        for result in results:
            assert filing.original(office.context, "boss", result.case.id).body in bodies
    assert verify(office.context).holds


def _rows(office: Office) -> list[tuple[bool, int]]:
    with office.context.db.read() as connection:
        found = connection.execute(select(tables.file.c.used, func.length(tables.file.c.body))).all()
    return [(bool(used), int(length)) for used, length in found]
