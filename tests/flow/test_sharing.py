"""Callers of the same moment are served together, and a fault reaches only whom it concerns."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from surehand.flow.sharing import Sharing


def test_a_lone_caller_is_served_alone() -> None:
    seen: list[Sequence[int]] = []

    def serve(items: Sequence[int]) -> Sequence[int]:
        seen.append(items)
        return [item * 2 for item in items]

    sharing = Sharing()
    assert [sharing.run("a", 1, serve), sharing.run("a", 2, serve)] == [2, 4]
    assert seen == [[1], [2]]


def test_who_comes_while_one_is_served_is_served_together_with_the_others() -> None:
    sharing, begun, go = Sharing(), threading.Event(), threading.Event()
    seen: list[list[int]] = []

    def serve(items: Sequence[int]) -> Sequence[int]:
        seen.append(sorted(items))
        if 0 in items:
            begun.set()
            go.wait(10)
        return [item * 2 for item in items]

    with ThreadPoolExecutor(9) as callers:
        first = callers.submit(sharing.run, "a", 0, serve)
        begun.wait(10)
        others = [callers.submit(sharing.run, "a", number, serve) for number in range(1, 9)]
        lane = sharing._lanes["a"]
        until = time.monotonic() + 10
        while len(lane._waiting) < 8 and time.monotonic() < until:
            time.sleep(0.001)
        go.set()
        assert first.result(10) == 0
        assert [other.result(10) for other in others] == [number * 2 for number in range(1, 9)]
    assert seen == [[0], list(range(1, 9))]


def test_lanes_do_not_wait_for_each_other() -> None:
    sharing = Sharing()

    def outer(items: Sequence[int]) -> Sequence[int]:
        return [sharing.run("inner", item, lambda some: [one + 1 for one in some]) for item in items]

    assert sharing.run("outer", 1, outer) == 2


def test_a_fault_reaches_only_the_caller_whose_item_it_is() -> None:
    sharing = Sharing()

    def serve(items: Sequence[int]) -> Sequence[int]:
        time.sleep(0.001)
        if any(item % 7 == 3 for item in items):
            raise ValueError(f"no {[item for item in items if item % 7 == 3]}")
        return [item * 2 for item in items]

    def one(number: int) -> int | str:
        try:
            return sharing.run("a", number, serve)
        except ValueError as fault:
            return str(fault)

    with ThreadPoolExecutor(16) as callers:
        results = list(callers.map(one, range(200)))
    assert results == [f"no [{n}]" if n % 7 == 3 else n * 2 for n in range(200)]


def test_an_interrupt_of_the_leader_leaves_nobody_waiting() -> None:
    sharing, begun, go = Sharing(), threading.Event(), threading.Event()

    def serve(items: Sequence[int]) -> Sequence[int]:
        if 0 in items:
            begun.set()
            go.wait(10)
            return list(items)
        raise KeyboardInterrupt

    with ThreadPoolExecutor(5) as callers:
        first = callers.submit(sharing.run, "a", 0, serve)
        begun.wait(10)
        others = [callers.submit(sharing.run, "a", number, serve) for number in range(1, 5)]
        time.sleep(0.05)
        go.set()
        assert first.result(10) == 0
        for other in others:
            with pytest.raises(KeyboardInterrupt):
                other.result(10)
    assert sharing.run("a", 5, lambda items: list(items)) == 5
