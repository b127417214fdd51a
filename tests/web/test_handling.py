"""Work given back, handed on, put off and let come first: on pages without a script, and through the API."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from surehand.core.formats import Manner
from surehand.flow import looking
from surehand.flow.manners import formats_of
from surehand.web.handling_views import later
from tests.desk import Desk, desk_of, text_of
from tests.served import OWNER, RITA, SAM, STRANGER, Served
from tests.web.test_api import place, refused

__all__ = ["place"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", f"sqlite:///{tmp_path}/desk.db") as running:
        yield running


def held(desk: Desk, case: str) -> str:
    return str(desk.case(case).owner)


def test_tomorrow_morning_is_the_readers() -> None:
    """Of somebody in Los Angeles whose evening is the next day in UTC already."""
    manner = Manner(formats_of("en-US"), ZoneInfo("America/Los_Angeles"))
    now = datetime(2026, 11, 19, 0, 30, tzinfo=UTC)
    found = {one.label.partition(",")[0]: one for one in later(now, now + timedelta(days=9), manner)}
    assert found["tomorrow morning"].value == "2026-11-19T16:00:00+00:00"
    assert "8:00" in found["tomorrow morning"].label
    assert "4:45" in found["in 15 minutes"].label


# The API


def test_a_case_is_given_back_and_handed_on(place: Served) -> None:
    case = place.refund()["id"]
    has = place.get(OWNER, f"/cases/{case}")["waiting"]["person"]
    other = SAM if has == RITA else RITA
    answer = place.call(has, "POST", f"/cases/{case}/release", json={"note": "not mine"})
    assert (answer.status_code, answer.json()["case"]["owner"]) == (200, other)
    refused(place.call(has, "POST", f"/cases/{case}/release", json={}), 409, "conflict")
    assert place.call(OWNER, "POST", f"/cases/{case}/reassign", json={"to": has}).status_code == 200
    refused(place.call(has, "POST", f"/cases/{case}/reassign", json={"to": other}), 403, "forbidden")
    problem = refused(
        place.call(OWNER, "POST", f"/cases/{case}/reassign", json={"to": "nobody.here"}), 422, "invalid-input"
    )
    assert problem["faults"][0]["where"] == "to"
    refused(place.call(STRANGER, "POST", f"/cases/{case}/release", json={}), 404, "not-found")
    kinds = [event["kind"] for event in place.get(OWNER, f"/cases/{case}/events")["events"]]
    assert kinds[-2:] == ["released", "reassigned"]


def test_a_case_is_put_off_and_is_in_the_inbox_again(place: Served) -> None:
    case = place.refund()["id"]
    has = place.get(OWNER, f"/cases/{case}")["waiting"]["person"]
    soon = (place.surehand.context.clock() + timedelta(hours=1)).isoformat()
    for until in (soon, None):
        answer = place.call(has, "POST", f"/cases/{case}/snooze", json={"until": until})
        assert answer.status_code == 200, answer.text
        now, later = place.get(has, "/inbox")["items"], place.get(has, "/inbox?later=true")["items"]
        assert [one["case"]["id"] for one in (later if until else now)] == [case]
        assert (now if until else later) == []
    for until in ("2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "2099-01-01T00:00:00", "soon"):
        refused(place.call(has, "POST", f"/cases/{case}/snooze", json={"until": until}), 422, "invalid-input")


def test_what_is_urgent_comes_first_page_by_page(place: Served) -> None:
    ids = [place.refund()["id"] for _ in range(4)]
    for case in ids:
        place.call(OWNER, "POST", f"/cases/{case}/claim")
    for case, priority in ((ids[2], "urgent"), (ids[0], "low")):
        body = {"priority": priority, "note": "because"}
        assert place.call(OWNER, "POST", f"/cases/{case}/priority", json=body).status_code == 200
    found, cursor = [], ""
    while True:
        page = place.get(OWNER, f"/inbox?limit=1{cursor}")
        found += [(one["case"]["id"], one["waiting"]["priority"]) for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == [(ids[2], "urgent"), (ids[1], "normal"), (ids[3], "normal"), (ids[0], "low")]
    refused(
        place.call(OWNER, "POST", f"/cases/{ids[1]}/priority", json={"priority": "urgent", "note": ""}), 422,
        "invalid-input",
    )  # fmt: skip


def test_who_waits_is_said(place: Served) -> None:
    case = place.refund()["id"]
    for body in ({"because": "Called twice"}, {"because": "Order 7 cannot ship", "who": "process"}):
        assert place.call(OWNER, "POST", f"/cases/{case}/waiting", json=body).status_code == 200
    kinds = [event["kind"] for event in place.get(OWNER, f"/cases/{case}/events")["events"]]
    assert [kind for kind in kinds if kind.endswith("_waits")] == ["customer_waits", "process_waits"]
    wrong = {"because": "x", "who": "nobody"}
    refused(place.call(OWNER, "POST", f"/cases/{case}/waiting", json=wrong), 422, "invalid-input")


def test_health_says_what_was_found(place: Served) -> None:
    assert place.call(None, "GET", "/health").json()["left_alone"] is None
    place.surehand.context.lookout.again = 0.0
    from surehand.flow.orphans import look

    look(place.surehand.context)
    assert place.call(None, "GET", "/health").json()["left_alone"]["found"] == 0


# Pages


def test_a_brief_without_a_script_puts_off_gives_back_and_hands_on(desk: Desk) -> None:
    case = desk.order()
    has = held(desk, case)
    person, owner = desk.person(has), desk.person("olga.owner")
    page = person.get(f"/cases/{case}/brief")
    assert "Put it off" in page
    assert "Give it back" in page
    csrf = person.last["csrf"]
    until = page.split('name="until"')[1].split('value="')[1].split('"')[0]
    assert person.post(f"/cases/{case}/snooze", csrf=csrf, until=until).headers["location"] == "/inbox"
    assert "is put off" in text_of(person.get("/inbox"))
    assert "Mr Test" not in person.get("/inbox") or case not in person.get("/inbox")
    assert case in person.get("/inbox?view=later")
    assert "It is put off until" in text_of(person.get(f"/cases/{case}/brief"))
    assert person.post(f"/cases/{case}/snooze", csrf=csrf, until="").status_code == 303
    assert case in person.get("/inbox")
    assert person.post(f"/cases/{case}/release", csrf=csrf, note="").status_code == 303
    assert held(desk, case) != has
    owner.get(f"/cases/{case}/brief")
    given = {"csrf": owner.last["csrf"], "to": has, "note": "you know it"}
    assert owner.post(f"/cases/{case}/reassign", **given).status_code == 303
    assert held(desk, case) == has
    story = text_of(owner.get(f"/cases/{case}"))
    assert "put it off until" in story
    assert "gave it back: it goes to" in story
    assert f"gave it to {has} in place of" in story


def test_who_waits_is_said_on_the_page_of_a_case_once_each(desk: Desk) -> None:
    case = desk.order()
    owner = desk.person("olga.owner")
    for who, words in (("blocked", "Another process cannot go on"), ("waiting", "A customer waits for it")):
        assert words in owner.get(f"/cases/{case}")
        sent = {"csrf": owner.last["csrf"], "who": who, "because": "Called twice"}
        assert owner.post(f"/cases/{case}/waiting", **sent).headers["location"].endswith(f"/cases/{case}")
        assert words not in owner.get(f"/cases/{case}")
    story = text_of(owner.get(f"/cases/{case}"))
    assert "said that another process cannot go on: “Called twice”" in story
    assert "said that a customer waits: “Called twice”" in story
    assert "Does somebody wait" not in story
    other = desk.order(number="N-2")
    owner.get(f"/cases/{other}")
    sent = {"csrf": owner.last["csrf"], "who": "waiting", "because": " "}
    answer = owner.post(f"/cases/{other}/waiting", **sent)
    assert (answer.status_code, "say who waits, and for what" in answer.text) == (422, True)


def test_a_priority_on_the_page_and_in_the_list(desk: Desk) -> None:
    first, second = desk.order(number="N-1"), desk.order(number="N-2")
    owner = desk.person("olga.owner")
    page = owner.get("/inbox?view=all")
    assert page.index(first) < page.index(second)
    owner.get(f"/cases/{second}/brief")
    csrf = owner.last["csrf"]
    assert (
        owner.post(f"/cases/{second}/priority", csrf=csrf, priority="urgent", note="now").status_code == 303
    )
    page = owner.get("/inbox?view=all")
    assert page.index(second) < page.index(first)
    assert "Urgent" in page
    assert owner.post(f"/cases/{second}/priority", csrf=csrf, priority="urgent", note="").status_code == 422
    assert owner.post(f"/cases/{second}/priority", csrf=csrf, priority="soon", note="x").status_code in (
        400,
        422,
    )
    assert owner.post(f"/cases/{second}/priority", csrf="wrong", priority="low", note="x").status_code == 403


def test_who_else_looks_is_told_and_who_may_not_decide_is_not_counted(desk: Desk) -> None:
    case = desk.order()
    has = held(desk, case)
    person, owner, auditor = (desk.person(name) for name in (has, "olga.owner", "anna.auditor"))
    auditor.get(f"/cases/{case}/brief")
    assert "looking at this too" not in person.get(f"/cases/{case}/brief")
    desk.clock.move(timedelta(minutes=1))
    page = text_of(owner.get(f"/cases/{case}/brief"))
    assert f"{has} is looking at this too, since 1 min." in page
    assert f"{has} looks at it" in text_of(owner.get("/inbox?view=all"))
    desk.clock.move(timedelta(minutes=1))
    # an open page says so by itself
    assert person.http.get(f"/cases/{case}/looking").json() == {
        "looking": "olga.owner is looking at this too, since 1 min."
    }
    desk.clock.move(timedelta(seconds=119))
    assert has in owner.get(f"/cases/{case}/brief")
    desk.clock.move(timedelta(minutes=3))
    assert "looking at this too" not in owner.get(f"/cases/{case}/brief")
    assert auditor.http.get(f"/cases/{case}/looking").json() == {"looking": ""}
    assert desk.visitor().http.get(f"/cases/{case}/looking", follow_redirects=False).status_code == 303


def test_claim_next_passes_over_what_somebody_has_just_opened(desk: Desk) -> None:
    context = desk.surehand.context
    first, second = desk.order(number="N-1"), desk.order(number="N-2")
    queues = {
        name: queue.model_copy(update={"reserve": timedelta(minutes=5)})
        for name, queue in context.people.queues.items()
    }
    context.people = context.people.model_copy(update={"queues": queues})
    owner = desk.person("olga.owner")
    looking.note(context, held(desk, first), first)
    owner.get("/inbox?view=queues")
    taken = owner.send("/inbox/next", queue="")
    assert (taken.status_code, taken.headers["location"]) == (303, f"/cases/{second}/brief")
    none = owner.send("/inbox/next", queue="")
    assert (none.status_code, none.headers["location"]) == (303, "/inbox?view=queues")
    assert "Nothing that others have waits" in owner.get("/inbox?view=queues")
    desk.clock.move(timedelta(minutes=6))
    assert owner.send("/inbox/next", queue="refunds").headers["location"] == f"/cases/{first}/brief"
    assert owner.send("/inbox/next", queue="nowhere").status_code == 404
