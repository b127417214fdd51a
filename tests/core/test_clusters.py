"""Which cases are alike, when a cluster is let in and put out, and how many of its answers count."""

import json
from collections.abc import Sequence

import pytest

from surehand.core.clusters import Clusters, cluster_of, member
from surehand.core.guarantee import Judged, Plan, Terms
from surehand.core.guard import Guard
from surehand.core.oversight import Level
from surehand.core.policy import Trigger
from surehand.core.routing import Earned
from tests.core.test_routing import findings, route

SECRET = b"secret"
PLAN = Plan(0.02, cluster="vendor")
TERMS = Terms(1, 0, 0.5, 0.1, 0.2, 0.2)


def judged(number: int, *, alone: bool = False, admitted: bool = False, cluster: str = "a") -> Judged:
    return Judged(number, TERMS, 0.9, alone, 1.0, True, None, cluster, admitted)


def answered(clusters: Clusters, answers: Sequence[bool], *, start: int = 0) -> list[bool]:
    """Answers about one cluster, one after the other; whether it is admitted after each."""
    said = []
    for number, right in enumerate(answers, start):
        clusters.judge(judged(number), PLAN)
        clusters.answer(judged(number), PLAN, right=right, fresh=True)
        said.append(clusters.least("a", PLAN) is not None)
    return said


@pytest.mark.parametrize("other", ["ACME  Ltd", " acme ltd\n", "\N{FULLWIDTH LATIN CAPITAL LETTER A}cme ltd"])
def test_how_it_is_written_makes_no_difference(other: str) -> None:
    assert cluster_of(SECRET, other) == cluster_of(SECRET, "Acme Ltd")


def test_without_the_secret_nobody_tells_whose_it_is() -> None:
    assert cluster_of(SECRET, "Acme") != cluster_of(b"another", "Acme")
    assert cluster_of(SECRET, "Acme") != cluster_of(SECRET, "Ajax")
    assert len(cluster_of(SECRET, "Acme") or "") == 16


@pytest.mark.parametrize("missing", [None, "", "  ", [], {}])
def test_what_is_missing_belongs_to_none_and_never_runs_alone(missing: object) -> None:
    group = member(SECRET, "vendor", missing, {})
    assert (group.cluster, group.odds(0.2, alone=False)) == (None, 1.0)
    assert group.stranger == "The vendor is missing: people decide, as nothing is known of its cases"


@pytest.mark.parametrize("value", [0, False, 1.5, ["a"], {"a": 1}])
def test_any_other_fact_tells_a_cluster(value: object) -> None:
    assert cluster_of(SECRET, value) is not None


@pytest.mark.parametrize(
    ("answers", "admitted"),
    [
        ([True] * 4, False), ([True] * 5, True), ([True, True, False, True, True], False),
        # whoever failed is tried with the next five, and not with the last of the five before
        ([False, True, True, True, True, True], False), ([False, *[True] * 9], True),
    ],
)  # fmt: skip
def test_five_without_a_wrong_one_admit_it(answers: list[bool], admitted: bool) -> None:
    clusters = Clusters()
    assert answered(clusters, answers)[-1] is admitted


def test_a_wrong_check_puts_it_out_and_it_begins_anew() -> None:
    clusters = Clusters()
    answered(clusters, [True] * 5)
    alone = judged(5, alone=True, admitted=True)
    clusters.judge(alone, PLAN)
    # people who were asked before about what would not have run alone say nothing of that kind
    clusters.answer(judged(6, admitted=True), PLAN, right=False, fresh=True)
    assert clusters.least("a", PLAN) is not None
    clusters.answer(alone, PLAN, right=False, fresh=False)
    assert clusters.least("a", PLAN) is None
    assert answered(clusters, [True] * 5, start=7) == [False] * 4 + [True]


def test_a_wrong_one_that_took_longer_puts_it_out_again() -> None:
    clusters = Clusters()
    slow = judged(0)
    clusters.judge(slow, PLAN)
    assert answered(clusters, [True] * 5, start=1)[-1]
    clusters.answer(slow, PLAN, right=False, fresh=True)
    assert clusters.least("a", PLAN) is None


def test_the_first_decisions_alone_are_checked_more() -> None:
    clusters = Clusters()
    answered(clusters, [True] * 5)
    for number in range(5, 5 + PLAN.young):
        least = clusters.least("a", PLAN)
        assert least == PLAN.most
        group = member(SECRET, "vendor", "x", {cluster_of(SECRET, "x") or "": least})
        assert group.stranger is None
        assert (group.odds(0.05, alone=True), group.odds(0.2, alone=False)) == (PLAN.most, 0.2)
        clusters.judge(judged(number, alone=True, admitted=True), PLAN)
    assert clusters.least("a", PLAN) == 0.0


def test_of_each_only_the_first_ten_count_until_the_next_epoch() -> None:
    clusters = Clusters()
    ones = [judged(number, admitted=True) for number in range(12)]
    for one in ones:
        clusters.judge(one, PLAN)
    assert [clusters.counts(one, PLAN) for one in ones] == [True] * 10 + [False] * 2
    assert [clusters.settles(one) for one in reversed(ones)] == [False] * 2 + [True] * 10
    assert not clusters.settles(ones[0]), "an answer that comes twice counts once"
    clusters.begin()
    assert clusters.counts(judged(12, admitted=True), PLAN)


def test_an_answer_that_comes_too_late_does_not_count() -> None:
    clusters = Clusters()
    one = judged(0, admitted=True)
    clusters.judge(one, PLAN)
    assert clusters.counts(one, PLAN)
    clusters.judge(judged(PLAN.patience, cluster="b"), PLAN)
    assert not clusters.settles(one)


def test_the_longest_unseen_is_forgotten_and_so_not_admitted() -> None:
    clusters = Clusters()
    answered(clusters, [True] * 5)
    for number in range(PLAN.clusters - 1):
        clusters.judge(judged(number, cluster=f"other {number}"), PLAN)
    assert clusters.least("a", PLAN) is not None
    clusters.judge(judged(9_000, cluster="one more"), PLAN)
    assert clusters.least("a", PLAN) is None
    assert len(clusters.known) == PLAN.clusters
    # its answers come, and nobody remembers it
    clusters.answer(judged(0), PLAN, right=True, fresh=True)
    assert "a" not in clusters.known


def test_as_json_and_back_in_the_same_order() -> None:
    clusters = Clusters(3)
    for number, name in enumerate("cab"):
        clusters.judge(judged(number, cluster=name), PLAN)
        clusters.counts(judged(number, cluster=name), PLAN)
    again = Clusters.of(json.loads(json.dumps(clusters.plain)))
    assert again == clusters
    assert list(again.known) == list("cab")


def test_another_model_has_to_be_let_in_anew_and_another_fit_has_not() -> None:
    guard = Guard(PLAN)
    for number in range(5):
        one = Judged(number, guard.terms, 0.9, False, 1.0, True, None, "a", False)
        guard.judge(one)
        guard.answer(one, right=True)
    assert guard.clusters.admitted(PLAN) == {"a": PLAN.most}
    anew = guard.anew(PLAN)
    # what was asked about the model before says nothing of the next
    for number in range(5):
        anew.clusters.judge(judged(number), PLAN)
        anew.clusters.answer(judged(number), PLAN, right=True, fresh=True)
    assert anew.clusters.admitted(PLAN) == {}
    assert guard.anew(PLAN, refitted=True).clusters.admitted(PLAN) == {"a": PLAN.most}


def test_a_person_is_told_that_it_is_new_also_where_they_decide_unseen() -> None:
    group = member(SECRET, "vendor", "Acme", {})
    earned = Earned(Terms(1, 0, 0.5, 0.1, 0.2), 0.02)
    sent = route(findings(stranger=group.stranger), bands=None, level=None, earned=earned)
    assert (sent.level, sent.limit, sent.by_confidence) == (Level.REVIEW, None, True)
    unseen = sent.unseen
    assert unseen.level is Level.HUMAN
    (reason,) = unseen.reasons
    assert (reason.level, reason.trigger) == (Level.HUMAN, Trigger.NOVEL_INPUT)
    # the sentence says how many, and the plan has to agree
    assert "First cases of this vendor" in reason.text
    assert reason.text.endswith("people decide until five are right")
    assert PLAN.admit == 5
