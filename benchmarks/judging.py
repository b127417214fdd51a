"""What it costs to judge a recommendation: its signals, confidence, consequence and route.

    python -m benchmarks.judging [--cases N] [--runs N] [--json]

The model has answered already and nothing is written: what is measured is what this software does in between,
in chunks as the engine takes them. Seconds of one core for all cases, median of the runs:

    bands      five signals, a sum at stake, bands, two rules
    all        the same with harm by two conditions and by a function of a chunk, and two limits
    guarantee  as `all`, with a certified cut and fitted confidence in place of bands and the lowest signal
"""

import argparse
import gc
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from surehand.app import Surehand, assembled
from surehand.core.bound import BoundStep
from surehand.core.case import Case
from surehand.core.confidence import Calibration
from surehand.core.guarantee import Terms
from surehand.core.passage import Passage
from surehand.core.recommendation import Alternative, Recommendation
from surehand.core.routing import Earned
from surehand.flow.appraising import Appraised, appraised
from surehand.stats.calibration import Logistic

CHUNK = 500
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)

MAP = """\
process: claims
currency: EUR
rates: {USD: 0.9}
owner: ida.owner
builder: bo.builder
input:
  fields:
    order: {type: text}
    amount: {type: money}
    tier: {type: text, trusted: true}
    years: {type: number, trusted: true}
    complaints: {type: integer, trusted: true}
steps:
  - decide: settle
    choices: [pay, reject]
    signals: [model_probability, margin, input_similarity, consensus, completeness]
    consequence:
      money: amount
      medium_from: 1000
      high_from: 10000
HARM    rules:
      - {when: "amount.base > 5000.0 && years < 1.0", route: assist, because: Large and new}
      - {when: "complaints > 3", route: review, because: Has complained often}
LIMITS    WAY
    queue: claims
"""
HARM = """\
      customer:
        - {when: "tier == 'key'", grade: medium, because: A key account}
        - {when: "complaints > 0 && tier != 'plain'", grade: medium, because: Has complained}
      legal: {by: weight}
"""
LIMITS = """\
    limits:
      - {when: "years < 1.0", below: 0.97, because: New customer}
      - {below: 0.5, route: assist, because: Hardly better than a guess}
"""
STEPS = """\
from surehand.core.money import Money
from surehand.core.policy import Grade
from surehand.core.recommendation import Recommendation


def weight(tier: list[str]) -> list[Grade]:
    return [Grade.MEDIUM if one == "key" else Grade.LOW for one in tier]


def settle(amount: Money) -> Recommendation[str]:
    return Recommendation(value="pay", confidence=0.9)
"""
PEOPLE = """\
people:
  ida.owner: {roles: [owner, reviewer]}
  bo.builder: {roles: [builder]}
queues:
  claims: {owner: ida.owner, due: PT24H}
"""
_BANDS, _GUARANTEE = "bands: two-by-two", "guarantee: {error: 0.02, sure: 0.95}"
WAYS = {"bands": ("", "", _BANDS), "all": (HARM, LIMITS, _BANDS), "guarantee": (HARM, LIMITS, _GUARANTEE)}
FITTED = Calibration(
    ("completeness", "consensus", "input_similarity", "margin", "model_probability"), "model_probability",
    Logistic(1.6, (1.1, 0.1, 0.2, 0.4, 0.5), (1.2, 9.0, 8.5, 3.9, 4.5), (1.7, 0.6, 0.9, 0.8, 0.7)),
)  # fmt: skip
EARNED = Earned(Terms(epoch=1, block=0, cut=0.85, check=0.05, blind=0.2), 0.02, FITTED)


def placed(folder: Path, way: str) -> Surehand:
    """A deployment with one decision point."""
    harm, limits, route = WAYS[way]
    text = MAP.replace("HARM", harm).replace("LIMITS", limits).replace("WAY", route)
    files = {
        "claims/process.yaml": text, "claims/steps.py": STEPS, "people.yaml": PEOPLE,
        "surehand.yaml": "mode: development\n",
    }  # fmt: skip
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, "utf-8")
    return assembled(folder)


def passages(version: str, numbers: range) -> list[Passage]:
    """Cases that have come to the decision point."""
    return [
        Passage(
            Case(
                id=f"c-{number}", process="claims", version=version, key=str(number), digest="",
                submitter="ida.owner", input={}, created_at=NOW, updated_at=NOW,
                facts={
                    "order": str(number), "amount": {"amount": f"{number % 7_000}.50", "currency": "EUR"},
                    "tier": ("plain", "key", "gold")[number % 3], "years": number % 11 / 2,
                    "complaints": number % 5,
                },
            ),
            at=NOW,
        )
        for number in numbers
    ]  # fmt: skip


def answers(numbers: range) -> list[Recommendation[Any]]:
    """What a model said of them."""
    return [
        Recommendation(
            value="pay", confidence=0.5 + number % 500 / 1000, source="benchmark",
            alternatives=(Alternative("reject", "", 0.3 - number % 300 / 1000),),
            signals={"margin": 0.99, "input_similarity": 0.98, "consensus": 1.0},
        )
        for number in numbers
    ]  # fmt: skip


def measured(way: str, *, cases: int, runs: int) -> dict[str, Any]:
    """Seconds for all cases by run, and where they went."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="surehand-judging-")))
        surehand = placed(folder, way)
        stack.callback(surehand.close)
        process = surehand.context.processes.named("claims")
        bound = process.steps[0]
        judge(
            surehand, bound, passages(process.version, range(CHUNK)), answers(range(CHUNK)), way
        )  # compiled
        # as a server does once it runs: what is loaded stays to the end, and is not walked through again
        gc.collect()
        gc.freeze()
        took, alone = [], 0
        for _ in range(runs):
            found = list(_run(surehand, bound, way, cases))
            took.append(sum(seconds for seconds, _ in found))
            alone = sum(count for _, count in found)
    median = statistics.median(took)
    return {
        "seconds": round(median, 3), "least": round(min(took), 3), "most": round(max(took), 3),
        "microseconds_per_case": round(median / cases * 1e6, 1), "alone": alone,
    }  # fmt: skip


def _run(surehand: Surehand, bound: BoundStep, way: str, cases: int) -> Iterator[tuple[float, int]]:
    """By chunk, the seconds and how many run alone."""
    version = surehand.context.processes.named("claims").version
    for start in range(0, cases, CHUNK):
        numbers = range(start, min(start + CHUNK, cases))
        came, said = passages(version, numbers), answers(numbers)
        began = time.process_time()
        found = judge(surehand, bound, came, said, way)
        yield time.process_time() - began, sum(not one.route.level.waits for one in found)


def judge(
    surehand: Surehand, bound: BoundStep, came: list[Passage], said: list[Recommendation[Any]], way: str
) -> list[Appraised]:
    """A chunk of them."""
    return appraised(
        surehand.context, surehand.context.processes.named("claims"), bound, came, said,
        failures=[0] * len(came), earned=EARNED if way == "guarantee" else None,
    )  # fmt: skip


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="machine-readable")
    options = parser.parse_args()
    figures = {way: measured(way, cases=options.cases, runs=options.runs) for way in WAYS}
    if options.json:
        print(json.dumps(figures, indent=2))
        return
    for way, found in figures.items():
        print(
            f"{way:10} {found['seconds']:>7.3f} s for {options.cases:,} cases ({found['least']:.3f} to "
            f"{found['most']:.3f}), {found['microseconds_per_case']:.1f} microseconds a case, "
            f"{found['alone']:,} run alone"
        )


if __name__ == "__main__":
    main()
