"""The inbox as a page without a script: narrowed, ordered, and what cannot be used is said."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from surehand.flow import saved as saved_views
from tests.desk import Desk, desk_of, text_of


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with desk_of(tmp_path / "place", f"sqlite:///{tmp_path}/desk.db") as running:
        yield running


def test_a_list_is_narrowed_by_its_address(desk: Desk) -> None:
    small, large = desk.order(number="N-1", total="20.00 EUR"), desk.order(number="N-2", total="2000.00 EUR")
    owner = desk.person("olga.owner")
    page = owner.get("/inbox?view=all&stake_from=1,000&kind=decision&text=n-2")
    assert large in page
    assert small not in page
    assert "1 case fits the filter." in text_of(page)
    for chip in ("“n-2”", "Decision", "From 1000"):
        assert chip in text_of(page)
    # each chip leads to the list without it, and the form keeps what was chosen
    assert 'href="/inbox?view=all&amp;text=n-2&amp;stake_from=1000"' in page
    assert 'value="decision" checked' in page
    empty = text_of(owner.get("/inbox?view=all&text=nothing-of-the-kind"))
    assert "Nothing fits the filter" in empty
    assert "A case has to fit every part of it" in empty


def test_what_is_most_at_stake_comes_first(desk: Desk) -> None:
    small, large = desk.order(number="N-1", total="20.00 EUR"), desk.order(number="N-2", total="2000.00 EUR")
    page = desk.person("olga.owner").get("/inbox?view=all&sort=stake")
    assert page.index(large) < page.index(small)
    assert "Most at stake first" in page


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("stake_from=lots", "must be a sum, such as 1000 or 250.50"),
        ("stake_from=1,5", "must be a sum"),
        ("stake_from=9&stake_to=8", "must not be less than the sum that it begins with"),
        ("until=soon", "must be a day, such as 2026-11-30"),
        ("until=0001-01-01", "must be a day"),
        ("due=someday", "is not one of the times"),
        ("process=gone", "is not a process here"),
        ("grade=low&grade=worst", "must be among: low, medium, high, critical"),
        ("kind=everything", "must be among: decision"),
        ("priority=soon", "must be among: urgent"),
    ],
)
def test_what_cannot_be_looked_for_is_said_beside_it_and_nothing_is_lost(
    desk: Desk, asked: str, told: str
) -> None:
    desk.order()
    page = desk.person("olga.owner").get(f"/inbox?view=all&text=Mr&{asked}", status=422)
    assert told in text_of(page)
    assert 'value="Mr"' in page
    assert 'aria-invalid="true"' in page
    assert '<details class="narrow" id="narrow" open>' in page
    assert "Nothing was looked for" in page


def test_hostile_values_change_nothing(desk: Desk) -> None:
    desk.order()
    owner = desk.person("olga.owner")
    page = owner.get("/inbox?text=%22%3E%3Cscript%3Ealert(1)%3C/script%3E%00&x=1")
    assert "<script>alert" not in page
    for odd in ("view=none", "sort=none", "skip=-1", "skip=99999", "cursor=x"):
        owner.get(f"/inbox?{odd}", status=422)
    owner.get("/inbox?queue=none", status=404)
    owner.get(f"/inbox?text={'a' * 5000}")


# Saved views


def test_a_view_is_saved_counted_renamed_and_removed(desk: Desk) -> None:
    desk.order(number="N-1", total="20.00 EUR")
    desk.order(number="N-2", total="2000.00 EUR")
    owner = desk.person("olga.owner")
    owner.get("/inbox?view=all&stake_from=1000&sort=stake")
    saved = owner.send("/inbox/views", name="  Over   1,000 ")
    assert saved.headers["location"] == "/inbox?saved=Over+1%2C000"
    page = owner.get(saved.headers["location"])
    assert "Over 1,000 1" in text_of(page)
    assert "1 case fits the filter." in text_of(page)
    assert "The view is saved." in page
    for name, words in (
        ("Over 1,000", "a saved view of that name"),
        (" ", "write a name"),
        ("x" * 61, "60 letters"),
    ):
        owner.get("/inbox?view=all")
        refused = owner.send("/inbox/views", name=name)
        assert (refused.status_code, words in refused.text) == (422, True)
    owner.get("/inbox?saved=Over+1%2C000")
    there = owner.send("/inbox/views/rename", view="Over 1,000", name="Large ones").headers["location"]
    assert there == "/inbox?saved=Large+ones"
    assert "Large ones" in owner.get(there)
    owner.get("/inbox?saved=Over+1%2C000", status=404)
    # it is nobody else's
    rita = desk.person("rita.reviewer")
    assert "Large ones" not in rita.get("/inbox")
    rita.get(there, status=404)
    assert rita.send("/inbox/views/remove", view="Large ones").status_code == 404
    owner.get("/inbox")
    assert owner.send("/inbox/views/remove", view="Large ones").status_code == 303
    assert "Large ones" not in owner.get("/inbox")


def test_twenty_views_and_no_more(desk: Desk) -> None:
    owner = desk.person("olga.owner")
    for number in range(20):
        owner.get("/inbox")
        assert owner.send("/inbox/views", name=f"View {number}", query="due=today").status_code == 303
    owner.get("/inbox")
    refused = owner.send("/inbox/views", name="One more", query="due=today")
    assert (refused.status_code, "remove one first" in refused.text) == (422, True)


def test_a_view_that_asks_for_what_is_gone_says_so(desk: Desk) -> None:
    context = desk.surehand.context
    case = desk.order()
    rita = desk.person("rita.reviewer")
    queue, process = ("queue=refunds&view=queues", "process=orders&view=all")
    for name, query in (("Of a queue", queue), ("Of a process", process), ("Odd", "view=none")):
        saved_views.save(context, "rita.reviewer", name, query)
    people = context.people
    queues = {name: one.model_copy(update={"members": ()}) for name, one in people.queues.items()}
    context.people = people.model_copy(update={"queues": queues})
    context.processes.current.pop("orders")
    page = text_of(rita.get("/inbox?saved=Of+a+queue"))
    assert "It asks for the queue refunds, which is not one of yours any more." in page
    assert "It asks for process orders, which is not a process here." in rita.get("/inbox?saved=Of+a+process")
    assert "view: must be one of" in rita.get("/inbox?saved=Odd")
    assert case not in page
    assert "Remove this view" in page


# Several at once


def boxes(page: str) -> list[str]:
    return re.findall(r'name="row" form="bulk" value="([^"]+)"', page)


def test_several_are_put_off_and_that_is_undone(desk: Desk) -> None:
    cases = [desk.order(number=f"N-{n}") for n in range(3)]
    owner = desk.person("olga.owner")
    page = owner.get("/inbox?view=all")
    sent = owner.send("/inbox/selected", row=boxes(page)[:2], task="claim")
    page = owner.get(sent.headers["location"])
    assert "2 cases claimed." in text_of(page)
    assert [desk.case(one).owner for one in cases[:2]] == ["olga.owner"] * 2
    # what cannot be done with one is said, and done with the others
    page = owner.get("/inbox?view=all")
    until = re.search(r'<option value="(20[^"]+)"', page)
    assert until is not None
    sent = owner.send("/inbox/selected", row=boxes(page), task="snooze", until=until[1])
    page = owner.get(sent.headers["location"])
    assert "2 cases put off." in text_of(page)
    assert "1 case stays as it was:" in text_of(page)
    assert f"{desk.case(cases[2]).owner} has this now, and you do not." in text_of(page)
    assert "for 60 seconds" in text_of(page)
    assert cases[0] not in owner.get("/inbox?view=mine").split('id="rows"')[-1]
    owner.get("/inbox?view=all")  # the offer stands on each page of the inbox
    sent = owner.send("/inbox/undo")
    page = owner.get(sent.headers["location"])
    assert "2 cases are as they were." in text_of(page)
    assert "put off until" not in text_of(page)
    late = owner.send("/inbox/undo", id="of-nobody")
    assert late.headers["location"].startswith("/inbox")
    assert "cannot be undone any more" in owner.get("/inbox")


def test_all_of_a_page_without_a_script(desk: Desk) -> None:
    cases = [desk.order(number=f"N-{n}") for n in range(3)]
    owner = desk.person("olga.owner")
    page = owner.get("/inbox?view=queues")
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    assert len(shown) == 3
    sent = owner.send(
        "/inbox/selected", shown=shown, all="yes", task="priority", priority="urgent", note="now"
    )
    assert "Priority of 3 cases set." in text_of(owner.get(sent.headers["location"]))
    assert {desk.case(one).precedence for one in cases} == {-1}
    owner.get("/inbox?view=queues&text=N-")
    none = owner.send("/inbox/selected", task="claim", shown=[])
    assert none.headers["location"] == "/inbox?view=queues&text=N-"
    assert "Nothing is selected" in owner.get("/inbox")


def test_what_is_sent_is_never_trusted(desk: Desk) -> None:
    case = desk.order()
    page = desk.person("olga.owner").get("/inbox?view=all")
    (row,) = boxes(page)
    stranger = desk.person("otto.other")
    stranger.get("/inbox")
    csrf = re.search(r'name="csrf" value="([^"]+)"', stranger.get("/"))
    assert csrf is not None
    for task in ("claim", "snooze", "release", "reassign", "priority"):
        sent = stranger.post(
            "/inbox/selected", csrf=csrf[1], row=[row], task=task, here="https://elsewhere.example/inbox",
            until="2099-01-01T00:00:00Z", to="otto.other", note="x",
        )  # fmt: skip
        assert sent.headers["location"].startswith("/inbox?done=")
        told = text_of(stranger.get(sent.headers["location"]))
        assert f"There is no case {case}, or you may not see it." in told
    for odd in ({"task": "verdict"}, {"task": "approve"}, {"task": "claim", "row": ["../x y"]}):
        answer = stranger.post("/inbox/selected", **{"csrf": csrf[1], "row": [row], **odd})
        assert answer.status_code in (404, 422)
    assert stranger.post("/inbox/selected", csrf="wrong", row=[row], task="claim").status_code == 403


# What has changed meanwhile


def test_a_page_hears_what_became_of_its_rows(desk: Desk) -> None:
    cases = [desk.order(number=f"N-{n}") for n in range(3)]
    owner, rita, stranger = (desk.person(name) for name in ("olga.owner", "rita.reviewer", "otto.other"))
    page = owner.get("/inbox?view=all")
    (live,) = re.findall(r'data-live="([^"]+)"', page)
    rows = "".join(f"&row={of}" for of in re.findall(r'data-of="([^"]+)"', page))
    address = unescape(live) + rows
    first = owner.http.get(address)
    assert owner.http.get(address, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    rita.get("/inbox")
    csrf = rita.last["csrf"]
    for case in cases[:2]:
        rita.post(f"/cases/{case}/claim", csrf=csrf)
    rita.verdict(cases[0], "approve", reason="checked-with-buyer")
    told = owner.http.get(address, headers={"If-None-Match": first.headers["etag"]}).json()
    assert (
        told["decided"] == {f"{cases[0]}.1": "rita.reviewer"} or "rita.reviewer" in told["decided"].values()
    )
    assert told["has"][next(of for of in told["has"] if of.startswith(cases[1]))] == "rita.reviewer"
    assert told["told"].startswith("2 cases.")
    assert told["counts"]["view all"] == "2"
    # who may not see them hears nothing
    strange = stranger.http.get(address).json()
    assert (strange["has"], strange["decided"], strange["new"]) == ({}, {}, 0)
    assert desk.visitor().http.get(address, follow_redirects=False).status_code == 303
