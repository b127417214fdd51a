"""Every operation of the API, asked as its description says and against it, as several people and nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks as conform

from surehand.flow import access
from surehand.store import cases
from surehand.web.identity import CSRF_HEADER, SESSION_COOKIE
from tests.security.routes import Address, addresses
from tests.served import AUDITOR, OWNER, RITA, SHOP, STRANGER, Served, listening, served

#: What anybody may ask: whether it works, and how it is asked.
OPEN = {"/api/v1/health", "/api/v1/openapi.json"}

CHECKS = [
    conform.status_code_conformance,
    conform.content_type_conformance,
    conform.response_schema_conformance,
    conform.response_headers_conformance,
]

MODES = {"as described": GenerationMode.POSITIVE, "against it": GenerationMode.NEGATIVE}

PEOPLE = (RITA, OWNER, SHOP, AUDITOR, STRANGER)


@dataclass(frozen=True)
class Place:
    """A deployment that runs its work, with some cases in it."""

    served: Served
    url: str
    schema: Any
    ids: list[str]

    def operations(self) -> list[Any]:
        return [found.ok() for found in self.schema.get_all_operations()]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("api")
    with served(folder / "place", f"sqlite:///{folder}/surehand.db") as found:
        ids = [found.refund()["id"] for _ in range(3)]
        ids += [found.refund(confidence=0.97)["id"], found.refund(amount="8000 EUR")["id"]]
        asked = found.refund()["id"]
        found.verdict(RITA, asked, "ask", question="Why?")
        found.surehand.start()
        with listening(found.app) as url:
            schema = schemathesis.openapi.from_dict(found.app.openapi())
            yield Place(found, url, schema, [*ids, asked])


def test_every_route_is_described(place: Place) -> None:
    described = {(op.method.upper(), op.path) for op in place.operations()}
    routed = {(one.method, one.path) for one in addresses(place.served.app) if one.api}
    hidden = {pair for pair in routed if "{rest:path}" in pair[1] or pair[1] in OPEN}
    assert described >= routed - hidden
    assert len(described) >= 16


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("examples", [3, pytest.param(150, marks=pytest.mark.long)])
def test_no_request_makes_a_fault_of_ours(place: Place, mode: str, examples: int) -> None:
    counts: dict[int, int] = {}
    for operation in place.operations():
        _tried(place, operation, MODES[mode], examples, counts)
    assert sum(counts.values()) >= examples * 12
    assert not [status for status in counts if status >= 500], counts
    # a part of them gets through the door, so that more than the door is tried
    through = sum(count for status, count in counts.items() if status < 400)
    assert through > 0 or mode == "against it", counts


def _tried(place: Place, operation: Any, mode: GenerationMode, examples: int, counts: dict[int, int]) -> None:
    numbers = iter(range(1_000_000))
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    strategy = operation.as_strategy(generation_mode=mode)

    @seed(20261126)
    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=quiet,
              phases=[Phase.generate])  # fmt: skip
    @given(case=strategy)
    def try_one(case: Any) -> None:
        number = next(numbers)
        if "case_id" in (case.path_parameters or {}) and number % 3:
            case.path_parameters["case_id"] = place.ids[number % len(place.ids)]
        response = case.call(base_url=place.url, headers=_signed(place, number))
        counts[response.status_code] = counts.get(response.status_code, 0) + 1
        if case.path.endswith("/health"):
            assert response.status_code in (200, 503)
            return
        assert response.status_code < 500, (operation.label, response.text)
        # what a proxy or a client sent wrongly is refused before the route's own description counts
        if response.status_code not in (400, 405, 431):
            case.validate_response(response, checks=CHECKS)

    try:
        try_one()
    except Unsatisfiable:
        # there may be nothing in a request that could be sent wrongly
        if mode is not GenerationMode.NEGATIVE:
            raise


def _signed(place: Place, number: int) -> dict[str, str]:
    """As one person after the other; every sixth time as a browser."""
    if number % 6 == 5:
        token, session = access.sign_in_as(place.served.surehand.context, RITA)
        return {"Cookie": f"{SESSION_COOKIE}={token}", CSRF_HEADER: session.csrf}
    return {"Authorization": f"Bearer {place.served.keys[PEOPLE[number % len(PEOPLE)]]}"}


def _nobody(place: Place) -> dict[str, dict[str, str]]:
    context = place.served.surehand.context
    revoked = access.create_key(context, "rita.reviewer", "old")
    gone = access.create_key(context, "gone.reviewer", "of somebody who has left")
    token, _ = access.sign_in_as(context, RITA)
    access.sign_out(context, token)
    with context.db.read() as connection:
        hashed = [row.hash for row in connection.exec_driver_sql("select hash from api_key")]
    access.revoke_keys(context, "rita.reviewer", by="bo.builder")
    place.served.keys[RITA] = access.create_key(context, RITA, "new")
    key = place.served.keys[RITA]
    return {
        "nothing": {},
        "a revoked key": {"Authorization": f"Bearer {revoked}"},
        "the key of somebody who has left": {"Authorization": f"Bearer {gone}"},
        "a made-up key": {"Authorization": "Bearer sh_" + "0" * 43},
        "the hash of a key": {"Authorization": f"Bearer {hashed[0]}"},
        "a key as another scheme": {"Authorization": f"Basic {key}"},
        "a key without its scheme": {"Authorization": key},
        "part of a key": {"Authorization": f"Bearer {key[:-1]}"},
        "a key with more": {"Authorization": f"Bearer {key}0"},
        "empty": {"Authorization": ""},
        "a session that ended": {"Cookie": f"{SESSION_COOKIE}={token}"},
        "a made-up session": {"Cookie": f"{SESSION_COOKIE}={'0' * 43}"},
    }


def test_nobody_gets_in(place: Place) -> None:
    """No 2xx for anybody without a valid key or session, whatever is sent; and nothing of it is kept."""
    import httpx

    before = _count(place)
    with httpx.Client(base_url=place.url) as http:
        for what, headers in _nobody(place).items():
            for address in addresses(place.served.app):
                path = address.filled(case_id=place.ids[0], process="refunds", step="pay_back", number="1")
                for body in (b'{"process": "refunds", "input": {}}', b"\x00", b"[" * 1_000):
                    sent = {"content": body} if address.changes else {}
                    kind = {"Content-Type": "application/json"} if address.changes else {}
                    response = http.request(address.method, path, headers={**headers, **kind}, **sent)
                    assert _closed(address, response), (what, str(address), response.status_code)
    assert _count(place) == before


def _closed(address: Address, response: Any) -> bool:
    if address.path in OPEN or (address.path in ("/signin", "/help") and address.method == "GET"):
        return bool(response.status_code == 200)
    if "{rest:path}" in address.path or address.path.startswith("/static"):
        return bool(response.status_code in (404, 405))
    if address.api:
        return bool(response.status_code == 401)
    to_the_door = response.status_code == 303 and response.headers["location"].startswith("/signin")
    return to_the_door or response.status_code in (401, 403, 404, 415, 422)


def _count(place: Place) -> int:
    with place.served.surehand.context.db.read() as connection:
        return int(connection.exec_driver_sql('select count(*) from "case"').scalar_one())


#: Bodies that these routes take, whatever the case.
_TAKEN: dict[str, Any] = {
    "verdict": {"verdict": "approve"}, "answer": {"answer": "x"}, "outcome": {"correct": True},
    "release": {}, "reassign": {"to": STRANGER}, "snooze": {"until": None},
    "priority": {"priority": "urgent", "note": "x"}, "waiting": {"because": "x"},
    "elsewhere": {"what": "policy"},
}  # fmt: skip


def test_what_somebody_may_not_see_is_not_there(place: Place) -> None:
    """Another's case answers like one that does not exist, at every route that names a case."""
    import httpx

    own = place.ids[0]
    with httpx.Client(base_url=place.url) as http:
        key = {"Authorization": f"Bearer {place.served.keys[STRANGER]}"}
        token, session = access.sign_in_as(place.served.surehand.context, STRANGER)
        cookie = {"Cookie": f"{SESSION_COOKIE}={token}"}
        for address in addresses(place.served.app):
            if "{case_id}" not in address.path:
                continue
            answers = []
            for case_id in (own, "ref-000000000000000"):
                path = address.filled(case_id=case_id, step="pay_back", number="1")
                body: dict[str, Any] = {}
                if address.changes and address.api:
                    body = {"json": {"verdict": "approve", "answer": "x", "correct": True}}
                    name = address.path.rpartition("/")[2]
                    if name in _TAKEN:
                        body = {"json": _TAKEN[name]}
                elif address.changes:
                    body = {
                        "data": {
                            "csrf": session.csrf,
                            "verdict": "approve",
                            "answer": "x",
                            "step": "pay_back",
                            "priority": "urgent",
                            "to": STRANGER,
                            "who": "waiting",
                            "because": "x",
                        }
                    }
                response = http.request(address.method, path, headers=key if address.api else cookie, **body)
                told = response.text.replace(case_id, "").replace(case_id.upper(), "")
                answers.append((response.status_code, told))
            assert answers[0][0] == 404, str(address)
            assert answers[0] == answers[1], str(address)


@given(text=st.text(max_size=40))
@settings(max_examples=60, deadline=None, database=None)
def test_numbers_of_cases_are_only_numbers(text: str) -> None:
    """Nothing that stands in an address reaches the database unless it can be a number of a case."""
    from surehand.errors import NotFound
    from surehand.web.session import case_id_of

    for given_text in (text, f"ref-1{text}", f"{text}ref-1", "ref-1\n", "../ref-1", "ref-1\x00"):
        try:
            found = case_id_of(given_text)
        except NotFound:
            continue
        assert found.isascii()
        assert all(c.isalnum() or c in "._-" for c in found)


def test_search_takes_nothing_for_sql(place: Place) -> None:
    import httpx

    with httpx.Client(
        base_url=place.url, headers={"Authorization": f"Bearer {place.served.keys[OWNER]}"}
    ) as http:
        token, _ = access.sign_in_as(place.served.surehand.context, OWNER)
        http.cookies.set(SESSION_COOKIE, token)
        for text in ("'", "' OR 1=1 --", "%", "_", "\\", '\'; DROP TABLE "case"; --', '" OR ""="', "ref%'"):
            page = http.get("/cases", params={"q": text})
            assert page.status_code == 200
            assert "ref-" not in page.text.lower().replace(text.lower(), ""), text
            for name in ("process", "state", "cursor"):
                assert http.get("/api/v1/cases", params={name: text}).status_code in (200, 422)
    with place.served.surehand.context.db.read() as connection:
        assert cases.load(connection, place.ids).keys() == set(place.ids)
