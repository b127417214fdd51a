"""How long a clean install takes, and how big it is: `python -m benchmarks.install [--json]`.

Installs this checkout, with constraints.txt, into environments in a temporary folder: first with an empty pip
cache, then with the cache the first run filled. Needs the package index.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description="Time and size of a clean install.")
    parser.add_argument("--extras", default="", help="comma-separated, for example test,check")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="install-") as scratch:
        cache = Path(scratch) / "cache"
        runs = {
            name: install(Path(scratch) / name, cache=cache, extras=arguments.extras)
            for name in ("empty_cache", "warm_cache")
        }
    if arguments.json:
        print(json.dumps({"python": sys.version.split()[0], "extras": arguments.extras, **runs}, indent=2))
        return
    for name, run in runs.items():
        print(
            f"{name.replace('_', ' '):<12} environment {run['venv_seconds']:5.1f} s"
            f"   install {run['install_seconds']:5.1f} s"
            f"   {run['megabytes']:6.1f} MB   {run['packages']} packages"
        )
    largest = runs["warm_cache"]["largest"]
    print("largest:     " + ", ".join(f"{name} {size} MB" for name, size in largest.items()))


def install(folder: Path, *, cache: Path, extras: str) -> dict[str, Any]:
    """Seconds for the environment and the install; MB (10^6 bytes on disk) that came on top of pip."""
    environment = {
        **os.environ,
        "PIP_CACHE_DIR": str(cache),
        "PIP_NO_INPUT": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    began = time.perf_counter()
    bootstrap = [sys.executable, str(ROOT / "tools/bootstrap.py"), "--venv", str(folder), "empty"]
    subprocess.run(bootstrap, check=True, env=environment)
    made = time.perf_counter()
    (packages,) = folder.glob("lib/python*/site-packages")
    before = {entry.name for entry in packages.iterdir()}
    target = f"{ROOT}[{extras}]" if extras else str(ROOT)
    pip = [
        str(folder / "bin/python"),
        "-m",
        "pip",
        "install",
        "-q",
        "-c",
        str(ROOT / "constraints.txt"),
        target,
    ]
    subprocess.run(pip, check=True, env=environment)
    installed = time.perf_counter()
    sizes = {entry.name: size(entry) for entry in packages.iterdir() if entry.name not in before}
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:6]
    return {
        "venv_seconds": round(made - began, 1),
        "install_seconds": round(installed - made, 1),
        "megabytes": round(sum(sizes.values()) / 1e6, 1),
        "packages": sum(name.endswith(".dist-info") for name in sizes),
        "largest": {name: round(used / 1e6, 1) for name, used in largest},
    }


def size(folder: Path) -> int:
    """Bytes on disk, as `du` counts them."""
    if folder.is_file():
        return folder.lstat().st_blocks * 512
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*") if not path.is_dir())


if __name__ == "__main__":
    main()
