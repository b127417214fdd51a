"""What a person changed in a draft: while they write, without a script, in the story, and too late."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from surehand.core.hearing import Answer
from surehand.flow.review import submit_verdict
from surehand.store import cases
from surehand.web.diffs import diff_view
from tests.desk import Desk, Visitor, desk_on, text_of
from tests.mails import TEXT, mails, said

DRAFT = "Hello,\n\nwe look into it, and write again on Monday with a date.\n\nRegards"
MINE = DRAFT.replace("on Monday with a date", "when we know more")
NAUGHTY = "<script>alert(1)</script> \u202e</textarea>"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with mails(tmp_path_factory.mktemp("mails")) as bench, desk_on(bench, "ann", "ben", by="olga") as desk:
        yield desk


def drafted(desk: Desk, **given: Any) -> tuple[str, str, Visitor]:
    """A case that waits with its draft, who has it, and their browser."""
    brought = said()
    brought["answer_mail"] = {"value": DRAFT, "confidence": 0.8, "reasons": ["As usual."]}
    case_id = desk.submit("mails", {"text": TEXT, **given}, recommendations=brought)
    context = desk.surehand.context
    person = holder(desk, case_id)
    submit_verdict(context, person, case_id, Answer(kind="approve", value="billing", reason="clear"))
    desk.wait(seconds=1)
    person = holder(desk, case_id)
    return case_id, person, desk.person(person)


def holder(desk: Desk, case_id: str) -> str:
    with desk.surehand.context.db.read() as connection:
        return str(cases.open_assignments(connection, [case_id])[case_id].person)


def test_without_a_script_a_button_shows_what_was_changed(desk: Desk) -> None:
    case_id, _, browser = drafted(desk)
    page = browser.get(f"/cases/{case_id}/brief")
    assert f'formaction="/cases/{case_id}/diff"' in page
    assert '<div class="changes stack sm" id="changes"></div>' in page
    rev = desk.case(case_id).rev
    answer = browser.send(f"/cases/{case_id}/diff", value=MINE, note="kinder", reason="")
    assert answer.status_code == 200
    assert "5 of 14 words changed, 4 new." in text_of(answer.text)
    assert "<del>on Monday with a date</del><ins>when we know more</ins>" in answer.text
    assert MINE in answer.text  # in the field, as it was typed
    assert 'value="kinder"' in answer.text
    assert desk.case(case_id).rev == rev
    # and from there it goes on
    assert (
        browser.send(f"/cases/{case_id}/verdict", verdict="approve", checked="amount", value=MINE).status_code
        == 303
    )
    desk.run()
    assert desk.case(case_id).answers["answer_mail"]["value"] == MINE


def test_a_script_gets_the_changes_alone(desk: Desk) -> None:
    case_id, _, browser = drafted(desk)
    browser.get(f"/cases/{case_id}/brief")
    answer = browser.send(
        f"/cases/{case_id}/diff", only="changes", value=MINE + NAUGHTY, **{"field.text": TEXT + " More."}
    )
    assert "<html" not in answer.text
    assert '<div class="changes stack sm" id="changes">' in answer.text
    assert '<div class="changes stack sm" id="c-text">' in answer.text
    assert "1 new." in text_of(answer.text.partition('id="c-text"')[2])
    assert "<script" not in answer.text
    assert "\u202e" not in answer.text
    same = browser.send(f"/cases/{case_id}/diff", only="changes", value=DRAFT.replace("\n", "\r\n"))
    assert '<div class="changes stack sm" id="changes"></div>' in same.text


def test_spaces_alone_are_told_as_that() -> None:
    diff = diff_view("a b\n\nc", "a b c")
    assert diff
    assert diff.spaces
    assert diff_view("a\r\nb", "a\nb") is None


def test_a_changed_case_is_a_conflict_and_nothing_typed_is_lost(desk: Desk) -> None:
    case_id, _, browser = drafted(desk)
    browser.get(f"/cases/{case_id}/brief")
    answer = browser.send(f"/cases/{case_id}/diff", value=MINE, digest="x")
    assert answer.status_code == 409
    assert "when we know more" in answer.text


@pytest.mark.parametrize("only", ["", "changes"])
def test_who_may_not_see_a_case_learns_nothing(only: str, desk: Desk) -> None:
    case_id, person, browser = drafted(desk)
    browser.get(f"/cases/{case_id}/brief")
    stranger = desk.visitor()
    form = {**browser.last, "value": MINE, "only": only}
    assert stranger.post(f"/cases/{case_id}/diff", **form).status_code in (303, 401, 403)
    assert browser.post(f"/cases/{case_id}/diff", **{**form, "csrf": "x"}).status_code == 403
    assert browser.send("/cases/mai-zzzz/diff", value=MINE, only=only).status_code == 404
    assert person


def test_whoever_decides_alone_is_shown_no_difference(desk: Desk) -> None:
    case_id, _, browser = drafted(desk, level="human")
    page = browser.get(f"/cases/{case_id}/brief")
    assert "we look into it" not in page
    assert "data-changes" not in page
    for typed in (DRAFT, MINE):
        for only in ("", "changes"):
            answer = browser.send(f"/cases/{case_id}/diff", value=typed, only=only)
            assert answer.status_code == 200
            for trace in ("<ins", "<del", "words changed", "data-changes"):
                assert trace not in answer.text
    path = f"/cases/{case_id}/diff"
    blind = [browser.send(path, only="changes", value=typed).text for typed in (DRAFT, MINE)]
    assert blind[0] == blind[1]


def test_the_story_tells_what_the_ai_wrote_and_what_was_sent(desk: Desk) -> None:
    case_id, _, browser = drafted(desk)
    assert browser.verdict(case_id, "approve", checked="amount", value=MINE).status_code == 303
    desk.run()
    page = browser.get(f"/cases/{case_id}")
    assert "decided otherwise: answer mail: 5 of 14 words changed, 4 new." in text_of(page)
    assert "<del>on Monday with a date</del><ins>when we know more</ins>" in page
    kept, _, other = drafted(desk)
    assert other.verdict(kept, "approve", checked="amount", value=DRAFT).status_code == 303
    desk.run()
    assert "words changed" not in text_of(other.get(f"/cases/{kept}"))


def test_an_edited_text_is_told_by_its_changes(desk: Desk) -> None:
    case_id, _, browser = drafted(desk)
    changed = TEXT.replace("380.00", "390.00")
    assert browser.verdict(case_id, "edit", **{"field.text": changed}).status_code == 303
    desk.run()
    page = browser.get(f"/cases/{case_id}")
    assert "<del>380.00 </del><ins>390.00 </ins>" in page


def test_whoever_comes_too_late_sees_both_texts(desk: Desk) -> None:
    case_id, person, browser = drafted(desk)
    browser.get(f"/cases/{case_id}/brief")
    theirs = Answer(kind="approve", value=DRAFT.replace("Regards", "Yours"))
    submit_verdict(desk.surehand.context, person, case_id, theirs)
    answer = browser.send(f"/cases/{case_id}/verdict", verdict="approve", checked="amount", value=MINE)
    assert answer.status_code == 409
    text = text_of(answer.text)
    assert "your texts differ" in text
    assert "<del>on Monday with a date</del><ins>when we know more</ins>" in answer.text
    assert answer.text.count(MINE.split("\n")[2]) == 1  # the whole of it, to copy


def test_a_long_change_is_cut_to_what_a_page_shows() -> None:
    before = "word " * 30_000
    diff = diff_view(before + "end", before + "done " * 10_000)
    assert diff
    assert sum(len(piece.text) for piece in diff.pieces) < 25_000
    assert sum(piece.count for piece in diff.pieces) > 100_000
    assert replace(diff, pieces=()).by == "lines"
