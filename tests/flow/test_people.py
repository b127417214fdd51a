"""The roster: seeded once, changed by those who may, with a reason; who is disabled holds nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

import pytest
from sqlalchemy import select

from surehand.app import assembled
from surehand.core import rosters
from surehand.core.grants import Delegation, Grant
from surehand.core.hearing import Answer
from surehand.core.people import Absence, Needed, People, Person, Team
from surehand.core.reach import Reach
from surehand.core.roles import Role
from surehand.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from surehand.flow import access, people
from surehand.flow.review import submit_verdict
from surehand.flow.roster import of, refresh
from surehand.flow.standing import looked_at
from surehand.flow.verify import verify
from surehand.store import roster, tables
from surehand.web.verdict_views import Written, actions_view
from tests.flow.world import PEOPLE, World

Edit = Callable[[People], People]


def set_person(name: str, **changes: Any) -> Edit:
    """A person with some things changed."""

    def edit(before: People) -> People:
        person = before.people[name].model_copy(update=changes)
        return before.model_copy(update={"people": before.people | {name: person}})

    return edit


def rows(**changes: Any) -> Edit:
    return lambda before: before.model_copy(update=changes)


GRANT = Grant(person="lead", decides=("*",))
AWAY = Absence(start=date(2026, 2, 1), until=date(2026, 2, 9))
LONG = Absence(start=date(2026, 1, 5), until=date(2026, 3, 1))
SOON = Absence(start=date(2026, 4, 1), until=date(2026, 4, 9))


def loan(by: str, to: str) -> Delegation:
    return Delegation(by=by, to=to, start=date(2026, 1, 5), until=date(2026, 1, 6))


SMALL = Grant.model_validate({"role": "reviewer", "decides": ["refund"], "limit": "50 EUR", "above": "bo"})


THANK = Grant(person="spec", decides=("thank",))


def in_queue(**changes: Any) -> Edit:
    """Who works in the queue."""
    return lambda now: now.model_copy(
        update={"queues": {"desk": now.queues["desk"].model_copy(update=changes)}}
    )


def hired(now: People) -> People:
    """An administrator who decides, too, where one row speaks of what reviewers may decide."""
    chief = Person(roles=(Role.ADMINISTRATOR, Role.REVIEWER), team="night")
    return now.model_copy(
        update={
            "people": now.people | {"chief": chief},
            "teams": {"night": Team()},
            "authority": (SMALL, THANK),
        }
    )


def in_force(world: World) -> People:
    with world.context.db.read() as connection:
        found = roster.newest(connection)
    assert found is not None
    return people.of(found)


def test_the_file_is_taken_in_when_the_database_is_new(world: World) -> None:
    ((revision, changes),) = people.history(world.context)
    assert (revision.rev, revision.by, revision.because, changes) == (
        1,
        "people.yaml",
        "taken from the file",
        [],
    )
    assert in_force(world) == world.context.people
    assert world.events("system")[0].kind == "people_changed"
    world.check()


def test_a_change_is_a_revision_with_its_reason(world: World) -> None:
    revision = people.change(
        world.context, by="admin", because="promoted", edit=set_person("bo", limit=Decimal(900))
    )
    assert revision is not None
    assert world.context.people.people["bo"].limit == 900
    assert in_force(world) == world.context.people
    newest, first = people.history(world.context)
    assert [str(one) for one in newest[1]] == ["people.bo.limit: 500 -> 900"]
    assert (newest[0].by, newest[0].because, first[0].rev) == ("admin", "promoted", 1)
    event = world.events("system")[-1]
    assert (event.kind, event.actor) == ("people_changed", "admin")
    assert event.body["changes"] == ["people.bo.limit: 500 -> 900"]
    # what is the same is no revision
    assert (
        people.change(world.context, by="admin", because="again", edit=set_person("bo", limit=Decimal(900)))
        is None
    )
    assert len(people.history(world.context)) == 2
    world.check()


def test_a_limit_that_was_raised_lets_a_person_decide_more(world: World) -> None:
    case_id = world.submit("700 EUR", 0.8)
    with pytest.raises(Forbidden):
        world.verdict(case_id, "approve", by="bo")
    people.change(world.context, by="admin", because="promoted", edit=set_person("bo", limit=Decimal(900)))
    assert world.verdict(case_id, "approve", by="bo").state == "done"
    world.check()


def test_what_was_approved_does_not_run_when_the_limit_was_lowered_meanwhile(world: World) -> None:
    case_id = world.submit("400 EUR", 0.8)
    submit_verdict(world.context, "bo", case_id, Answer(kind="approve"))
    people.change(world.context, by="admin", because="less", edit=set_person("bo", limit=Decimal(100)))
    world.run()
    assert world.calls("pay") == []
    assert "up to 100.00" in (world.action(case_id).error or "")
    assert world.held(case_id).kind == "repair"
    world.check()


def test_another_process_sees_the_change(world: World) -> None:
    people.change(world.context, by="admin", because="promoted", edit=set_person("bo", limit=Decimal(900)))
    # as it was in a process that has not looked since
    world.context.people, world.context.people_rev = (
        set_person("bo", limit=Decimal(500))(world.context.people),
        1,
    )
    case_id = world.submit("700 EUR", 0.8)
    world.context.people, world.context.people_rev = (
        set_person("bo", limit=Decimal(500))(world.context.people),
        1,
    )
    assert world.verdict(case_id, "approve", by="bo").state == "done"
    assert world.context.people_rev == 2
    refresh(world.context)
    assert world.context.people.people["bo"].limit == 900


def test_whoever_is_disabled_holds_nothing_and_is_out(world: World) -> None:
    access.set_password(world.context, "ann", "long enough, surely")
    token, _ = access.sign_in(world.context, "ann", "long enough, surely")
    access.create_key(world.context, "ann", "laptop")
    held = [world.submit(sure=0.8) for _ in range(6)]
    mine = [case_id for case_id in held if world.held(case_id).person == "ann"]
    assert mine
    dues = {case_id: world.held(case_id).due_at for case_id in mine}
    people.disable(world.context, "ann", by="admin", because="has left")
    for case_id in mine:
        assert world.held(case_id).person != "ann"
        assert world.held(case_id).due_at == dues[case_id]
        assert world.case(case_id).owner == world.held(case_id).person
        assert world.kinds(case_id)[-1] == "replaced"
    assert access.session_of(world.context, token) is None
    with pytest.raises(Unauthenticated):
        access.sign_in(world.context, "ann", "long enough, surely")
    with world.context.db.read() as connection:
        (key,) = connection.execute(select(tables.api_key)).mappings()
    assert key["revoked_at"] is not None
    assert "ann" not in world.context.people.members("desk")
    world.check()


def test_a_queue_of_who_is_disabled_goes_to_its_backup(world: World) -> None:
    people.disable(world.context, "lead", by="admin", because="has left")
    queue = world.context.people.queues["desk"]
    assert (queue.owner, queue.backup) == ("deputy", None)
    world.check()


def test_who_leaves_does_not_open_what_they_alone_might_decide(world: World) -> None:
    alone = Grant(person="spec", decides=("refund",))
    people.change(world.context, by="admin", because="alone", edit=rows(authority=(alone,)))
    people.disable(world.context, "spec", by="admin", because="has left")
    case_id = world.submit(sure=0.8)
    for name in ("ann", "bo", "deputy"):
        with pytest.raises(Forbidden, match="has no authority for refund"):
            world.verdict(case_id, "approve", by=name)
    world.check()


def test_several_things_of_one_case_go_to_others_one_by_one(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.verdict(case_id, "ask", question="Why?", to="clerk")
    people.disable(world.context, "clerk", by="admin", because="has left")
    assert world.held(case_id).person != "clerk"
    world.check()


@pytest.mark.parametrize(
    ("by", "edit", "why"),
    [
        ("ann", set_person("ann", limit=Decimal(1)), "ann cannot change their own limit"),
        ("ann", set_person("bo", limit=Decimal(1)), "ann may not change people.bo.limit"),
        ("lead", set_person("bo", limit=Decimal(1)), "lead may not change people.bo.limit"),
        ("admin", set_person("admin", roles=(Role.OWNER,)), "admin cannot change their own"),
        ("gone", set_person("gone", absences=()), None),
        ("dev", rows(queues={}), "dev may not change queues.desk"),
        ("ann", rows(delegations=(loan("bo", "ann"),)),
         "ann cannot change their own authority"),
        ("robot", rows(authority=(Grant(person="ann", decides=("*",)),)), "robot may not change authority"),
        ("nobody", set_person("bo", limit=Decimal(1)), "nobody is not an active person"),
        # whoever administers and decides, too, gets no more to decide under another name
        ("chief", rows(delegations=(loan("lead", "chief"),)), "their own authority"),
        ("chief", in_queue(members=("ann", "chief")), "their own authority"),
        ("chief", in_queue(backup="chief"), "their own authority"),
        ("chief", in_queue(teams=("night",)), "their own authority"),
        ("chief", rows(authority=(SMALL, THANK, Grant(team="night", decides=("*",)))), "their own authority"),
        ("chief", rows(authority=(Grant(role=Role.REVIEWER, decides=("*",)),)), "their own authority"),
        ("chief", rows(authority=()), "their own authority"),
        ("chief", rows(authority=(SMALL,)), "chief cannot open thank to its whole queue"),
    ],
)  # fmt: skip
def test_who_may_not_change_it(world: World, by: str, edit: Edit, why: str | None) -> None:
    people.change(world.context, by="admin", because="so that there is one of them", edit=hired)
    before = len(people.history(world.context))
    if why is None:
        assert people.change(world.context, by=by, because="x", edit=edit) is None
        return
    with pytest.raises(Forbidden, match=why):
        people.change(world.context, by=by, because="I want to", edit=edit)
    assert len(people.history(world.context)) == before
    assert world.events("system")[-1].kind == "denied"
    world.check()


@pytest.mark.parametrize(
    ("by", "edit"),
    [
        ("ann", set_person("ann", absences=(AWAY,))),
        ("lead", set_person("ann", absences=(AWAY,))),
        ("ann", rows(delegations=(loan("ann", "spec"),))),
        ("admin", rows(authority=(Grant(person="ann", decides=("refund",)), GRANT))),
        ("chief", rows(authority=(SMALL, THANK, GRANT))),
        ("chief", lambda now: rosters.without(now, "bo")),
    ],
)  # fmt: skip
def test_who_may_change_it(world: World, by: str, edit: Edit) -> None:
    people.change(world.context, by="admin", because="so that there is one of them", edit=hired)
    assert people.change(world.context, by=by, because="as agreed", edit=edit) is not None
    world.check()


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (set_person("ann", zone="Mars/Olympus"), "is no time zone"),
        (set_person("ann", team="night"), "The team 'night' is not known"),
        (set_person("ann", aliases=("bo",)), "'bo' is bo already"),
        (rows(authority=(Grant(person="ann", decides=("refnud",)),)), "The decision 'refnud' is not known"),
        (rows(authority=(Grant(person="ann", process="x", decides=("*",)),)), "The process 'x'"),
        (rows(queues={}), "The queue 'desk' is not known"),
        (set_person("boss", active=False), "'boss', is no longer active"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(world: World, edit: Edit, fault: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        people.change(world.context, by="admin", because="x", edit=edit)
    assert any(fault in one.message for one in refused.value.faults), refused.value.faults
    assert len(people.history(world.context)) == 1


def crew(now: People) -> People:
    """Ann and bo are in the queue by their team, and spec alone knows French there."""
    ours = {name: {"team": "crew"} for name in ("ann", "bo")} | {"spec": {"skills": {"french": 3}}}
    everyone = {name: now.people[name].model_copy(update=changes) for name, changes in ours.items()}
    french = {"skills": {"french": Needed(level=3)}}
    queue = {"members": ("spec",), "teams": ("crew",), "backup": None, **french}
    return in_queue(**queue)(
        now.model_copy(update={"people": now.people | everyone, "teams": {"crew": Team()}})
    )


def all_away(*but: str) -> Edit:
    """Everybody of the queue is away, but some."""
    names = [name for name in ("ann", "bo", "spec", "lead") if name not in but]
    return lambda now: reduce(lambda found, name: set_person(name, absences=(LONG,))(found), names, now)


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("boss", ()),  # owns the process
        ("lead", ()),  # what is late is escalated to them, and they own the queue
        ("ann", (crew,)),  # in the queue by their team
        ("spec", (crew,)),  # the only one with a skill that the queue asks for
        ("ann", (crew, all_away("ann"))),  # the last one who is there
    ],
)
def test_who_left_stands_in_the_way_of_nobody(world: World, name: str, before: tuple[Edit, ...]) -> None:
    for edit in before:
        people.change(world.context, by="admin", because="as it is here", edit=edit)
    case_id = world.submit(sure=0.8)
    people.disable(world.context, name, by="admin", because="the account is not theirs any more")
    assert not world.context.people.active(name)
    assert name not in world.context.people.everybody("desk")
    assert world.context.people.active(world.held(case_id).person)
    other = "bo"
    away = (*world.context.people.people[other].absences, SOON)
    for by, edit in (
        (other, set_person(other, absences=away)),
        (other, set_person(other, reach=Reach(digest="daily"))),
        (other, rows(delegations=(loan(other, "deputy"),))),
        ("admin", set_person("clerk", limit=Decimal(70))),
        ("admin", set_person(name, active=True)),
    ):
        assert people.change(world.context, by=by, because="as agreed", edit=edit) is not None
    world.check()


def test_what_was_wrong_is_no_reason_and_what_becomes_wrong_is(world: World) -> None:
    people.change(world.context, by="admin", because="as it is here", edit=crew)
    people.disable(world.context, "spec", by="admin", because="has left")
    people.disable(world.context, "boss", by="admin", because="has left")

    def refused(edit: Edit) -> list[str]:
        with pytest.raises(InvalidInput) as fault:
            people.change(world.context, by="admin", because="x", edit=edit)
        return [one.message for one in fault.value.faults]

    assert any("belongs to the builder" in one for one in refused(in_queue(owner="dev")))
    german = in_queue(skills={"french": Needed(level=3), "german": Needed()})
    assert refused(german) == ["Nobody of queue 'desk' knows german at level 1: the best is none."]
    assert "The owner of queue 'desk', 'lead', is no longer active." in refused(
        set_person("lead", active=False)
    )
    # a step on the way to what is asked is no fault of its own
    assert people.change(
        world.context, by="admin", because="learns", edit=set_person("bo", skills={"french": 2})
    )
    assert people.change(
        world.context, by="admin", because="learnt", edit=set_person("bo", skills={"french": 3})
    )
    unlearnt = "Nobody of queue 'desk' knows french at level 3: the best is 2."
    assert refused(set_person("bo", skills={"french": 2})) == [unlearnt]


def test_a_reason_is_asked_for(world: World) -> None:
    with pytest.raises(InvalidInput, match="because"):
        people.change(world.context, by="admin", because="  ", edit=set_person("bo", limit=None))
    with pytest.raises(NotFound):
        people.disable(world.context, "nobody", by="admin", because="x")


def test_in_development_a_changed_file_is_taken_in_and_in_production_it_is_not(world: World) -> None:
    file = world.folder / "people.yaml"
    file.write_text(PEOPLE.replace("limit: 500", "limit: 700"))
    again = assembled(world.folder, database=world.context.db)
    assert again.context.people.people["bo"].limit == 700
    assert again.context.people_rev == 2
    # the same file again is nothing new, whatever was changed here since
    again.context.clock = lambda: world.context.clock() + timedelta(hours=1)
    people.change(again.context, by="admin", because="x", edit=set_person("bo", limit=Decimal(50)))
    assert assembled(world.folder, database=world.context.db).context.people.people["bo"].limit == 50


def test_a_file_that_is_taken_in_undoes_nothing_that_was_changed_since_it_was_compared(world: World) -> None:
    seen, file = world.context.people_rev, set_person("ann", capacity=0.5)(world.context.people)
    people.disable(world.context, "bo", by="admin", because="has left")
    with pytest.raises(Conflict, match=r"people\.bo\.active: no.*Look at what differs now") as refused:
        people.replace(world.context, file, by="admin", rev=seen)
    assert refused.value.extra["rev"] == world.context.people_rev == seen + 1
    assert not in_force(world).active("bo")
    # what somebody else made as the file has it stands in nobody's way
    file = set_person("ann", capacity=0.5)(world.context.people)
    people.change(world.context, by="admin", because="half days", edit=set_person("ann", capacity=0.5))
    people.change(world.context, by="admin", because="moved", edit=set_person("spec", zone="Asia/Tokyo"))
    file = set_person("spec", zone="Asia/Tokyo")(file)
    assert people.replace(world.context, file, by="admin", rev=seen + 1) is not None
    assert in_force(world) == file
    world.check()


def test_who_may_not_take_a_file_in_is_on_record(world: World) -> None:
    file = set_person("bo", limit=None)(world.context.people)
    with pytest.raises(Forbidden, match="ann may not change"):
        people.replace(world.context, file, by="ann", rev=world.context.people_rev)
    event = world.events("system")[-1]
    assert (event.kind, event.actor) == ("denied", "ann")
    assert "ann may not change people.bo.limit" in event.body["because"]
    world.check()


def test_a_revision_that_was_touched_is_found(world: World) -> None:
    people.change(world.context, by="admin", because="promoted", edit=set_person("bo", limit=Decimal(900)))
    with world.context.db.read() as connection:
        body = roster.revisions(connection)[0].body
    raised = {**body, "people": {**body["people"], "bo": {"limit": "90000"}}}
    world.tamper(tables.roster, {"rev": 2}, body=raised)
    assert any(
        "revision 2 of the roster is not as event" in one.problem for one in verify(world.context).findings
    )
    world.context.db.write(
        lambda c: c.execute(tables.roster.delete().where(tables.roster.c.rev == 2)) and None
    )
    assert any("revision 2 of the roster is gone" in one.problem for one in verify(world.context).findings)


ASKED = Grant(role=Role.REVIEWER, decides=("refund",), write=("note",))


def test_what_authority_asks_for_is_written_down(world: World) -> None:
    people.change(world.context, by="admin", because="asked for", edit=rows(authority=(ASKED,)))
    case_id = world.submit(sure=0.8)
    for kind in ("approve", "reject"):
        with pytest.raises(InvalidInput, match="your authority for this asks for one"):
            world.verdict(case_id, kind, by="ann", note="  ")
    standing, refused = looked_at(world.context, "ann", case_id)
    assert refused == ""
    view = actions_view(
        world.context, standing, "ann", doubtful=0, refused="", written=Written()
    )  # fmt: skip
    assert view.noted
    missing = {action.verb: action.missing for action in view.actions}
    assert missing["approve"] == "Write a note first"
    assert "note" not in missing["ask"]
    # a question settles nothing
    world.verdict(case_id, "ask", by="ann", question="Why?", to="bo")
    other = world.submit(sure=0.8)
    assert world.verdict(other, "approve", by="ann", note="seen the receipt").state == "done"
    world.check()


def test_a_reason_in_words_will_do_where_there_is_none_to_choose(world: World) -> None:
    asked = ASKED.model_copy(update={"write": ("reason",)})
    people.change(world.context, by="admin", because="asked for", edit=rows(authority=(asked,)))
    case_id = world.submit(sure=0.8)
    with pytest.raises(InvalidInput, match="asks for a reason"):
        world.verdict(case_id, "approve", by="ann")
    assert world.verdict(case_id, "approve", by="ann", reason="as ordered").state == "done"


def test_a_row_about_what_is_gone_does_not_stand_in_the_way(world: World) -> None:
    """A process may go, or not be published yet: that is no reason to refuse another change."""
    left = Grant.model_validate({"person": "bo", "process": "gone", "decides": ["pay"]})
    put_in = rows(authority=(left,))
    people._put(world.context, put_in, by="people.yaml", because="x", source="x", checked=False)
    change = set_person("bo", limit=Decimal(900))
    assert people.change(world.context, by="admin", because="promoted", edit=change) is not None
    # nor in that of who leaves: nothing goes up to them any more
    people._put(
        world.context, rows(authority=(left.model_copy(update={"above": "lead"}),)), by="people.yaml",
        because="x", source="y", checked=False,
    )  # fmt: skip
    people.disable(world.context, "lead", by="admin", because="has left")
    assert world.context.people.authority == (left,)
    other = left.model_copy(update={"process": "away"})
    with pytest.raises(InvalidInput, match="The process 'away'"):
        people.change(world.context, by="admin", because="x", edit=rows(authority=(left, other)))


def test_a_roster_that_named_the_lead_of_a_team_still_loads(world: World) -> None:
    with world.context.db.read() as connection:
        found = roster.newest(connection)
    assert found is not None
    early = replace(found, body={**found.body, "teams": {"crew": {"lead": "ann", "about": "Pays"}}})
    assert of(early).teams["crew"].about == "Pays"
