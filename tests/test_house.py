"""Packaging: what is promised to plain pip, and what must not slip into a public file."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def constraints(python: str) -> dict[str, Requirement]:
    """The pins that count on one Python: some libraries have another version on an older one."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = map(Requirement, filter(None, lines))
    here = {"python_full_version": f"{python}.0", "python_version": python}
    return {canonicalize_name(p.name): p for p in pins if not p.marker or p.marker.evaluate(here)}


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_every_requirement_is_pinned_within_its_bounds(python: str) -> None:
    pins = constraints(python)
    wanted = [
        *PROJECT["dependencies"],
        *(line for extra in PROJECT["optional-dependencies"].values() for line in extra),
    ]
    for requirement in map(Requirement, wanted):
        if requirement.name == PROJECT["name"]:
            continue  # one extra that includes another
        pin = pins.get(canonicalize_name(requirement.name))
        assert pin, f"{requirement.name} is not in constraints.txt: make lock"
        (only,) = pin.specifier
        assert only.operator == "=="
        assert requirement.specifier.contains(only.version), f"{requirement} but {pin}: make lock"


def test_the_lock_names_only_the_public_index() -> None:
    hosts = set(
        re.findall(
            r'(?:registry|url|path|directory|editable) = "([^"]*)"', (ROOT / "uv.lock").read_text("utf-8")
        )
    )
    assert hosts, "uv.lock has another shape than expected"
    allowed = ("https://pypi.org/simple", "https://files.pythonhosted.org/packages/")
    assert {host for host in hosts if not host.startswith(allowed)} == {"."}


def test_htmx_is_the_expected_file() -> None:
    hook = (ROOT / "hatch_build.py").read_text("utf-8")
    (expected,) = re.findall(r'SHA256 = "([0-9a-f]{64})"', hook)
    vendor = ROOT / "src/surehand/web/static/vendor"
    assert hashlib.sha256((vendor / "htmx-2.min.js").read_bytes()).hexdigest() == expected
    assert "Zero-Clause BSD" in (vendor / "htmx.LICENSE.txt").read_text("utf-8")


def test_build_requirements_are_pinned() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]
    assert all("==" in requirement for requirement in build)


def test_versions_agree() -> None:
    from importlib.metadata import version

    assert version("surehand") == PROJECT["version"]
