"""Counts are exact while counting is quick, and serve for a while when it is slow."""

from collections.abc import Mapping

from surehand.flow.pace import Pace
from surehand.flow.workload import Workload


class Counting:
    """Counts that take some seconds on a clock of their own."""

    def __init__(self, *, takes: float) -> None:
        self.now, self.takes, self.asked = 100.0, takes, 0
        self.counts = {"ann": 2}

    def clock(self) -> float:
        return self.now

    def count(self) -> Mapping[str, int]:
        self.asked += 1
        self.now += self.takes
        return self.counts


def test_quick_counts_are_done_anew_each_time() -> None:
    counting = Counting(takes=0.001)
    workload = Workload(clock=counting.clock)
    assert workload.of(counting.count) == {"ann": 2}
    counting.counts = {"ann": 1, "bo": 4}
    assert workload.of(counting.count) == {"ann": 1, "bo": 4}


def test_slow_counts_serve_for_a_while_with_what_was_given_out_since() -> None:
    counting = Counting(takes=0.1)
    workload = Workload(clock=counting.clock)
    workload.of(counting.count)
    workload.given("bo")
    counting.now += 1.9
    assert workload.of(counting.count) == {"ann": 2, "bo": 1}
    counting.now += 0.2
    assert workload.of(counting.count) == {"ann": 2}
    assert counting.asked == 2


def test_what_one_asker_does_with_the_counts_is_its_own() -> None:
    counting = Counting(takes=0.1)
    workload = Workload(clock=counting.clock)
    dict(workload.of(counting.count))["ann"] = 99
    assert workload.of(counting.count) == {"ann": 2}


def test_steps_are_quick_once_they_were_seen_to_be_and_slow_at_once() -> None:
    pace = Pace()
    assert not pace.quick("v1")
    pace.took("v1", 0.01)
    assert pace.quick("v1")
    pace.took("v1", 0.5)
    assert not pace.quick("v1")
    runs = 0
    while not pace.quick("v1"):
        pace.took("v1", 0.01)
        runs += 1
    assert runs == 16
