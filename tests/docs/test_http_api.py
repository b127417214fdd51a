"""The reference of the HTTP API names every operation and problem that the server knows, and no other."""

import re
from pathlib import Path

from fastapi import FastAPI

from surehand import errors
from surehand.web import api

PAGE = (Path(__file__).parents[2] / "docs/reference/http-api.md").read_text("utf-8")


def test_every_operation_is_there():
    app = FastAPI()
    app.include_router(api.signed)
    app.include_router(api.unsigned)
    known = {
        f"{method.upper()} {path.removeprefix(api.PREFIX)}"
        for path, operations in app.openapi()["paths"].items()
        for method in operations
    }
    assert set(re.findall(r"^\| `((?:GET|POST|PUT|DELETE) [^`]+)` \|", PAGE, re.M)) == known


def test_every_problem_that_is_named_exists():
    known = {kind.slug: kind.status for kind in vars(errors).values() if hasattr(kind, "slug")} | {
        "too-large": 413
    }
    for status, types in re.findall(r"^\| (\d{3}) \| (.+?) \|", PAGE, re.M):
        for slug in re.findall(r"`([^`]+)`", types):
            assert known[slug] == int(status), slug
