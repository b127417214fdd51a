"""The public names of the package."""

import subprocess
import sys

import pytest

import surehand


def test_the_names_are_few_and_exist() -> None:
    assert len(surehand.__all__) <= 15
    for name in surehand.__all__:
        assert getattr(surehand, name) is not None
    assert dir(surehand) == sorted(surehand.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Clint'"):
        surehand.Clint  # noqa: B018


def test_importing_it_is_cheap() -> None:
    code = "import sys, surehand; print(*sorted(m for m in sys.modules if m.split('.')[0] in "
    code += "('pydantic', 'httpx', 'fastapi', 'sqlalchemy')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_authors_of_steps_need_no_web() -> None:
    code = "import sys; from surehand import Money, Reading, Recommendation; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
