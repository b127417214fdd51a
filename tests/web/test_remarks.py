"""What reviewers say beside their answers: on pages without a script, and through the API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk, desk_of, text_of
from tests.served import OWNER, STRANGER, Served
from tests.web.test_api import place, refused

__all__ = ["place"]

NAUGHTY = "\"><script>alert(1)</script> {{ 7*7 }} ='x'"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", f"sqlite:///{tmp_path}/desk.db") as running:
        yield running


def held(desk: Desk, case: str) -> str:
    return str(desk.case(case).owner)


# Looked elsewhere


def test_it_is_said_without_a_script_and_what_was_typed_stays(desk: Desk) -> None:
    case = desk.order(total="90.00 EUR?")
    person = desk.person(held(desk, case))
    assert "I had to look elsewhere" in person.get(f"/cases/{case}/brief")
    typed = {"note": "half a note", "field_buyer": "Mrs Other", "reason": "price-list"}
    told = person.send(
        f"/cases/{case}/elsewhere", lacks="person", **{"lacks.words": "asked the shop"}, checked="total",
        **typed,
    )  # fmt: skip
    assert told.status_code == 200
    page = text_of(told.text)
    assert page.count("Missing here, you said: what a person knows.") == 2
    for kept in ('value="half a note"', 'value="Mrs Other"', 'value="asked the shop"'):
        assert kept in told.text
    assert '<option value="price-list" selected>' in told.text
    assert 'name="checked" value="total" form="act" checked' in told.text
    assert desk.case(case).state == "waiting"
    # the page goes on as if nothing had been between
    assert person.verdict(case, "approve", reason="price-list", checked="total").status_code == 303
    story = text_of(person.get(f"/cases/{case}"))
    assert "had to look elsewhere: what a person knows was missing. “asked the shop”" in story


def test_a_script_hears_no_more_than_that_it_is_recorded(desk: Desk) -> None:
    case = desk.order()
    person = desk.person(held(desk, case))
    person.get(f"/cases/{case}/brief")
    sent = {name: person.last[name] for name in ("csrf", "round", "digest")}
    asks = {"Accept": "application/json"}
    for what, words, status, told in (
        ("policy", "", 200, {"said": "Missing here, you said: a passage of policy."}),
        ("", "x", 422, {"problems": ["Choose what was missing."]}),
        ("other", "", 422, {"problems": ["Say in your words what it was."]}),
    ):
        answer = person.http.post(
            f"/cases/{case}/elsewhere", data={**sent, "lacks": what, "lacks.words": words}, headers=asks
        )
        assert (answer.status_code, answer.json()) == (status, told)
    person.verdict(case, "reject", reason="price-list")
    late = person.http.post(f"/cases/{case}/elsewhere", data={**sent, "lacks": "policy"}, headers=asks)
    assert late.status_code == 409


def test_what_is_refused_says_why_and_keeps_what_was_typed(desk: Desk) -> None:
    case = desk.order()
    person = desk.person(held(desk, case))
    person.get(f"/cases/{case}/brief")
    answer = person.send(
        f"/cases/{case}/elsewhere", lacks="policy", **{"lacks.words": "x" * 2_001}, note="mine"
    )
    assert answer.status_code == 422
    assert "What you say of it must be at most 2,000 characters." in text_of(answer.text)
    assert 'value="mine"' in answer.text
    assert person.send(f"/cases/{case}/elsewhere", lacks="policy", csrf="x").status_code == 403


def test_who_may_not_decide_may_not_say_it(desk: Desk) -> None:
    case = desk.order()
    auditor, other = desk.person("anna.auditor"), desk.person("otto.other")
    assert "I had to look elsewhere" not in auditor.get(f"/cases/{case}/brief")
    auditor.get("/inbox")
    assert auditor.send(f"/cases/{case}/elsewhere", lacks="policy").status_code == 403
    other.get("/inbox")
    assert other.send(f"/cases/{case}/elsewhere", lacks="policy").status_code == 404


def test_an_exception_has_the_control_too(desk: Desk) -> None:
    case = desk.order(number="")
    person = desk.person(held(desk, case))
    assert "I had to look elsewhere" in person.get(f"/cases/{case}/brief")
    assert person.send(f"/cases/{case}/elsewhere", lacks="document").status_code == 200
    assert "document" in text_of(desk.person("olga.owner").get("/processes/orders/remarks"))


def test_the_page_of_the_process_counts_it(desk: Desk) -> None:
    owner = desk.person("olga.owner")
    page = text_of(owner.get("/processes/orders/remarks"))
    assert "Nobody has decided a brief in the last 30 days" in page
    assert "/processes/orders/remarks" in owner.get("/processes")
    for number in range(3):
        case = desk.order(number=f"N-{number}")
        person = desk.person(held(desk, case))
        person.get(f"/cases/{case}/brief")
        if number < 2:
            person.send(f"/cases/{case}/elsewhere", lacks="system", **{"lacks.words": NAUGHTY})
        if number:
            person.verdict(case, "reject", reason="price-list")
    html = owner.get("/processes/orders/remarks")
    page = text_of(html)
    assert "For 1 of 2 briefs reviewers had to look elsewhere, most often for data of another system" in page
    assert "Data of another system 2" in page
    # words are told of cases that have ended: one is still open
    assert html.count("&lt;script&gt;alert(1)") == 1
    assert "<script>alert" not in html
    owner.get("/processes/nothing/remarks", 404)
    desk.person("otto.other").get("/processes/orders/remarks", 404)


# Tags


def test_an_answer_is_tagged_and_found_by_it(desk: Desk) -> None:
    case, other = desk.order(number="N-1"), desk.order(number="N-2")
    person = desk.person(held(desk, case))
    page = person.get(f"/cases/{case}/brief")
    assert page.count('type="checkbox" name="tag"') == 3
    # what is refused keeps what was ticked
    refused_ = person.send(f"/cases/{case}/verdict", verdict="reject", tag=["teaching", "training"])
    assert refused_.status_code == 422
    assert 'name="tag" value="teaching" checked' in refused_.text
    assert 'name="tag" value="policy-question">' in refused_.text
    unknown = person.send(f"/cases/{case}/verdict", verdict="reject", reason="price-list", tag="urgent")
    assert unknown.status_code == 422
    assert "The tags must be of: training, policy-question, teaching." in text_of(unknown.text)
    answer = person.send(
        f"/cases/{case}/verdict", verdict="reject", reason="price-list", tag=["teaching", "training"]
    )
    assert answer.status_code == 303
    desk.person(held(desk, other)).verdict(other, "reject", reason="price-list")
    auditor = desk.person("anna.auditor")
    found = auditor.get("/cases?tag=teaching")
    assert case in found
    assert other not in found
    assert "Tagged: training, teaching." in text_of(auditor.get(f"/cases/{case}"))
    assert "No case fits" in auditor.get("/cases?tag=policy-question")
    auditor.get("/cases?tag=urgent", 422)


# Reasons


def test_the_owner_takes_up_or_sets_aside_what_people_write_out(desk: Desk) -> None:
    notes = ("asked the buyer again", f"The buyer was asked again {NAUGHTY}", "buyer asked again")
    for number, note in enumerate(notes):
        case = desk.order(number=f"N-{number}", total="90.00 EUR")
        person = ("rita.reviewer", "sam.reviewer")[number % 2]
        assert desk.person(person).verdict(case, "reject", reason="other", note=note).status_code == 303
    owner, auditor = desk.person("olga.owner"), desk.person("anna.auditor")
    page = owner.get("/processes/orders/remarks")
    text = text_of(page)
    assert "1 reason that people write out" in text
    assert "3 notes of 2 people at accept share the words" in text
    assert "reasons: [checked-with-buyer, price-list, asked-buyer]" in text
    assert "<script>alert" not in page
    assert "Set it aside" not in auditor.get("/processes/orders/remarks")
    assert "people write out" not in desk.person("rita.reviewer").get("/processes/orders/remarks")
    path = "/processes/orders/reasons/aside"
    given = {name: owner.last[name] for name in ("csrf", "point", "id")}
    auditor.get("/inbox")
    bare = {"point": given["point"], "id": given["id"]}
    assert auditor.post(path, csrf=auditor.last["csrf"], **bare, note="no").status_code == 403
    assert owner.post(path, **{**given, "csrf": "x"}, note="no").status_code == 403
    assert owner.post(path, **given, note="").status_code == 422
    assert owner.post(path, **given, note="It is the first one").status_code == 303
    page = owner.get("/processes/orders/remarks")
    assert "people write out" not in page
    assert "comes back only once there are twice as many notes" in page
    assert owner.post(path, **given, note="again").status_code == 303
    assert "not as you saw it" in owner.get("/processes/orders/remarks")


# The API


def test_the_api_says_and_counts_it(place: Served) -> None:
    case = place.refund()["id"]
    has = place.get(OWNER, f"/cases/{case}")["waiting"]["person"]
    url = f"/cases/{case}/elsewhere"
    answer = place.call(has, "POST", url, json={"what": "document", "words": "the contract"})
    assert (answer.status_code, answer.json()["case"]["state"]) == (200, "waiting")
    refused(place.call(has, "POST", url, json={"what": "weather"}), 422, "invalid-input")
    refused(place.call(has, "POST", url, json={"what": "other"}), 422, "invalid-input")
    refused(place.call(has, "POST", url, json={"what": "policy", "round": 7}), 409, "conflict")
    refused(place.call(STRANGER, "POST", url, json={"what": "policy"}), 404, "not-found")
    name = place.get(OWNER, f"/cases/{case}")["process"]
    point = place.get(OWNER, f"/processes/{name}/remarks")["points"][0]
    assert (point["decided"], point["lacking"], point["rate"]) == (0, 0, None)
    assert point["lacks"] == {"document": 1}
    refused(place.call(STRANGER, "GET", f"/processes/{name}/remarks"), 404, "not-found")
    refused(place.call(OWNER, "GET", "/processes/none/remarks"), 404, "not-found")


def test_the_api_takes_and_finds_tags(place: Served) -> None:
    case = place.refund()["id"]
    has = place.get(OWNER, f"/cases/{case}")["waiting"]["person"]
    body = {"verdict": "reject", "reason": "other", "note": "x", "tags": ["teaching"]}
    for tags in (["urgent"], ["training"] * 4, "training"):
        bad = place.call(has, "POST", f"/cases/{case}/verdict", json={**body, "tags": tags})
        refused(bad, 422, "invalid-input")
    answer = place.call(has, "POST", f"/cases/{case}/verdict", json=body)
    assert (answer.status_code, answer.json()["verdict"]["tags"]) == (200, ["teaching"])
    assert [one["id"] for one in place.get(OWNER, "/cases?tag=teaching")["cases"]] == [case]
    assert place.get(OWNER, "/cases?tag=training")["cases"] == []
    refused(place.call(OWNER, "GET", "/cases?tag=urgent"), 422, "invalid-input")
