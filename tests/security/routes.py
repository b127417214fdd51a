"""Every address of the application, as the application itself has it: a new one cannot be forgotten."""

import re
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

SAFE = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Address:
    """One method of one path. `api`: below /api, where keys count and answers are JSON."""

    method: str
    path: str

    @property
    def api(self) -> bool:
        return self.path.startswith("/api/")

    @property
    def changes(self) -> bool:
        return self.method not in SAFE

    def filled(self, **values: str) -> str:
        """The path with values in it; what is not given is a dash."""
        return re.sub(r"{(\w+)(:\w+)?}", lambda found: values.get(found[1], "-"), self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def addresses(app: FastAPI) -> list[Address]:
    """All of them, in a fixed order. The one that answers what no route has takes any method."""
    found = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, Mount):
            found.append(Address("GET", f"{route.path}/{{name}}"))
            continue
        methods = context.methods or {"GET", "POST", "PUT", "PATCH", "DELETE"}
        found += [Address(method, str(context.path)) for method in methods if method != "HEAD"]
    return sorted(found, key=str)
