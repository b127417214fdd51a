"""The demo as it runs: the mail comes in, nothing is lost, and the three things that a visitor tries."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from surehand.app import Surehand, assembled, create_app
from surehand.core.case import CaseState
from surehand.core.hearing import Answer
from surehand.demo import cent, lesson, place
from surehand.demo.company import Company
from surehand.demo.household import Ledger, at_home
from surehand.demo.mail import INVOICES, RECEIPTS, SENDER, Letter, delivered, letters, misread
from surehand.demo.plug import pulled
from surehand.demo.visit import REVIEWER, Visit, happened
from surehand.errors import NotEnoughEvidence, NotFound
from surehand.flow import training
from surehand.flow.review import submit_verdict
from surehand.flow.running import drain
from surehand.flow.verify import verify
from surehand.store import cases
from surehand.web.views import ShellView
from tests.client import Client

TODAY = datetime.now(UTC).date()
TOKEN = "a-token-that-was-printed"


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose model has learned; each test takes a copy."""
    home = place.copied(tmp_path_factory.mktemp("company"))
    surehand = assembled(home)
    try:
        training.train(surehand.context, INVOICES, by=SENDER)
    finally:
        surehand.close()
    return home


@pytest.fixture
def home(taught: Path, tmp_path: Path) -> Iterator[tuple[Surehand, Ledger, Company]]:
    own = shutil.copytree(taught, tmp_path / "home")
    surehand = assembled(own)
    try:
        with at_home(own, seed=1, today=TODAY) as (books, house):
            yield surehand, books, house
    finally:
        surehand.close()


def mail(house: Company, bills: int, slips: int = 0) -> list[Letter]:
    return letters(house, bills=bills, slips=slips, seed=1, today=TODAY)


def test_more_mail_leaves_the_first_as_it_is(home: tuple[Surehand, Ledger, Company]) -> None:
    house = home[2]
    few, many = mail(house, 10), mail(house, 40)
    assert [one.key for one in few] == [one.key for one in many[:10]]
    mixed = mail(house, 10, 5)
    assert [one.process for one in mixed].count(RECEIPTS) == 5
    assert [one.process for one in mixed[:4]] != [INVOICES] * 4


def test_every_letter_becomes_a_case_that_ran_or_has_an_owner(home: tuple[Surehand, Ledger, Company]) -> None:
    surehand, books, house = home
    inside = mail(house, 24, 12)
    ids = delivered(surehand.context, inside)
    told = happened(surehand.context, inside, ids)
    assert (len(ids), told.came, told.holds) == (36, 36, True)
    with surehand.context.db.read() as connection:
        found = cases.load(connection, ids)
        held = cases.open_assignments(connection, ids)
    assert told.alone + sum(told.waiting.values()) == 36
    assert {case.id for case in found.values() if case.state.open} == set(held)
    paid = [case for case in found.values() if case.process == INVOICES and case.state is CaseState.DONE]
    assert len(books.payments()) == len(paid)
    # what ran alone is what the paper says
    by_key = {letter.key: letter for letter in inside}
    wrong = [case.id for case in paid if misread(by_key[case.key], case)]
    assert len(wrong) <= 1
    again = delivered(surehand.context, inside)
    assert again == ids
    assert len(books.payments()) == len(paid)


def decide(surehand: Surehand, letter: Letter, case_id: str) -> None:
    """A reviewer corrects what was misread, and decides."""
    with surehand.context.db.read() as connection:
        case = cases.load(connection, [case_id])[case_id]
        held = cases.open_assignments(connection, [case_id])[case_id]
    wrong = misread(letter, case)
    fields = {name: typed(letter.truth[name]) for name in wrong if letter.truth[name] is not None}
    if fields:
        submit_verdict(
            surehand.context, held.person, case_id, Answer(kind="edit", fields=fields, reason="misread")
        )
        while drain(surehand.context):
            pass
    with surehand.context.db.read() as connection:
        held = cases.open_assignments(connection, [case_id]).get(case_id)
    if held is not None and held.kind == "decide":
        answer = Answer(kind="approve", value="pay", reason="agreed-with-supplier")
        submit_verdict(surehand.context, held.person, case_id, answer)
        while drain(surehand.context):
            pass


def typed(value: Any) -> str:
    return f"{value['amount']} {value['currency']}" if isinstance(value, dict) else str(value)


def test_the_ai_learns_from_what_a_visitor_corrects(home: tuple[Surehand, Ledger, Company]) -> None:
    surehand, _, house = home
    pile = mail(house, 300)
    # a supplier whose paper the examples do not have: its name is read wrongly or with little confidence
    strange = [one for one in pile if layout(one) in ("atelier", "spine") and one.kind == "clean"]
    inside = strange[:5]
    with pytest.raises(NotEnoughEvidence, match="Nobody has decided"):
        lesson.learned(surehand.context, pile)
    ids = delivered(surehand.context, inside)
    for letter, case_id in zip(inside, ids, strict=True):
        decide(surehand, letter, case_id)
    came = {letter.key for letter in inside}
    done = lesson.learned(surehand.context, [one for one in pile if one.key not in came])
    assert done.cases >= 3
    assert done.fresh > 0
    assert set(done.suppliers) <= {str(one.truth["supplier"]) for one in inside}
    assert len(done.case_ids) == done.fresh
    right = sum(one.after for one in done.fields)
    before = sum(one.before for one in done.fields)
    assert right >= before
    sure = [one for one in done.fields if one.field == "supplier" and one.sure[1] is not None]
    assert sure


def layout(letter: Letter) -> str:
    return str(letter.paper.bill.supplier.profile.layout)  # type: ignore[union-attr]  # an invoice, no receipt


def test_a_changed_cent_is_named_and_can_be_put_back(home: tuple[Surehand, Ledger, Company]) -> None:
    surehand, _, house = home
    database = Path(surehand.settings.database_url.removeprefix("sqlite:///"))
    with pytest.raises(NotFound, match="Nothing was paid yet"):
        cent.changed(database)
    delivered(surehand.context, mail(house, 0, 12))
    before = verify(surehand.context)
    assert before.holds
    changed = cent.changed(database)
    assert changed.after != changed.before
    proof = verify(surehand.context)
    assert [finding.chain for finding in proof.findings] == [changed.case_id]
    cent.put_back(database, changed)
    assert verify(surehand.context).holds


def test_the_plug_is_pulled_and_the_ledger_holds_one_payment() -> None:
    said: list[str] = []
    done = pulled(said.append)
    assert (done.state, done.holds) == ("done", 1)
    assert any("kill -9" in sentence for sentence in said)


# The first screen


@pytest.fixture
def visit(home: tuple[Surehand, Ledger, Company]) -> Visit:
    surehand, _, house = home
    inside = mail(house, 6, 12)
    ids = delivered(surehand.context, inside)
    told = happened(surehand.context, inside, ids)
    database = Path(surehand.settings.database_url.removeprefix("sqlite:///"))
    return Visit(surehand.context, told, [], database, "surehand demo --pull-the-plug", 1)


@pytest.fixture
def browser(home: tuple[Surehand, Ledger, Company], visit: Visit) -> Client:
    app = create_app(home[0], demo_token=TOKEN, tour=visit)
    return Client(app, base_url="http://127.0.0.1:8420", client=("127.0.0.1", 5000))


def csrf(page: str) -> str:
    return page.partition('name="csrf" value="')[2].partition('"')[0]


def test_the_first_screen_says_what_happened_and_does_things(browser: Client, visit: Visit) -> None:
    assert browser.get("/tour").status_code == 404
    page = browser.get(f"/demo/{TOKEN}").text
    for part in ("18 papers came in", "Three things to try", "--pull-the-plug", REVIEWER):
        assert part in page
    assert browser.post("/tour/cent", data={"csrf": "wrong"}).status_code == 403
    changed = browser.post("/tour/cent", data={"csrf": csrf(page)}).text
    assert "Put it back" in changed
    assert visit.shown(ShellView(now=datetime.now(UTC)), ()).cent is not None
    again = browser.post("/tour/cent", data={"csrf": csrf(changed)}).text
    assert again.count("Put it back") == 1
    back = browser.post("/tour/back", data={"csrf": csrf(again)}).text
    assert "Put it back" not in back
    assert verify(visit.context).holds


def test_learning_too_early_is_told_on_the_page(browser: Client, visit: Visit) -> None:
    browser.get(f"/demo/{TOKEN}")
    visit._learn()
    assert "Nobody has decided an invoice yet" in browser.get("/tour").text


def test_outside_the_demo_there_is_no_first_screen(
    home: tuple[Surehand, Ledger, Company], visit: Visit
) -> None:
    app = create_app(home[0], demo_token=TOKEN, tour=visit)
    other = Client(app, base_url="http://127.0.0.1:8420", client=("10.0.0.7", 5000))
    assert other.get(f"/demo/{TOKEN}").status_code == 404
    for path in ("/tour/learn", "/tour/cent", "/tour/back"):
        assert other.post(path, data={"csrf": "x"}).status_code in (403, 404)
    assert replace(visit.told).holds


def test_the_cent_is_changed_past_the_program(home: tuple[Surehand, Ledger, Company]) -> None:
    surehand, _, house = home
    delivered(surehand.context, mail(house, 0, 12))
    database = Path(surehand.settings.database_url.removeprefix("sqlite:///"))
    changed = cent.changed(database)
    connection = sqlite3.connect(database)
    (text,) = connection.execute("select args from action where key = ?", (changed.key,)).fetchone()
    connection.close()
    assert json.loads(text)["total"]["total"]["amount"] == changed.after.split()[0]
