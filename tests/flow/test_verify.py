"""Whatever is changed behind the program's back is found and named."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from surehand.core.audit import FIRST, linked
from surehand.flow import access
from surehand.flow.explain import explain, told
from surehand.flow.verify import verify
from surehand.store import audit, tables
from surehand.store.access import token_hash
from tests import invariants
from tests.flow.world import World


@pytest.fixture
def story(world: World) -> tuple[World, str]:
    """A case that a person approved and that ran, sealed; and another one that waits."""
    case_id = world.submit(sure=0.8)
    world.verdict(case_id, "approve", note="looks right")
    world.submit(sure=0.8)
    world.seal()
    proof = verify(world.context)
    assert proof.holds
    assert (proof.chains, proof.sealed) == (3, 3)
    return world, case_id


def problems(world: World, case_id: str | None = None) -> list[tuple[str, str]]:
    return [(one.chain, one.problem) for one in verify(world.context, case_id).findings]


def gone(world: World, table: Any, *clauses: Any) -> None:
    def drop(connection: Any) -> None:
        assert connection.execute(delete(table).where(*clauses)).rowcount >= 1

    world.context.db.write(drop)


def _richer(world: World, case_id: str) -> dict[str, Any]:
    facts = world.case(case_id).facts
    return {**facts, "total": {"amount": "1.00", "currency": "EUR"}}


TAMPERED = (
    tables.case,
    tables.delivery,
    tables.action,
    tables.verdict,
    tables.judgement,
    tables.assignment,
    tables.audit_event,
)


def copied(world: World) -> dict[Any, list[dict[str, Any]]]:
    with world.context.db.read() as connection:
        return {table: invariants.rows(connection, table) for table in TAMPERED}


def restored(world: World, before: dict[Any, list[dict[str, Any]]]) -> None:
    """Every row as it was."""

    def restore(connection: Any) -> None:
        for table in reversed(TAMPERED):
            connection.execute(delete(table))
        for table, kept in before.items():
            connection.execute(insert(table), kept)

    world.context.db.write(restore)


CHANGES: list[tuple[str, Callable[[World, str], None]]] = [
    ("the stored case", lambda w, c: w.tamper(tables.case, {"id": c}, facts=_richer(w, c))),
    ("the stored case", lambda w, c: w.tamper(tables.case, {"id": c}, state="rejected")),
    ("the stored case", lambda w, c: w.tamper(tables.case, {"id": c}, submitter="ann")),
    ("the stored case", lambda w, c: w.tamper(tables.case, {"id": c}, version="f" * 64)),
    ("the stored case", lambda w, c: w.tamper(tables.case, {"id": c}, input={"fields": {}})),
    ("the stored case", lambda w, c: w.tamper(tables.case, {"id": c}, answers={})),
    ("the stored action", lambda w, c: w.tamper(tables.action, {"key": f"{c}:pay:1"}, args={})),
    ("the stored action", lambda w, c: w.tamper(tables.action, {"key": f"{c}:pay:1"}, state="failed")),
    (
        "the stored action",
        lambda w, c: w.tamper(tables.action, {"key": f"{c}:pay:1"}, authority={"by": "lead"}),
    ),
    ("the stored verdict", lambda w, c: w.tamper(tables.verdict, {"case_id": c}, person="lead")),
    ("the stored verdict", lambda w, c: w.tamper(tables.verdict, {"case_id": c}, note="")),
    (
        "the stored judgement",
        lambda w, c: w.tamper(tables.judgement, {"case_id": c, "point": "refund"}, confidence=1.0),
    ),
    ("the stored assignment", lambda w, c: w.tamper(tables.assignment, {"case_id": c}, person="lead")),
]


def test_a_changed_row_is_found(story: tuple[World, str]) -> None:
    world, case_id = story
    for what, change in CHANGES:
        before = copied(world)
        change(world, case_id)
        found = problems(world)
        assert len(found) == 1, found
        assert found[0][0] == case_id
        assert found[0][1].startswith(f"{what} is not what event ")
        assert problems(world, case_id) == found
        restored(world, before)
        assert problems(world) == []


@pytest.mark.parametrize(
    ("table", "what"),
    [
        (tables.verdict, "verdict"),
        (tables.judgement, "judgement"),
        (tables.assignment, "assignment"),
        (tables.action, "action"),
    ],
)
def test_a_deleted_row_is_found(story: tuple[World, str], table: Any, what: str) -> None:
    world, case_id = story
    gone(world, table, table.c.case_id == case_id)
    found = problems(world)
    assert found
    assert {chain for chain, _ in found} == {case_id}
    assert all(f"the stored {what} that event" in words and "was deleted" in words for _, words in found)


def test_an_added_row_is_found(story: tuple[World, str]) -> None:
    world, case_id = story

    def forge(connection: Any) -> None:
        row = connection.execute(tables.verdict.select().where(tables.verdict.c.case_id == case_id)).first()
        connection.execute(
            insert(tables.verdict).values({**row._mapping, "point": "thank", "person": "lead", "serial": 1})
        )

    world.context.db.write(forge)
    assert problems(world) == [(case_id, "a row was added that no event recorded (verdict thank 1 1)")]


def test_a_changed_event_is_found(story: tuple[World, str]) -> None:
    world, case_id = story
    for column, value, words in (
        ("body", {"verdict": "reject"}, "the body of event 7 was changed"),
        ("actor", "lead", "event 7 was changed"),
        ("kind", "noted", "event 7 was changed"),
        ("hash", "0" * 64, "event 7 was changed"),
        ("before", "0" * 64, "event 7 does not continue event 6"),
        ("seq", 77, "event 7 is missing"),
    ):
        before = copied(world)
        world.tamper(tables.audit_event, {"chain": case_id, "seq": 7}, **{column: value})
        ((chain, problem),) = problems(world)
        assert chain == case_id
        assert words in problem
        restored(world, before)


def test_a_changed_event_of_the_deployment_is_found(story: tuple[World, str]) -> None:
    world, _ = story
    world.tamper(tables.audit_event, {"chain": "system", "seq": 1}, actor="lead")
    ((chain, problem),) = problems(world)
    assert (chain, "event 1 was changed" in problem) == ("system", True)


def cut(world: World, name: str, after: int, *, adapt: bool = True) -> None:
    """Drop the end of a chain; adapted, the case agrees with what is left."""
    event = tables.audit_event
    gone(world, event, event.c.chain == name, event.c.seq > after)
    if adapt and name != "system":
        with world.context.db.read() as connection:
            last = audit.chain(connection, name)[-1]
        world.tamper(tables.case, {"id": name}, audit_seq=last.seq, audit_hash=last.hash, sealed_seq=last.seq)


def test_a_cut_end_is_found(story: tuple[World, str]) -> None:
    world, case_id = story
    length = len(world.events(case_id))
    cut(world, case_id, length - 2)
    ((chain, problem),) = problems(world)
    assert chain == case_id
    assert f"its end was cut off: {length} events were sealed, {length - 2} are left" in problem


def test_a_cut_end_of_the_deployments_chain_is_found(story: tuple[World, str]) -> None:
    world, _ = story
    length = len(world.events("system"))
    assert length == 3
    cut(world, "system", 1)
    assert problems(world) == [("system", "its end was cut off: 3 events were sealed, 1 are left")]


def test_an_unsealed_end_that_was_cut_is_found_by_the_case(world: World) -> None:
    case_id = world.submit(sure=0.95)
    cut(world, case_id, 3, adapt=False)
    assert any("the case expects" in words or "was changed" in words for _, words in problems(world))


def rewritten(world: World, name: str, **body: Any) -> None:
    """Every event new and sound, and the case agrees: only what is outside can tell."""
    event = tables.audit_event

    def rewrite(connection: Any) -> None:
        before = FIRST
        for link in audit.chain(connection, name):
            new = linked(
                chain=name,
                seq=link.seq,
                at=link.at,
                kind=link.kind,
                actor=link.actor,
                body={**link.body, **body},
                salt="0" * 32,
                before=before,
            )
            before = new.hash
            here = update(event).where(event.c.chain == name, event.c.seq == link.seq)
            connection.execute(
                here.values(
                    commitment=new.commitment, before=new.before, hash=new.hash, salt=new.salt, body=new.body
                )
            )
        if name != "system":
            connection.execute(update(tables.case).where(tables.case.c.id == name).values(audit_hash=before))

    world.context.db.write(rewrite)


@pytest.mark.parametrize("own", [True, False])
def test_a_rewritten_chain_is_found(story: tuple[World, str], own: bool) -> None:
    world, case_id = story
    name = case_id if own else "system"
    rewritten(world, name, note="nothing happened")
    ((chain, problem),) = problems(world)
    assert chain == name
    assert "was rewritten" in problem


def test_a_rewritten_chain_is_found_also_after_it_went_on_and_was_sealed_again(world: World) -> None:
    case_id = world.submit(sure=0.8)
    world.seal()
    rewritten(world, case_id, note="nothing happened")
    world.verdict(case_id, "approve")
    world.seal()
    assert any(chain == case_id and "was rewritten" in words for chain, words in problems(world))


def test_a_deleted_case_is_found(story: tuple[World, str]) -> None:
    world, case_id = story
    for table in (tables.delivery, tables.action, tables.verdict, tables.judgement, tables.assignment):
        gone(world, table, table.c.case_id == case_id)
    gone(world, tables.audit_event, tables.audit_event.c.chain == case_id)
    gone(world, tables.case, tables.case.c.id == case_id)
    ((chain, problem),) = problems(world)
    assert chain == case_id
    assert problem.startswith("deleted: a checkpoint sealed ")


def test_a_case_without_its_chain_is_found_even_unsealed(world: World) -> None:
    case_id = world.submit()
    gone(world, tables.audit_event, tables.audit_event.c.chain == case_id)
    assert (case_id, "the case has no events: its whole chain was deleted") in problems(world)


# -- the files outside the database --------------------------------------------------------------------------


def lines(world: World) -> tuple[Path, list[str]]:
    (path,) = sorted(world.context.checkpoints._folder.glob("checkpoints-*.jsonl"))
    return path, path.read_text().splitlines()


@pytest.fixture
def sealed_thrice(world: World) -> World:
    for _ in range(3):
        world.submit(sure=0.8)
        world.seal()
    assert len(lines(world)[1]) == 3
    return world


def _other(text: str, **changes: Any) -> str:
    return json.dumps({**json.loads(text), **changes}, separators=(",", ":"))


TOUCHES: list[tuple[Callable[[list[str]], list[str]], str]] = [
    (lambda text: [text[0], _other(text[1], cases=1), text[2]], ":2 was changed"),
    (lambda text: [text[0], _other(text[1], at="2030-01-01"), text[2]], ":2 was changed"),
    (lambda text: [text[0], _other(text[1], heads={}), text[2]], ":2 was changed"),
    (lambda text: [text[0], text[2]], ":2 does not continue checkpoint 1"),
    (lambda text: text[1:], ":1 does not continue checkpoint 0"),
    (lambda text: [text[0], text[2], text[1]], ":2 does not continue checkpoint 1"),
    (lambda text: [text[0], "nonsense", text[1], text[2]], ":2 is not a checkpoint"),
    (lambda text: [text[0], "[]", text[1], text[2]], ":2 is not a checkpoint"),
]


def test_a_touched_checkpoint_is_found(sealed_thrice: World) -> None:
    path, text = lines(sealed_thrice)
    for edit, words in TOUCHES:
        path.write_text("\n".join(edit(text)) + "\n")
        found = [problem for chain, problem in problems(sealed_thrice) if chain == "checkpoints"]
        assert found
        assert words in found[0]
    path.write_text("\n".join(text) + "\n")
    assert problems(sealed_thrice) == []


def test_a_line_that_was_being_written_when_the_power_went_is_no_fault(sealed_thrice: World) -> None:
    path, text = lines(sealed_thrice)
    with path.open("a") as file:
        file.write(text[2][:40])
    assert problems(sealed_thrice) == []
    sealed_thrice.submit(sure=0.8)
    sealed_thrice.seal()
    assert problems(sealed_thrice) == []
    assert verify(sealed_thrice.context).sealed == 5
    sealed_thrice.check()


def test_sealing_nothing_new_writes_nothing(sealed_thrice: World) -> None:
    sealed_thrice.seal()
    assert len(lines(sealed_thrice)[1]) == 3


# -- erasing and telling -------------------------------------------------------------------------------------


def test_a_process_that_seals_late_and_dies_hides_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looked and froze; it wrote when another had sealed more, and was killed before it marked that."""
    case_id = world.submit(sure=0.8)
    folder = world.context.checkpoints._folder
    late, other = audit.Checkpoints(folder), audit.Checkpoints(folder)
    alone, mark = audit.Checkpoints._alone, audit._mark
    dead = []

    def frozen(self: Any) -> Any:
        if self is late:
            world.verdict(case_id, "approve")
            assert other.seal(world.context.db, now=world.bench.clock()) > 0
            dead.append(self)
        return alone(self)

    monkeypatch.setattr(audit.Checkpoints, "_alone", frozen)
    monkeypatch.setattr(audit, "_mark", lambda *given: None if dead else mark(*given))
    late.seal(world.context.db, now=world.bench.clock())
    sealed = late.read()
    ends = [head.seq for head in sealed.of(case_id)]
    assert ends == sorted(ends)
    assert len(sealed.of(case_id)) == 2
    world.check()


def test_an_erased_body_still_verifies(story: tuple[World, str]) -> None:
    world, case_id = story
    world.tamper(tables.audit_event, {"chain": case_id, "seq": 2}, salt=None, body=None)
    assert problems(world) == []
    world.tamper(tables.audit_event, {"chain": case_id, "seq": 2}, actor="lead")
    assert len(problems(world)) == 1


def test_the_story_names_what_was_decided_by_whom_and_whether_the_record_holds(
    story: tuple[World, str],
) -> None:
    world, case_id = story
    explained = explain(world.context, case_id)
    text = told(explained)
    assert explained.proof.holds
    assert len(explained.entries) >= 5
    for words in ("ann", "looks right", "The record holds", "approv"):
        assert words in text
    world.tamper(tables.audit_event, {"chain": case_id, "seq": 7}, body={"verdict": "reject"})
    broken = explain(world.context, case_id)
    assert not broken.proof.holds
    assert "does NOT hold" in told(replace(broken))


@pytest.mark.parametrize("keep", [0, 1], ids=["all of it", "its end"])
def test_a_checkpoint_file_that_was_taken_away_is_noticed(sealed_thrice: World, keep: int) -> None:
    (path,) = sorted(sealed_thrice.context.checkpoints._folder.glob("checkpoints-*.jsonl"))
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:keep]))
    found = [problem for chain, problem in problems(sealed_thrice) if chain == "checkpoints"]
    assert len(found) == 1
    assert found[0].startswith("lines are missing: ")


# -- what lets people in -------------------------------------------------------------------------------------


def planted(world: World, table: Any, **row: Any) -> None:
    world.context.db.write(lambda connection: connection.execute(insert(table).values(**row)))


def test_a_key_or_a_password_that_nobody_gave_is_found(story: tuple[World, str]) -> None:
    world, _ = story
    key = access.create_key(world.context, "ann", "laptop", by="dev")
    access.set_password(world.context, "ann", "long enough, surely")
    assert problems(world) == []
    now = world.context.clock()
    planted(world, tables.api_key, hash="f" * 64, person="lead", label="", created_at=now)
    planted(world, tables.credential, person="lead", password_hash="$argon2id$", changed_at=now)
    world.tamper(tables.credential, {"person": "ann"}, password_hash="$argon2id$")
    assert [words for _, words in problems(world)] == [
        "an API key of lead works that no event recorded",
        "the password of ann is not the one that event 5 recorded",
        "lead has a password that no event recorded",
    ]
    world.tamper(tables.api_key, {"hash": token_hash(key)}, person="lead")
    assert ("system", "the API key of event 4 was ann's, and is lead's") in problems(world)


def test_a_revoked_key_that_works_again_is_found(story: tuple[World, str]) -> None:
    world, _ = story
    key = access.create_key(world.context, "ann", "laptop", by="dev")
    access.revoke_keys(world.context, "ann", by="dev")
    access.create_key(world.context, "ann", "new laptop", by="dev")
    assert problems(world) == []
    world.tamper(tables.api_key, {"hash": token_hash(key)}, revoked_at=None)
    assert problems(world) == [("system", "an API key of ann works again that event 5 revoked")]


def test_a_version_that_nobody_published_is_found(story: tuple[World, str]) -> None:
    world, _ = story
    now = world.context.clock()
    planted(
        world, tables.version, hash="e" * 64, process="refunds", map={}, state="published",
        proposed_by="dev", proposed_at=now, published_by="boss", published_at=now,
    )  # fmt: skip
    found = problems(world)
    assert found == [("system", "version eeeeeeeeeeee of refunds is published, and no event recorded it")]
    gone(world, tables.version, tables.version.c.hash == "e" * 64)
    world.tamper(tables.version, {}, published_by="boss")
    ((_, words),) = problems(world)
    assert "is not as event 3 left it" in words


def test_a_checkpoint_that_sealed_only_the_deployments_chain_is_missed(story: tuple[World, str]) -> None:
    world, _ = story
    access.create_key(world.context, "ann", "laptop", by="dev")
    world.seal()
    path, text = lines(world)
    path.write_text(text[0] + "\n")
    words = "checkpoint 2 is missing, or is not the one that was written"
    assert problems(world) == [("checkpoints", words)]
    # sealing goes on behind what is left, and the gap still shows
    world.submit(sure=0.8)
    world.seal()
    assert ("checkpoints", words) in problems(world)


def test_a_row_that_cannot_be_read_is_a_finding(story: tuple[World, str]) -> None:
    world, case_id = story
    world.tamper(tables.judgement, {"case_id": case_id, "point": "refund"}, level="automatic")
    ((chain, words),) = problems(world)
    assert chain == case_id
    assert words.startswith("a stored row cannot be read: it was changed")


def test_a_server_that_goes_on_while_it_is_checked_is_no_finding(
    story: tuple[World, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _ = story
    read = world.context.checkpoints.read

    def meanwhile() -> Any:
        world.submit(sure=0.8)
        world.seal()
        found = read()
        world.submit(sure=0.95)
        world.seal()
        return found

    monkeypatch.setattr(world.context.checkpoints, "read", meanwhile)
    assert problems(world) == []
