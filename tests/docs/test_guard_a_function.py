"""The how-to about guarding a function: fifteen lines, and they run as printed."""

import contextlib
import io
import re
from pathlib import Path

from fastapi import FastAPI

from surehand.app import assembled
from surehand.flow import access
from surehand.maps import starter
from surehand.web import api
from tests.served import listening

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "guard-a-function.md"


def blocks() -> dict[str, str]:
    found = dict(re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL))
    assert set(found) == {"yaml", "python", "text"}
    return found


def test_it_is_fifteen_lines() -> None:
    found = blocks()
    lines = [line for name in ("yaml", "python") for line in found[name].splitlines() if line.strip()]
    assert len(lines) <= 15


def test_it_runs_and_prints_what_the_page_says(tmp_path: Path) -> None:
    found, desk = blocks(), tmp_path / "my-desk"
    starter.write(desk, "extract-decide-route")
    (desk / "refunds").mkdir()
    (desk / "refunds" / "process.yaml").write_text(found["yaml"])
    surehand = assembled(desk)
    try:
        key = access.create_key(surehand.context, "dev.builder", "how-to", by="dev.builder")
        app = FastAPI()
        app.state.context = surehand.context
        api.install(app)
        with listening(app) as url, contextlib.redirect_stdout(io.StringIO()) as printed:
            code = found["python"].replace("http://127.0.0.1:8420", url).replace("sh_...", key)
            exec(compile(code, str(PAGE), "exec"), {})
        assert printed.getvalue() == found["text"]
    finally:
        surehand.close()
