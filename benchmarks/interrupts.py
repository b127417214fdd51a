"""The round trip of `benchmarks.lifecycle` done with LangGraph's `interrupt` and its savers.

A graph looks up, recommends, interrupts for an approval and acts, with the functions and payloads of the
process in `benchmarks.lifecycle`. Its defaults stay: durability "async", the savers' own serializer. Tracing
is off. SQLite is in WAL mode with synchronous = FULL.

SqliteSaver has one connection behind one lock. Two ways to use it correctly from many threads are known here,
`shared` (one saver) and `own` (a saver and connection per thread, waiting for each other in SQLite);
`fastest` measures both and takes the better. The same for PostgresSaver on a pool of connections.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from decimal import Decimal
from functools import partial
from importlib.util import find_spec
from typing import Any, TypedDict

from sqlalchemy import make_url

from benchmarks.callers import Figures, One, at_once

#: How a thread comes by its graph.
Graphs = Callable[[], Any]

WAYS = ("shared", "own")


class State(TypedDict, total=False):
    """What a thread of the graph carries: the facts of the case that `benchmarks.lifecycle` carries."""

    order: str
    amount: str
    sure: float
    name: str
    since: int
    recommendation: Mapping[str, Any]
    answer: str
    result: str


def installed() -> bool:
    """LangGraph and both savers can be imported."""
    return bool(find_spec("langgraph")) and all(
        find_spec(f"langgraph.checkpoint.{name}") for name in ("sqlite", "postgres")
    )


def built(saver: Any) -> Any:
    """The graph, compiled on a saver."""
    from langgraph.graph import END, START, StateGraph
    from langgraph.types import interrupt

    def lookup(state: State) -> State:
        return {"name": f"Customer of {state['order']}", "since": 2019}

    def recommend(state: State) -> State:
        amount = Decimal(state["amount"].removesuffix(" EUR"))
        return {
            "recommendation": {
                "value": "pay" if amount < 10_000 else "reject",
                "confidence": state["sure"],
                "reasons": [f"{state['name']} sent it back in time"],
            }
        }

    def approve(state: State) -> State:
        return {"answer": interrupt({"order": state["order"], "recommendation": state["recommendation"]})}

    def act(state: State) -> State:
        return {"result": f"paid under {state['order']}"}

    graph = StateGraph(State)
    steps: tuple[Any, ...] = (lookup, recommend, approve, act)
    before = START
    for step in steps:
        graph.add_node(step.__name__, step)
        graph.add_edge(before, step.__name__)
        before = step.__name__
    graph.add_edge(before, END)
    return graph.compile(checkpointer=saver)


@contextmanager
def graphs(url: str, *, way: str, callers: int) -> Iterator[Graphs]:
    """Where each caller gets its graph, on an empty database.

    way  `shared`: one saver for all; `own`: one per caller
    """
    with ExitStack() as stack:
        saver = _sqlite(url, stack) if url.startswith("sqlite") else _postgres(url, stack, callers)
        first = saver()
        first.setup()
        shared = built(first)
        yield (lambda: built(saver())) if way == "own" else (lambda: shared)


def _sqlite(url: str, stack: ExitStack) -> Callable[[], Any]:
    from langgraph.checkpoint.sqlite import SqliteSaver

    path = make_url(url).database
    assert path

    def saver() -> SqliteSaver:
        connection = sqlite3.connect(path, check_same_thread=False, timeout=60)
        stack.enter_context(closing(connection))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return SqliteSaver(connection)

    return saver


def _postgres(url: str, stack: ExitStack, callers: int) -> Callable[[], Any]:
    from langgraph.checkpoint.postgres import PostgresSaver
    from psycopg.rows import dict_row
    from psycopg_pool import ConnectionPool

    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    # as its documentation asks for
    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    pool: Any = ConnectionPool(plain, min_size=callers, max_size=callers + 4, kwargs=options, timeout=120)
    stack.enter_context(pool)
    return lambda: PostgresSaver(pool)


def round_trip(url: str, count: int, *, callers: int, way: str) -> Figures:
    """Cases per second and milliseconds per case, from invoking to `act`, as many callers at once."""
    from langgraph.types import Command

    os.environ.update(LANGSMITH_TRACING="false", LANGCHAIN_TRACING_V2="false")

    def begin(given: Graphs) -> One:
        graph = given()

        def one(number: int) -> None:
            order = f"order-{number}"
            config = {"configurable": {"thread_id": order}}
            payload = {"order": order, "amount": f"{number % 900 + 1}.50 EUR", "sure": 0.8}
            parked = graph.invoke(payload, config)
            assert parked["__interrupt__"], parked
            ended = graph.invoke(Command(resume="approve"), config)
            assert ended["result"] == f"paid under {order}", ended

        return one

    with graphs(url, way=way, callers=callers) as given:
        return at_once(partial(begin, given), count, callers=callers)


def fastest(fresh: Iterator[str], count: int, *, callers: int) -> str:
    """The way of using its saver with which LangGraph is fastest here."""
    speeds = {way: round_trip(next(fresh), count, callers=callers, way=way)["cases_per_s"] for way in WAYS}
    return max(speeds, key=lambda way: speeds[way])
