"""How long the command line takes to start.

    python -m benchmarks.cli_start [--runs N] [--json]

Milliseconds from starting the process to its end, median of 15 runs after one that warms the disk.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMANDS = {"--help": ["--help"], "--version": ["--version"], "check examples": ["check", "examples"]}


def milliseconds(arguments: list[str]) -> float:
    """One run."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "surehand.cli", *arguments], cwd=ROOT, check=True, capture_output=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""},
    )  # fmt: skip
    return (time.perf_counter() - started) * 1000


def measured(runs: int) -> dict[str, dict[str, int]]:
    """Median and range by command."""
    found = {}
    for name, arguments in COMMANDS.items():
        milliseconds(arguments)
        took = [milliseconds(arguments) for _ in range(runs)]
        found[name] = {
            "median_ms": round(statistics.median(took)),
            "least_ms": round(min(took)),
            "most_ms": round(max(took)),
        }
    return found


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true", help="machine-readable")
    options = parser.parse_args()
    figures = measured(options.runs)
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for name, found in figures.items():
        print(f"surehand {name:16} {found['median_ms']:>6} ms  ({found['least_ms']} to {found['most_ms']})")


if __name__ == "__main__":
    main()
