"""Build step: put the htmx script and the examples into the package.

The repository holds no copy of other people's code. The file comes from the
Python package django-htmx (a pinned build requirement), found through its
metadata, so Django itself is never imported. It must match the digest below.
"""

import hashlib
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SCRIPT = "htmx-2.min.js"
SHA256 = "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de"  # htmx 2.0.10
FOLDER = Path("src/surehand/web/static/vendor")
CARRIED = (".yaml", ".py", ".jsonl", ".csv")
NOTICE = """\
htmx 2.0.10, https://htmx.org, https://github.com/bigskysoftware/htmx

Zero-Clause BSD
===============

Permission to use, copy, modify, and/or distribute this software for
any purpose with or without fee is hereby granted.

THE SOFTWARE IS PROVIDED “AS IS” AND THE AUTHOR DISCLAIMS ALL
WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES
OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE
FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY
DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER
IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING
OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
"""


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc]  # hatchling is absent where mypy runs
    """Runs before a wheel or an editable install is made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        folder = Path(self.root) / FOLDER
        target = folder / SCRIPT
        if target.is_file() and digest(target.read_bytes()) == SHA256:
            script = target.read_bytes()
        else:
            script = installed_script()
        folder.mkdir(parents=True, exist_ok=True)
        target.write_bytes(script)
        (folder / "htmx.LICENSE.txt").write_text(NOTICE, encoding="utf-8")
        if version != "editable":
            self._carry_examples(build_data)

    def _carry_examples(self, build_data: dict[str, Any]) -> None:
        """`surehand demo` runs the examples; an installation without a checkout carries them."""
        examples = Path(self.root) / "examples"
        for path in sorted(examples.rglob("*")):
            inside = path.relative_to(examples)
            if (
                path.is_file()
                and path.suffix in CARRIED
                and not any(p.startswith((".", "__")) for p in inside.parts)
            ):
                build_data["force_include"][str(path)] = f"surehand/demo/company/{inside.as_posix()}"


def installed_script() -> bytes:
    """The script's bytes from the build environment, checked."""
    try:
        listed = files("django-htmx") or []
    except PackageNotFoundError:
        listed = []
    for entry in listed:
        if entry.name == SCRIPT:
            script = Path(str(entry.locate())).read_bytes()
            if digest(script) != SHA256:
                raise RuntimeError(
                    f"{entry} is not the expected {SCRIPT}: sha256 {digest(script)}, want {SHA256}"
                )
            return script
    raise RuntimeError(
        f"django-htmx with {SCRIPT} is not in the build environment; build with isolation, or install it"
    )


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
