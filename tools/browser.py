"""See that what the browser tests need is there: `python tools/browser.py`.

Installs Debian's packages only in an unattended run (CI=true) as root; on a person's machine it only says
what is missing, and the tests that need a browser skip with the same reason.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHROMIUM = Path(os.environ.get("SUREHAND_CHROMIUM", "/usr/bin/chromium"))

#: How it is started: without a sandbox where root runs it, and without a word to the outside.
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
    packages = missing_packages()
    if not packages:
        return
    if os.environ.get("CI") != "true":
        print(f"Browser tests will skip. To run them: apt-get install {' '.join(packages)}")
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        sys.exit(
            f"CI=true, but {' and '.join(packages)} cannot be installed here: that takes root and apt-get"
        )
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=True)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], env=quiet, check=True
    )
    if missing_packages():
        sys.exit(f"apt-get succeeded, but still missing: {' '.join(missing_packages())}")


def missing_packages() -> list[str]:
    """Debian's names for what the browser tests lack here."""
    packages = [] if CHROMIUM.exists() else ["chromium", "fonts-dejavu-core"]
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libatomic.so.1")  # Playwright's driver does not start without it
        except OSError:
            packages.append("libatomic1")
    return packages


if __name__ == "__main__":
    main()
