"""See that what the tests need of the machine is there: `python tools/machine.py`.

Installs Debian's packages only in an unattended run (CI=true) as root; on a person's machine it only says
what is missing, and the tests that need it skip with the same reason.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

CHROMIUM = Path(os.environ.get("SUREHAND_CHROMIUM", "/usr/bin/chromium"))
REDIS = Path(os.environ.get("SUREHAND_REDIS", "/usr/bin/redis-server"))
IP = Path("/usr/sbin/ip")

#: How Chromium is started: without a sandbox where root runs it, and without a word to the outside.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


def main() -> None:
    lacking = {what: packages for what in NEEDS if (packages := missing_packages(what))}
    if not lacking:
        return
    every = [package for packages in lacking.values() for package in packages]
    if os.environ.get("CI") != "true":
        what = ", ".join(lacking)
        print(f"Tests that need these will skip: {what}. To run them: apt-get install {' '.join(every)}")
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        sys.exit(f"CI=true, but {' and '.join(every)} cannot be installed here: that takes root and apt-get")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=True)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *every], env=quiet, check=True
    )
    for what in NEEDS:
        if still := missing_packages(what):
            sys.exit(f"apt-get succeeded, but still missing: {' '.join(still)}")


def missing_packages(what: str) -> list[str]:
    """Debian's names for what is lacking here: for `a browser`, `a broker` or `hosts`."""
    return NEEDS[what]()


def _for_a_browser() -> list[str]:
    packages = [] if CHROMIUM.exists() else ["chromium", "fonts-dejavu-core"]
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libatomic.so.1")  # Playwright's driver does not start without it
        except OSError:
            packages.append("libatomic1")
    return packages


def _for_a_broker() -> list[str]:
    return [] if REDIS.exists() else ["redis-server"]


def _for_hosts() -> list[str]:
    return [] if IP.exists() else ["iproute2"]


#: What tests need -> the packages that are missing for it.
NEEDS: dict[str, Callable[[], list[str]]] = {
    "a browser": _for_a_browser,
    "a broker": _for_a_broker,
    "hosts": _for_hosts,
}


if __name__ == "__main__":
    main()
