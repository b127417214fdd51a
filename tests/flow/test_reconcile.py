"""After a restore from a backup nothing that ran since runs again, and the gap is on record."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from surehand.core.case import CaseState
from surehand.core.names import keyed_case_number
from surehand.errors import Conflict, Forbidden
from surehand.flow import access
from surehand.flow.intake import Submission, submit
from surehand.flow.reconcile import Reconciled, older_than_its_checkpoints, reconcile
from surehand.flow.running import drain
from surehand.flow.undo import undo
from surehand.flow.verify import verify
from surehand.store.database import opened
from tests.faults.stage import TRUTHFUL
from tests.flow.world import World, opened_world

NO_CONFIRM = ("    confirm: was_paid\n", "")


@pytest.fixture
def place(fresh_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator["Place"]:
    server = request.getfixturevalue("postgres_server") if "postgresql" in fresh_url else None
    yield Place(tmp_path / "deployment", fresh_url, server)
    if server is not None:
        server._execute("DROP DATABASE IF EXISTS {}", f"{make_url(fresh_url).database}_backup")


class Place:
    """A deployment whose database can be backed up and restored while nothing runs."""

    def __init__(self, folder: Path, url: str, server: Any) -> None:
        self.folder, self.url, self._server = folder, url, server
        self.name = make_url(url).database or ""
        self._hours = 0

    @contextmanager
    def world(self, *edits: tuple[str, str]) -> Iterator[World]:
        """One process, some hours after the one before."""
        with opened_world(self.folder, self.url, *TRUTHFUL, *edits) as world:
            self._hours += 1
            world.bench.clock.move(timedelta(hours=self._hours))
            yield world

    def back_up(self) -> None:
        self._copied(self.name, f"{self.name}_backup")

    def restore(self) -> None:
        self._copied(f"{self.name}_backup", self.name)

    def _copied(self, source: str, target: str) -> None:
        if self._server is not None:
            self._server._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", target)
            self._server._execute("CREATE DATABASE {} TEMPLATE {}", target, source)
            return
        for leftover in Path(target).parent.glob(f"{Path(target).name}-*"):
            leftover.unlink()
        shutil.copyfile(source, target)


def planned(world: World, **more: Any) -> str:
    """A case whose payment was let run by policy and has not run yet."""
    item = Submission(process="refunds", input={"total": "100 EUR", "sure": 0.99, "customer": "Acme"}, **more)
    case_id = submit(world.context, item, submitter="robot").case.id
    drain(world.context, frozenset({"advance"}))
    assert (world.action(case_id).state, world.calls("pay")) == ("planned", [])
    return case_id


def test_what_ran_after_the_backup_is_asked_about_and_not_repeated(place: Place) -> None:
    with place.world() as world:
        done = world.submit(key="done")
        ready = world.submit(sure=0.8, key="ready")
        edited = world.submit(sure=0.8, key="edited")
        waiting = world.submit(sure=0.8, key="waiting")
        paid = len(world.calls("pay"))
        item = Submission(
            process="refunds", input={"total": "9 EUR", "sure": 0.99, "customer": "Acme"}, key="begun"
        )
        begun = submit(world.context, item, submitter="robot").case.id
        drain(world.context, frozenset({"advance"}))
        assert (world.action(begun).state, paid) == ("planned", 1)
    # closing sealed and stopped it; the backup is of this moment
    place.back_up()
    with place.world() as world:
        world.run()
        world.verdict(ready, "approve", by="ann")
        world.verdict(edited, "edit", by="ann", fields={"total": "70 EUR"})
        world.verdict(edited, "approve", by="ann")
        came = world.submit(key="came since")
        assert len(world.calls("pay")) == 5
    place.restore()
    with place.world() as world:
        assert older_than_its_checkpoints(world.context)
        told = reconcile(world.context, by="boss")
        assert told == Reconciled(1, 0, 0, behind=tuple(sorted((begun, ready, edited))), missing=(came,))
        assert not older_than_its_checkpoints(world.context)
        assert world.action(begun).state == "unknown"
        world.check()
        world.run()
        assert (world.case(begun).state, world.action(begun).result) == (CaseState.DONE, "paid")
        world.verdict(ready, "approve", by="ann")
        assert world.case(ready).state is CaseState.DONE
        # nobody edits this time: the bank knows it under the key of a round that is lost
        world.verdict(edited, "approve", by="ann")
        held = world.held(edited)
        assert (held.kind, world.action(edited).state) == ("repair", "unknown")
        assert "happened in round 2, which a restore from a backup has lost" in held.because
        world.verdict(edited, "approve", value="happened")
        # sent again under its key, it is the same case, with the same keys at the bank
        assert world.submit(key="came since") == came
        assert world.case(came).state is CaseState.DONE
        assert len(world.calls("pay")) == 5, "something was paid a second time"
        # what never ran runs once, after the bank was asked
        world.verdict(waiting, "approve", by="ann")
        new = world.submit(key="new")
        assert [world.keys("pay").count(f"{one}:pay:1") for one in (waiting, new, done)] == [1, 1, 1]
        world.check()
        proof = verify(world.context)
        assert proof.holds
        assert {gap.chain for gap in proof.gaps} == {begun, ready, edited, came}
        (event,) = [link for link in world.events("system") if link.kind == "reconciled"]
        assert (event.actor, event.body["asked"], event.body["behind"]) == ("boss", 1, 3)
        assert (event.body["missing"], event.body["left"][came]) == (1, 0)


def test_where_nobody_can_be_asked_a_person_says_whether_it_happened(place: Place) -> None:
    with place.world(NO_CONFIRM) as world:
        begun = planned(world)
    place.back_up()
    with place.world(NO_CONFIRM) as world:
        world.run()
        assert world.case(begun).state is CaseState.DONE
    place.restore()
    with place.world(NO_CONFIRM) as world:
        told = reconcile(world.context, by="boss")
        assert (told.asked, told.settled, told.repeated) == (0, 1, 0)
        world.run()
        held = world.held(begun)
        assert (held.kind, world.action(begun).state) == ("repair", "unknown")
        assert "restored from a backup" in held.because
        assert len(world.calls("pay")) == 1
        world.check()
        world.verdict(begun, "approve", value="happened")
        assert (world.case(begun).state, len(world.calls("pay"))) == (CaseState.DONE, 1)


def test_what_a_person_lets_run_again_runs_once_and_is_not_asked_about_for_ever(place: Place) -> None:
    with place.world(NO_CONFIRM) as world:
        begun = planned(world)
    place.back_up()
    place.restore()
    with place.world(NO_CONFIRM) as world:
        reconcile(world.context, by="lead")
        world.run()
        world.verdict(begun, "approve", value="retry")
        assert (world.case(begun).state, world.keys("pay")) == (CaseState.DONE, [f"{begun}:pay:1"])
        world.check()


def test_an_approval_that_was_lost_with_the_database_is_not_carried_out_twice(place: Place) -> None:
    """Without a way to ask: a later approval of an old case runs nothing before a person has looked."""
    with place.world(NO_CONFIRM) as world:
        ready = world.submit(sure=0.8)
    place.back_up()
    with place.world(NO_CONFIRM) as world:
        world.verdict(ready, "approve", by="ann")
    place.restore()
    with place.world(NO_CONFIRM) as world:
        reconcile(world.context, by="boss")
        world.verdict(ready, "approve", by="ann")
        assert (world.held(ready).kind, len(world.calls("pay"))) == ("repair", 1)
        world.verdict(ready, "approve", value="happened")
        assert len(world.calls("pay")) == 1
        world.check()
        # taking it back is no different: it may have been taken back since the backup
        undo(world.context, "lead", ready, "pay")
        world.run()
        assert (world.held(ready).kind, world.calls("take_back")) == ("repair", [])
        world.verdict(ready, "approve", value="retry")
        assert len(world.calls("take_back")) == 1
        world.check()


def test_what_may_be_repeated_is_repeated_under_its_key(place: Place) -> None:
    with place.world() as world:
        world.plan(send=["temporary"])
        case_id = world.submit()
        assert world.action(case_id, "send").state == "planned"
    place.back_up()
    with place.world() as world:
        world.run()
        assert world.case(case_id).state is CaseState.DONE
    place.restore()
    with place.world() as world:
        told = reconcile(world.context, by="boss")
        assert (told.asked, told.settled, told.repeated) == (0, 0, 1)
        world.run()
        assert world.case(case_id).state is CaseState.DONE
        assert set(world.keys("send")) == {f"{case_id}:send:1"}
        world.check()


def test_what_was_cut_off_after_a_restore_is_still_found(place: Place) -> None:
    with place.world() as world:
        case_id = world.submit(sure=0.8)
    place.back_up()
    with place.world() as world:
        world.verdict(case_id, "approve", by="ann")
    place.restore()
    with place.world() as world:
        reconcile(world.context, by="boss")
        world.verdict(case_id, "reject", by="ann")
        world.seal()
        assert verify(world.context).holds
    place.restore()
    with place.world() as world:
        assert older_than_its_checkpoints(world.context)
        findings = verify(world.context).findings
        assert "its end was cut off" in {f.problem.partition(":")[0] for f in findings if f.chain == case_id}


def test_a_command_before_the_restore_is_declared_hides_nothing(place: Place) -> None:
    """A password is set on the restored database: its event takes the place of one that was sealed."""
    with place.world() as world:
        case_id = world.submit(sure=0.8)
    place.back_up()
    with place.world() as world:
        world.verdict(case_id, "approve", by="ann")
        access.create_key(world.context, "robot", "one", by="boss")
    place.restore()
    with place.world() as world:
        access.create_key(world.context, "robot", "another", by="boss")
    with place.world() as world:
        assert older_than_its_checkpoints(world.context), "what was sealed since hides that it is older"
        reconcile(world.context, by="boss")
        world.seal()
        proof = verify(world.context)
        assert (proof.findings, {gap.chain for gap in proof.gaps}) == ((), {case_id, "system"})


@pytest.mark.parametrize("by", ["ann", "gone", "nobody"])
def test_not_everybody_may_declare_a_restore(place: Place, by: str) -> None:
    with place.world() as world, pytest.raises(Forbidden, match="owner or administrator"):
        reconcile(world.context, by=by)


def test_a_restore_is_not_declared_while_others_work(place: Place) -> None:
    if "postgresql" not in place.url:
        pytest.skip("a SQLite file belongs to one process")
    with (
        place.world() as world,
        closing(opened(place.url, name="elsewhere:12:ab")) as other,
        other.read() as connection,
    ):
        connection.exec_driver_sql("SELECT 1")
        with pytest.raises(Conflict, match="elsewhere:12:ab"):
            reconcile(world.context, by="boss")


def test_a_deployment_that_was_not_restored_is_not_taken_for_one(place: Place) -> None:
    with place.world() as world:
        world.submit()
        assert not older_than_its_checkpoints(world.context)
        world.seal()
        assert not older_than_its_checkpoints(world.context)
        told = reconcile(world.context, by="boss")
        assert (told.behind, told.missing) == ((), ())
        assert verify(world.context).gaps == ()


def test_a_key_gives_the_same_number_wherever_it_is_submitted(place: Place) -> None:
    with place.world() as world:
        number = world.submit(key="mine")
        assert number == keyed_case_number("ref", process="refunds", key="mine")
        assert world.submit(key="other") != number
        assert world.submit() != world.submit()
