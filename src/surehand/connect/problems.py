"""Problem documents of the server as the errors that they were."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from surehand.errors import Fault, InvalidInput, MapInvalid, SurehandError

_MEMBERS = frozenset({"type", "title", "status", "detail", "faults", "instance"})


class Refused(SurehandError):
    """The server refused the request for a reason that this client does not know."""

    slug, status, title = "refused", 500, "The server refused the request"


def error_of(response: httpx.Response) -> SurehandError:
    """The error that a response stands for."""
    if response.headers.get("content-type", "").partition(";")[0] == "application/problem+json":
        try:
            return error_of_problem(response.json(), status=response.status_code)
        except (ValueError, TypeError, AttributeError):
            pass  # called a problem document, and is none
    return Refused(
        f"The server answered {response.status_code} {response.reason_phrase}; is this Surehand's address?",
        http_status=response.status_code,
    )


def error_of_problem(problem: Mapping[str, Any], *, status: int) -> SurehandError:
    """The error of a problem document, with its own details in `extra`."""
    slug = str(problem.get("type", "")).rpartition("/")[2]
    detail = str(problem.get("detail") or problem.get("title") or f"The server answered {status}")
    found = _BY_SLUG.get(slug)
    if found is InvalidInput or found is MapInvalid:
        faults = [
            Fault(str(one["where"]), str(one["message"]), one.get("suggestion"))
            for one in problem.get("faults", ())
        ]
        return InvalidInput(faults, detail)
    extra = {name: value for name, value in problem.items() if name not in _MEMBERS}
    return found(detail, **extra) if found else Refused(detail, http_status=status, slug=slug, **extra)


def _kinds(kind: type[SurehandError]) -> Iterator[type[SurehandError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _kinds(below)


#: Only the errors that `surehand.errors` defines; what others derive from them keeps their slug.
_BY_SLUG = {kind.slug: kind for kind in _kinds(SurehandError) if kind.__module__ == "surehand.errors"}
