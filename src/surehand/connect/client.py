"""The HTTP client: submit cases, decide them, and put decisions of other software behind Surehand."""

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from surehand.connect.answers import Decision, Submitted, brought, decision_of
from surehand.connect.problems import error_of, error_of_problem
from surehand.core.recommendation import Recommendation
from surehand.errors import Fault, InvalidInput, SettingsInvalid, SurehandError, TemporaryFailure

#: Items sent in one request by `submit_many`.
CHUNK = 200

_BUSY = frozenset({429, 502, 503, 504})
_LONGEST_PAUSE = 5.0

Json = dict[str, Any]


class Client:
    """A connection to a Surehand server. Safe to share between threads.

    Every change carries an idempotency key that is made once per call, so that a repeat after a lost answer
    does nothing twice. Errors are the classes of `surehand.errors`: `Conflict` names the winner,
    `InvalidInput` lists the faults, `TemporaryFailure` says that the server did not answer.

    url       the server's address, such as https://surehand.example
    key       an API key, `sh_...`
    timeout   seconds to wait for one answer
    attempts  how often a request is tried when the server cannot be reached or is busy
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float = 30.0,
        attempts: int = 4,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise SettingsInvalid(
                f"The server's address must begin with http:// or https://, not '{url[:40]}'"
            )
        if not key.isascii() or not key.isprintable() or not key:
            raise SettingsInvalid("The API key must be printable ASCII, as it was given out")
        self._url = url.rstrip("/")
        self._attempts = max(1, attempts)
        self._http = httpx.Client(
            base_url=f"{self._url}/api/v1/",
            headers={"Authorization": f"Bearer {key}", "Accept": "application/json"},
            timeout=timeout,
            transport=transport,
        )

    def __repr__(self) -> str:
        return f"Client({self._url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    # Taking in

    def submit(
        self,
        process: str,
        input: Mapping[str, Any],
        *,
        key: str | None = None,
        recommendations: Mapping[str, Recommendation[Any] | Mapping[str, Any]] | None = None,
        wait: bool = False,
    ) -> Submitted:
        """Submit one item. Raises InvalidInput, KeyReused or NotFound.

        wait  run the case at once, and answer with where it got to
        """
        body: Json = {"process": process, "input": dict(input), "key": key, "wait": wait}
        if recommendations:
            body["recommendations"] = {name: brought(one) for name, one in recommendations.items()}
        return Submitted.of(self._post("cases", body), self._url)

    def send_file(self, file: Path | bytes, *, name: str = "") -> Json:
        """Send a file; what comes back is the `document` of the input that is submitted next.

        The same bytes are the same file. Raises InvalidInput for one that is too large.
        """
        body = file if isinstance(file, bytes) else file.read_bytes()
        called = name or ("" if isinstance(file, bytes) else file.name)
        kept = self._sent("POST", "files", content=body, headers={"Content-Type": _BYTES}).json()
        return {"file": kept["file"], **({"name": called[:200]} if called else {})}

    def submit_many(
        self,
        submissions: Sequence[Mapping[str, Any]],
        *,
        progress: Callable[[int], None] | None = None,
    ) -> list[Submitted | SurehandError]:
        """Submit items, each a mapping like the arguments of `submit`. Results in order, refusals included.

        progress  called with the number of items done so far
        """
        results: list[Submitted | SurehandError] = []
        for start in range(0, len(submissions), CHUNK):
            chunk = [dict(one) for one in submissions[start : start + CHUNK]]
            for item in self._post("cases/batch", {"submissions": chunk})["results"]:
                if item["problem"] is not None:
                    results.append(error_of_problem(item["problem"], status=item["status"]))
                else:
                    results.append(Submitted.of(item["case"] | {"created": item["created"]}, self._url))
            if progress is not None:
                progress(len(results))
        return results

    def decide(
        self,
        process: str,
        input: Mapping[str, Any],
        *,
        recommendation: Any = None,
        confidence: float | None = None,
        reasons: Sequence[str] = (),
        key: str | None = None,
    ) -> Decision:
        """Have a process decide, with your model's recommendation at its one external decision point.

        recommendation  the answer, or a `Recommendation`; None when your model has none
        confidence      its probability of being right, in [0, 1]; without one a person decides
        key             your name for the item; the same key is the same decision
        returns         what stands now: `status` is 'decided', or who has it and why is in `reasons`
        """
        given = recommendation
        if not isinstance(given, Recommendation):
            given = Recommendation(value=recommendation, confidence=confidence, reasons=tuple(reasons))
        body = {"process": process, "input": dict(input), "key": key, "wait": True}
        return decision_of(self._post("cases", {**body, "recommendation": brought(given)}), self)

    def train(self, process: str, model: str | None = None) -> Json:
        """Let a model learn from its examples and from what people decided; it is in use afterwards.

        returns  `hash`, `replaced`, `changed` and a `report`. Raises NotEnoughEvidence
        """
        return self._post(f"processes/{_safe(process)}/train", {"model": model})

    # Looking

    def case(self, case_id: str) -> Json:
        """Everything about a case; `waiting` holds what a person needs to decide it. Raises NotFound."""
        return self._get(f"cases/{_safe(case_id)}")

    def cases(
        self, *, process: str | None = None, state: str | None = None, tag: str | None = None
    ) -> Iterator[Json]:
        """Cases, newest first, fetched as they are needed.

        tag  of an answer: `training`, `policy-question` or `teaching`
        """
        wanted = {"process": process, "state": state, "tag": tag}
        return self._pages("cases", "cases", {name: value for name, value in wanted.items() if value})

    def inbox(self) -> Iterator[Json]:
        """What waits for the person behind the key: `case` and `waiting`, due first."""
        return self._pages("inbox", "items", {})

    def events(self, case_id: str) -> list[Json]:
        """The audit trail of a case."""
        found: list[Json] = self._get(f"cases/{_safe(case_id)}/events")["events"]
        return found

    def processes(self) -> list[Json]:
        """The processes of the server, with their fields and decision points."""
        found: list[Json] = self._get("processes")["processes"]
        return found

    def remarks(self, process: str) -> Json:
        """What reviewers of a process had to look for outside its briefs, in the last 30 days."""
        return self._get(f"processes/{_safe(process)}/remarks")

    def health(self) -> Json:
        """How the server is doing, also when it is not well."""
        response = self._sent("GET", "health", tries=1, refuse=False)
        answer: Json = response.json()
        return answer

    def stops(self) -> Json:
        """What is stopped (`in_force`) and was (`ended`)."""
        return self._get("stops")

    def link(self, case_id: str) -> str:
        """The address of a case for people."""
        return f"{self._url}/cases/{_safe(case_id)}"

    # Deciding

    def verdict(self, case_id: str, verdict: str, *, rev: int | None = None, **given: Any) -> Json:
        """Decide a case that waits. Raises Conflict with the winner when somebody was faster.

        given  value, fields, reason, note, question, to, round, shown, tags, and assignment: the `id` of one
               of the case's `beside`, such as a spot check
        rev    of the case as you saw it; any change since is a conflict
        """
        match = {"If-Match": f'"{rev}"'} if rev is not None else {}
        return self._post(f"cases/{_safe(case_id)}/verdict", {"verdict": verdict, **given}, headers=match)

    def claim(self, case_id: str) -> Json:
        """Take a waiting case over."""
        return self._post(f"cases/{_safe(case_id)}/claim")

    def answer(self, case_id: str, answer: str, *, round: int | None = None) -> Json:
        """Answer a reviewer's question."""
        return self._post(f"cases/{_safe(case_id)}/answer", {"answer": answer, "round": round})

    def elsewhere(self, case_id: str, what: str, words: str = "") -> Json:
        """Say what you had to look for outside the brief, such as `document`. It decides nothing."""
        return self._post(f"cases/{_safe(case_id)}/elsewhere", {"what": what, "words": words})

    def outcome(
        self, case_id: str, *, correct: bool | None = None, value: Any = None, note: str = ""
    ) -> Json:
        """Say how a decision turned out."""
        return self._post(
            f"cases/{_safe(case_id)}/outcome", {"correct": correct, "value": value, "note": note}
        )

    def undo(self, case_id: str, step: str) -> Json:
        """Take an action back."""
        return self._post(f"cases/{_safe(case_id)}/actions/{_safe(step)}/undo")

    # Stopping

    def stop(self, process: str | None = None, *, because: str) -> Json:
        """Stop a process, or everything: when this returns, no action of it begins any more.

        raises  Forbidden, or Conflict when somebody has stopped it already
        """
        return self._post("stops", {"process": process, "because": because})

    def drill(self, process: str | None = None) -> Json:
        """Stop it for a moment and see that every worker refuses; `counted` says how that went."""
        return self._post("stops", {"process": process, "drill": True})

    def resume(self, stop: int) -> Json:
        """Ask for a stop to end; a second person agrees."""
        return self._post(f"stops/{stop:d}/resume")

    def agree(self, stop: int) -> Json:
        """Agree that a stop ends, as somebody else asks."""
        return self._post(f"stops/{stop:d}/agree")

    def keep_stopped(self, stop: int) -> Json:
        """Do not resume as somebody asks."""
        return self._post(f"stops/{stop:d}/keep")

    # Sending

    def _get(self, path: str, params: Mapping[str, str] | None = None) -> Json:
        answer: Json = self._sent("GET", path, params=params).json()
        return answer

    def _pages(self, path: str, items: str, wanted: Mapping[str, str]) -> Iterator[Json]:
        params = {**wanted, "limit": "200"}
        while True:
            page = self._get(path, params)
            yield from page[items]
            if page["next"] is None:
                return
            params["cursor"] = page["next"]

    def _post(
        self,
        path: str,
        body: Json | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        """One change. Its key is made here, once, so that every try is the same request."""
        sent = {**(headers or {}), "Content-Type": "application/json"}
        if (body or {}).get("key") is None:
            sent["Idempotency-Key"] = f"call-{secrets.token_hex(16)}"
        try:
            content = json.dumps(body, allow_nan=False).encode("ascii") if body is not None else b""
        except ValueError as error:
            raise InvalidInput([Fault("the body", f"cannot be sent as JSON: {error}")]) from error
        answer: Json = self._sent("POST", path, content=content, headers=sent).json()
        return answer

    def _sent(
        self,
        method: str,
        path: str,
        *,
        content: bytes = b"",
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        tries: int | None = None,
        refuse: bool = True,
    ) -> httpx.Response:
        """Send, and send again while the server cannot be reached or is busy. Raises what it answers."""
        last = tries or self._attempts
        for attempt in range(1, last + 1):
            pause = min(_LONGEST_PAUSE, 0.2 * 2 ** (attempt - 1)) * (0.5 + secrets.randbelow(512) / 1024)
            try:
                response = self._http.request(method, path, content=content, params=params, headers=headers)
            except httpx.TransportError as error:
                if attempt == last:
                    why = f"{type(error).__name__}: {error}"
                    raise TemporaryFailure(f"{self._url} does not answer ({why})") from error
                time.sleep(pause)
                continue
            if response.is_success or not refuse:
                return response
            if response.status_code not in _BUSY or attempt == last:
                raise error_of(response)
            time.sleep(max(pause, _asked_pause(response)))
        raise AssertionError("unreachable")


_BYTES = "application/octet-stream"


def _safe(part: str) -> str:
    """One part of an address, whatever it holds."""
    return quote(part, safe="", errors="replace")


def _asked_pause(response: httpx.Response) -> float:
    """Seconds that the server asks for, within reason."""
    asked = response.headers.get("retry-after", "")
    return min(_LONGEST_PAUSE, float(asked)) if asked.isdigit() else 0.0
