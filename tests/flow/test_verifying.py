"""What was read is verified before anything rests on it: seen beside its source, or entered unseen."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from surehand.core.case import CaseState
from surehand.core.hearing import Answer
from surehand.errors import Conflict, InvalidInput
from surehand.flow import consult
from surehand.flow.explain import explain, told
from surehand.flow.outcome import Report, record_outcome
from surehand.flow.pending import give_verdict, span_of
from surehand.flow.review import submit_verdict
from surehand.flow.standing import looked_at
from surehand.flow.verify import verify
from surehand.store import labels
from tests.bills import PROCESS, Bills, entered, opened_bills


@pytest.fixture
def bills(fresh_url: str, tmp_path: Path) -> Iterator[Callable[..., Bills]]:
    """Opens the deployment, with edits of its map."""
    with ExitStack() as stack:
        yield lambda *edits: stack.enter_context(opened_bills(tmp_path / "bills", fresh_url, *edits))


ALONE = (
    ("route: spot_check", "route: automate"),
    ("    spot_check: {share: 1.0, on_error: undo}\n", ""),
)


def test_a_sure_reading_runs_alone_and_its_fields_are_facts(bills: Callable[..., Bills]) -> None:
    world = bills(*ALONE)
    case = world.bill()
    assert case.state is CaseState.DONE
    assert case.answers["reading"]["by"] == "policy"
    assert case.answers["reading"]["value"] == {
        "company": "Acme", "total": {"amount": "120", "currency": "EUR"}, "day": "2026-01-02",
    }  # fmt: skip
    assert "reading" not in case.facts
    assert case.facts["known"] is True
    assert world.action(case.id).result == {"result": "paid 120.00 EUR to Acme"}
    world.check()


def test_whoever_sees_it_may_take_it_as_it_was_read(bills: Callable[..., Bills]) -> None:
    world = bills()
    case = world.bill(sure=0.7)
    assert (case.state, world.held(case.id).point) == (CaseState.WAITING, "reading")
    # nothing was looked up about a company that nobody has verified
    assert "known" not in case.facts
    case = world.verdict(case.id, "approve")
    assert (case.state, case.round) == (CaseState.DONE, 1)
    assert case.vouched_for == {"company", "total", "day"}
    assert case.corrected == frozenset()
    world.check()


def test_whoever_sees_it_corrects_it_and_the_case_goes_on_from_there(bills: Callable[..., Bills]) -> None:
    world = bills()
    case = world.bill(sure=0.7, misread="company=Acne")
    case = world.verdict(case.id, "edit", fields={"company": "Acme"})
    # nothing rested on it, so there is no second round
    assert (case.state, case.round) == (CaseState.DONE, 1)
    assert (case.facts["company"], case.facts["known"]) == ("Acme", True)
    assert case.answers["reading"]["value"]["company"] == "Acme"
    assert case.corrected == {"company"}
    (verdict, *_) = world.verdicts(case.id)
    assert (verdict.override, verdict.final, dict(verdict.fields)) == (True, True, {"company": "Acme"})
    assert verify(world.context).holds
    world.check()


def test_who_decides_alone_enters_every_field(bills: Callable[..., Bills]) -> None:
    world = bills()
    case = world.bill(sure=0.2, misread="total=12 EUR")
    assert world.held(case.id).blind
    with pytest.raises(InvalidInput, match="day: is to be entered too"):
        world.verdict(case.id, "approve", value={"company": "Acme", "total": "120"})
    with pytest.raises(InvalidInput, match="choose an answer"):
        world.verdict(case.id, "approve")
    with pytest.raises(InvalidInput, match="totals: is none of the fields here"):
        world.verdict(case.id, "approve", value=entered(totals="1"))
    with pytest.raises(InvalidInput, match="total: must be a sum"):
        world.verdict(case.id, "approve", value=entered(total="much"))
    # to hear that a field is as it was would tell how it was read
    with pytest.raises(InvalidInput, match="give these as your answer"):
        world.verdict(case.id, "edit", fields={"total": "12 EUR"})
    case = world.verdict(case.id, "approve", value=entered(day=None))
    assert case.facts["total"] == {"amount": "120.00", "currency": "EUR"}
    # what is only written in another way stays as it was read, or a lookup would not find it
    assert (case.facts["company"], case.facts["day"]) == ("Acme", None)
    assert case.state is CaseState.DONE
    world.check()


def test_nothing_of_what_was_read_is_told_to_who_enters_it(bills: Callable[..., Bills]) -> None:
    rule = '{when: "total.base > 100.0", route: human, because: It is over a hundred}'
    world = bills(("    bands:\n      - {above", f"    rules: [{rule}]\n    bands:\n      - {{above"))
    case = world.bill("Paper Mill|777.31 EUR|2026-03-09", sure=0.95, misread="company=~dtL gnidaeR terceS")
    held = world.held(case.id)
    assert held.blind
    found, refused = looked_at(world.context, held.person, case.id)
    assert not refused
    assert {"company", "total", "day"}.isdisjoint(found.case.facts)
    assert {"company", "total", "day"}.isdisjoint(found.case.readings)
    whole = explain(world.context, case.id, person=held.person)
    for text in (repr(found.case.facts), repr(whole), told(whole)):
        assert "Secret Reading" not in text
        assert "hundred" not in text
        assert "2026-03-09" not in text.replace("Paper Mill|777.31 EUR|2026-03-09", "")
    # an owner sees as little while a person decides alone
    assert "Secret Reading" not in repr(explain(world.context, case.id, person="boss"))
    world.verdict(case.id, "approve", value=entered(company="Paper Mill", total="777.31", day="2026-03-09"))
    assert "Secret Reading" in told(explain(world.context, case.id, person="boss"))
    world.check()


def test_a_check_is_entered_unseen_and_what_it_finds_is_carried_out(bills: Callable[..., Bills]) -> None:
    world = bills()
    case = world.bill(misread="total=210 EUR")
    assert case.state is CaseState.DONE
    assert world.action(case.id).result == {"result": "paid 210.00 EUR to Acme"}
    (check,) = world.beside(case.id)
    assert (check.kind, check.point, check.blind) == ("check", "reading", True)
    seen, _ = looked_at(world.context, check.person, case.id)
    assert {"company", "total", "day", "known", "pay_bill"}.isdisjoint(seen.case.facts)
    assert (seen.case.stake, seen.case.subject, seen.case.title) == (None, None, "What does the source say?")
    with pytest.raises(InvalidInput, match="company: is to be entered too"):
        submit_verdict(
            world.context, check.person, case.id, Answer(kind="approve", value={"total": "120"}), of=check.id
        )
    with pytest.raises(InvalidInput, match="give the answer"):
        submit_verdict(world.context, check.person, case.id, Answer(kind="reject"), of=check.id)
    submit_verdict(world.context, check.person, case.id, Answer(kind="approve", value=entered()), of=check.id)
    world.run()
    case = world.case(case.id)
    # taken back, then decided again with what was entered
    assert world.action(case.id, undo=True).state == "done"
    assert (case.round, case.facts["total"]) == (2, {"amount": "120.00", "currency": "EUR"})
    assert world.action(case.id).result == {"result": "paid 120.00 EUR to Acme"}
    assert case.corrected == {"total"}
    assert verify(world.context).holds
    world.check()


@pytest.mark.parametrize("total", ["120.00", "999.00"])
def test_whether_a_check_agrees_is_not_told_by_whether_it_can_be_withdrawn(
    bills: Callable[..., Bills], total: str
) -> None:
    world = bills()
    world.context.undo_for = timedelta(seconds=10)
    case = world.bill()
    (check,) = world.beside(case.id)
    seen, _ = looked_at(world.context, check.person, case.id)
    span = span_of(world.context, seen)
    answer = Answer(kind="approve", value=entered(total=total))
    assert span == timedelta(0)
    assert give_verdict(world.context, check.person, case.id, answer, span=span, of=check.id) is None


@pytest.mark.parametrize(("written", "right"), [
    ({}, True), ({"company": "acme."}, True), ({"total": "120 EUR"}, True), ({"total": "120.01"}, False),
    ({"company": "Acme & Co"}, False), ({"day": None}, False), ({"total": "120 USD"}, False),
])  # fmt: skip
def test_another_way_of_writing_it_is_no_error(
    bills: Callable[..., Bills], written: dict[str, str], right: bool
) -> None:
    world = bills(("on_error: undo", "on_error: record"))
    case = world.bill()
    (check,) = world.beside(case.id)
    submit_verdict(
        world.context, check.person, case.id, Answer(kind="approve", value=entered(**written)), of=check.id
    )
    (event,) = [link for link in world.events(case.id) if link.kind == "spot_checked"]
    assert event.body is not None
    assert event.body["right"] is right
    world.check()


def test_a_check_enters_the_fields_that_were_drawn(bills: Callable[..., Bills]) -> None:
    world = bills(
        ("    fields: [company, total, day]\n", "    fields: [company, total, day]\n    keyed: 1\n")
    )
    drawn = set()
    for number in range(12):
        case = world.bill(f"Acme {number}|120 EUR|2026-01-02")
        (check,) = world.beside(case.id)
        (name,) = next(j for j in world.judgements(case.id) if j.point == "reading").draw["keyed"]
        drawn.add(name)
        others = {n: v for n, v in entered().items() if n != name}
        with pytest.raises(InvalidInput, match=f"{name}: is to be entered too"):
            submit_verdict(
                world.context, check.person, case.id, Answer(kind="approve", value=others), of=check.id
            )
        value = {name: entered(company=f"ACME-{number}")[name]}
        submit_verdict(world.context, check.person, case.id, Answer(kind="approve", value=value), of=check.id)
        (event,) = [link for link in world.events(case.id) if link.kind == "spot_checked"]
        assert event.body is not None
        assert event.body["right"] is True
    # twelve times the same of three comes once in 200,000 times
    assert len(drawn) > 1
    world.check()


def test_an_edit_at_a_later_decision_is_what_is_verified_from_then_on(bills: Callable[..., Bills]) -> None:
    world = bills(*ALONE, ("level: automate", "level: review"))
    case = world.bill(misread="company=Acne")
    assert world.held(case.id).point == "pay_bill"
    case = world.verdict(case.id, "edit", fields={"company": "Acme"})
    # the person has just said what it is: nobody is asked to verify that again
    assert world.held(case.id).point == "pay_bill"
    assert case.answers["reading"] == {
        "value": {**case.answers["reading"]["value"], "company": "Acme"}, "by": "ann", "round": 2,
    }  # fmt: skip
    assert case.facts["known"] is True
    case = world.verdict(case.id, "approve")
    assert world.action(case.id).result == {"result": "paid 120.00 EUR to Acme"}
    assert [j.point for j in world.judgements(case.id)].count("reading") == 1
    world.check()


def test_a_later_outcome_says_whether_the_reading_was_right(bills: Callable[..., Bills]) -> None:
    decision = PROCESS[PROCESS.index("  - lookup") : PROCESS.index("  - act")]
    world = bills(*ALONE, (decision, ""), ("    after: pay\n", ""))
    case = world.bill()
    assert world.action(case.id).result == {"result": "paid 120.00 EUR to Acme"}
    record_outcome(world.context, "boss", case.id, Report(value={"total": "130 EUR"}))
    (link,) = [one for one in world.events(case.id) if one.kind == "outcome"]
    assert link.body is not None
    assert link.body["correct"] is False
    world.check()


def test_a_reading_that_nobody_vouches_for_goes_to_a_person(bills: Callable[..., Bills]) -> None:
    world = bills()
    case = world.bill(sure=None)
    assert world.held(case.id).point == "reading"
    assert world.judgements(case.id)[0].confidence is None
    world.check()


def test_two_who_enter_it_at_once_leave_one_answer(bills: Callable[..., Bills]) -> None:
    world = bills()
    case = world.bill(sure=0.2)
    world.verdict(case.id, "approve", value=entered())
    with pytest.raises(Conflict):
        submit_verdict(world.context, "ann", case.id, Answer(kind="approve", value=entered(total="1")))
    world.check()


def test_a_correction_is_carried_out_letter_by_letter(bills: Callable[..., Bills]) -> None:
    """To who sees it, another way of writing it is what they want."""
    world = bills()
    case = world.bill("Rebate 15%|120 EUR|2026-01-02", sure=0.7)
    case = world.verdict(case.id, "edit", fields={"company": "REBATE 1.5%"})
    assert case.facts["company"] == "REBATE 1.5%"
    assert world.action(case.id).result == {"result": "paid 120.00 EUR to REBATE 1.5%"}
    world.check()


EARLIER = (
    ("steps:\n", "models: {nobody: {provider: external}}\nsteps:\n"),
    (
        "  - verify: reading\n",
        "  - decide: triage\n    model: nobody\n    yes_no: true\n    level: human\n    queue: desk\n"
        "  - verify: reading\n",
    ),
)


def test_nobody_knows_what_was_read_before_it_is_their_turn(bills: Callable[..., Bills]) -> None:
    """Whoever decides something else first may have to enter it next."""
    world = bills(*EARLIER)
    case = world.bill("Paper Mill|777.31 EUR|2026-03-09", sure=0.2, misread="company=~dtL gnidaeR terceS")
    person = world.held(case.id).person
    assert world.held(case.id).point == "triage"
    for name in (person, "boss", "robot"):
        assert "Secret Reading" not in repr(explain(world.context, case.id, person=name)), name
    found, _ = looked_at(world.context, person, case.id)
    assert "Secret Reading" not in repr(found.case)
    case = world.verdict(case.id, "approve", value=True)
    assert world.held(case.id).blind
    assert "Secret Reading" not in repr(explain(world.context, case.id, person=person))
    world.check()


def test_what_is_decided_before_it_shows_what_is_recommended_there(bills: Callable[..., Bills]) -> None:
    """Only what was read is kept back, and nothing that does not rest on it."""
    body = "    return Recommendation(value=True, confidence=0.6)\n"
    called = f"\n\ndef triage(paper: str) -> Recommendation[bool]:\n{body}"
    earlier = (EARLIER[1][0], EARLIER[1][1].replace("    model: nobody\n", "").replace("human", "review"))
    world = bills(earlier, ("\n\ndef pay(key", f"{called}\n\ndef pay(key"))
    case = world.bill(sure=0.2)
    found, _ = looked_at(world.context, world.held(case.id).person, case.id)
    assert found.judgement is not None
    assert found.judgement.recommendation["value"] is True
    case = world.verdict(case.id, "approve")
    person = world.held(case.id).person
    assert world.held(case.id).blind
    assert [v.point for v in consult.consult(world.context, person, case.id).verdicts] == ["triage"]
    world.check()


def test_a_check_of_the_second_round_tells_nothing_of_the_first(bills: Callable[..., Bills]) -> None:
    world = bills(("level: automate", "level: review"))
    case = world.bill("Paper Mill|777.31 EUR|2026-03-09", misread="company=~dtL gnidaeR terceS")
    world.verdict(case.id, "edit", fields={"sure": "0.97"})
    checks = {one.round: one for one in world.beside(case.id)}
    assert set(checks) == {1, 2}
    for check in checks.values():
        assert "Secret Reading" not in repr(explain(world.context, case.id, person=check.person))
        assert "Secret Reading" not in repr(consult.events(world.context, check.person, case.id))
    world.check()


def test_who_comes_too_late_is_told_nothing_while_somebody_decides_alone(bills: Callable[..., Bills]) -> None:
    world = bills(("level: automate", "level: review"))
    case = world.bill(sure=0.7, misread="company=~dtL gnidaeR terceS")
    world.verdict(case.id, "approve")
    world.verdict(case.id, "edit", fields={"sure": "0.2"})
    assert world.held(case.id).blind
    with pytest.raises(Conflict) as refused:
        submit_verdict(
            world.context,
            world.held(case.id).person,
            case.id,
            Answer(kind="approve", value=entered()),
            round=1,
        )
    assert "winner" not in refused.value.extra
    assert "Secret" not in repr(refused.value.extra)
    world.check()


NOTICE = (
    ("      - {above: 0.9, route: spot_check}\n", "      - {above: 0.9, route: notify}\n"),
    ("    spot_check: {share: 1.0, on_error: undo}\n", "    notify: {window: PT4H, acts: now}\n"),
)


@pytest.mark.parametrize(("value", "stands"), [
    ({"total": "120"}, True), ({"company": "ACME", "total": "120.00", "day": "2026-01-02"}, True),
    ({"total": "130"}, False), ({"company": "Acne"}, False),
])  # fmt: skip
def test_a_notice_is_overridden_by_another_value_alone(
    bills: Callable[..., Bills], value: dict[str, str], stands: bool
) -> None:
    world = bills(*NOTICE)
    case = world.bill()
    (notice,) = world.beside(case.id)
    submit_verdict(world.context, notice.person, case.id, Answer(kind="approve", value=value), of=notice.id)
    world.run()
    case = world.case(case.id)
    assert (case.round, world.action(case.id).state) == (1 if stands else 2, "done")
    # all of it stays verified, whatever a person named of it
    assert case.answers["reading"]["value"].keys() == {"company", "total", "day"}
    world.check()


def test_a_check_of_some_fields_leaves_the_others_verified(bills: Callable[..., Bills]) -> None:
    world = bills(
        ("    fields: [company, total, day]\n", "    fields: [company, total, day]\n    keyed: 1\n")
    )
    case = world.bill()
    (check,) = world.beside(case.id)
    (name,) = next(j for j in world.judgements(case.id) if j.point == "reading").draw["keyed"]
    value = {name: {"company": "Other", "total": "99", "day": "2026-02-03"}[name]}
    submit_verdict(world.context, check.person, case.id, Answer(kind="approve", value=value), of=check.id)
    world.run()
    case = world.case(case.id)
    assert case.answers["reading"]["value"] == {n: case.facts[n] for n in ("company", "total", "day")}
    assert case.corrected == {name}
    world.check()


@pytest.mark.parametrize(("told", "teaches"), [(entered(), True), (entered(total="130"), False)])
def test_what_two_disagree_about_teaches_no_reader(
    bills: Callable[..., Bills], told: dict[str, str], teaches: bool
) -> None:
    world = bills(("on_error: undo", "on_error: record"))
    case = world.bill()
    (check,) = world.beside(case.id)
    submit_verdict(world.context, check.person, case.id, Answer(kind="approve", value=told), of=check.id)
    with world.context.db.read() as connection:
        found = [one.id for one in labels.decided(connection, "bills", limit=10)]
    assert found == ([case.id] if teaches else [])
    world.check()


def test_what_was_corrected_later_teaches_a_reader(bills: Callable[..., Bills]) -> None:
    """Whoever corrects it says what it is, whatever was verified before."""
    world = bills(("level: automate", "level: review"))
    case = world.bill(sure=0.7, misread="company=Acne")
    world.verdict(case.id, "approve")
    world.verdict(case.id, "edit", fields={"company": "Acme"})
    world.verdict(case.id, "approve")
    with world.context.db.read() as connection:
        (found,) = labels.decided(connection, "bills", limit=10)
    assert found.facts["company"] == "Acme"
    world.check()
