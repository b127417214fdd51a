"""The benchmark of assignment gives cases to a team, and says what was measured."""

from contextlib import ExitStack

from benchmarks import assignment
from benchmarks.refunds import databases, place


def test_it_measures_what_it_says() -> None:
    with ExitStack() as stack:
        ((_, fresh),) = databases(["sqlite"], stack)
        found = assignment.measured(fresh, 80, repeats=1)
        assert set(found) == {"alone", "one", "team", "team_vs_one", "team_vs_alone"}
        assert all(found[name]["cases_per_s"] > 0 for name in ("alone", "one", "team"))
        with place(next(fresh), people=assignment.team()) as surehand:
            people = surehand.context.people
            assert len(people.members("refunds")) == len(people.authority) - 1 == assignment.TEAM
            away = [name for name in people.members("refunds") if people.people[name].absences]
            assert len(away) == assignment.TEAM // 10
            assignment.batch(surehand.context, 80, sure=0.8)
            assignment.checked(surehand.context, 80, holders=assignment.TEAM // 4)
