"""One sitting of a reviewer: real receipts, a real browser, and nothing but the keyboard.

    python -m benchmarks.sitting [--data DIR] [--count N] [--database URL] [--without-script] [--json]

The process of `examples/receipts` with every case routed to `review`. The reviewer knows what is right (the
data set says so), looks at the page as it stands, and presses keys: for a doubtful field that is right
`Alt 2`, for one whose second choice is right `Alt 1`, else the right value is typed; then a reason, and the
verdict. The page that comes next is the next case. A sitting ends when nothing waits.

keystrokes   of a case; a chord or a letter is one
correct      cases that were read right
correcting   cases with a wrong date or total, until the right values were saved; such a case is checked again
             with them, and comes back to be approved
seconds      from a page that is there to the next page that is there, pressed without pausing to think

With `--without-script` the same is done with controls that are filled and sent, and no keys are counted.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from benchmarks.callers import Figures
from surehand.app import Surehand, create_app, running
from surehand.demo.place import copied
from surehand.flow import access
from surehand.flow.admission import Accepted
from surehand.flow.intake import Submission, submit_many
from surehand.store import cases
from surehand.web.identity import SESSION_COOKIE

if TYPE_CHECKING:
    from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).parents[1]))
from examples.receipts.sroie import normal, to_case

PROCESS, PERSON = "expense-receipts", "finance.lead"

#: The fields that are compared with what is right, and the reasons that are given.
CHECKED = ("date", "total")
MISREAD, RIGHT = "1", "3"

_BANDS = re.compile(r"    bands:\n(?:      - .*\n)+")
_PATIENCE = 60.0


@dataclass
class Sitting:
    """What the reviewer did.

    keys       case -> keystrokes
    corrected  case -> of these, until the right values were saved
    """

    keys: dict[str, int] = field(default_factory=dict)
    corrected: dict[str, int] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    pages: int = 0


@contextmanager
def company(folder: Path, database: str | None) -> Iterator[Surehand]:
    """The deployment of the examples with this one process, in which one person decides every receipt."""
    copied(folder)
    for other in folder.iterdir():
        if other.is_dir() and other.name != "receipts":
            shutil.rmtree(other)
    people = (folder / "people.yaml").read_text()
    for members in ("[nur.aisyah, wei.ming]", "[scan.desk]"):
        people = people.replace(f"members: {members}", f"members: [{PERSON}]")
    (folder / "people.yaml").write_text(people)
    map_ = folder / "receipts" / "process.yaml"
    map_.write_text(_BANDS.sub("    level: review\n", map_.read_text()))
    place = {"RECEIPTS_LEDGER": str(folder / "ledger.sqlite3"), "SUREHAND_UNDO_FOR": "PT0S"}
    if database is not None:
        place["SUREHAND_DATABASE"] = database
    with patch.dict(os.environ, place), running(folder) as surehand:
        yield surehand


def sent(surehand: Surehand, rows: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Submit them; case -> what is right. Returns when all of them wait."""
    items = [Submission(process=PROCESS, key=row["id"], input=to_case(row)) for row in rows]
    taken = submit_many(surehand.context, items, submitter="platform.dev")
    right = {
        one.case.id: row["truth"] for one, row in zip(taken, rows, strict=True) if isinstance(one, Accepted)
    }
    if len(right) < len(rows):
        raise SystemExit(f"only {len(right)} of {len(rows)} receipts were taken in")
    _until(lambda: _all_wait(surehand, list(right)))
    return right


def _all_wait(surehand: Surehand, ids: Sequence[str]) -> bool:
    with surehand.context.db.read() as connection:
        found = cases.load(connection, ids).values()
    return all(one.state in ("waiting", "done", "rejected") for one in found)


def _until(holds: Callable[[], bool]) -> None:
    patience = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > patience:
            raise SystemExit("the cases do not come to rest")
        time.sleep(0.05)


# The reviewer


@dataclass
class Reviewer:
    """Somebody at a page. `press` is one keystroke, chords and letters alike."""

    page: "Page"
    url: str
    right: Mapping[str, Mapping[str, Any]]
    sitting: Sitting = field(default_factory=Sitting)
    _case: str = ""

    def press(self, *keys: str) -> None:
        """One keystroke each."""
        for key in keys:
            self.page.keyboard.press(key)
        self.sitting.keys[self._case] = self.sitting.keys.get(self._case, 0) + len(keys)

    def type(self, text: str) -> None:
        """A keystroke for each letter."""
        self.page.keyboard.type(text)
        self.sitting.keys[self._case] = self.sitting.keys.get(self._case, 0) + len(text)

    def work(self) -> None:
        """Until nothing waits any more."""
        while self._opened():
            began = time.perf_counter()
            while (found := re.search(r"/cases/([^/]+)/brief", self.page.url)) is not None:
                self._case = found[1]
                self.decide(self.right[self._case])
                self.sitting.pages += 1
                self.sitting.seconds.append(time.perf_counter() - began)
                began = time.perf_counter()

    def _opened(self) -> bool:
        """The first case of the inbox; a case that was corrected needs a moment to come back."""
        self._case = "inbox"
        for _ in range(20):
            self.page.goto(f"{self.url}/inbox", wait_until="load")
            if self.page.locator(".row").count():
                self.enter()
                return True
            time.sleep(0.1)
        return False

    def enter(self) -> None:
        """Open the first case of the inbox."""
        with self.page.expect_navigation(wait_until="load"):
            self.press("j", "Enter")

    def decide(self, truth: Mapping[str, Any]) -> None:
        """One brief: correct what is wrong, confirm what is right, give a reason, and say so."""
        wrong = self._wrong(truth)
        for name in wrong:
            self._correct(name, str(truth[name]))
        if wrong:
            self._give(MISREAD, "e")
            self.sitting.corrected[self._case] = self.sitting.keys[self._case]
            return
        while self._focused(".field.check"):
            self.press("Alt+2")
        if self.page.locator(".opts").count():  # nothing is recommended that could be approved
            if self._focused("input, select"):
                self.press("Escape")
            self.press("d", "1")
        self._give(RIGHT, "a")

    def _wrong(self, truth: Mapping[str, Any]) -> list[str]:
        found = []
        for name in CHECKED:
            box = self.page.locator(f"#i-{name}")
            if box.count() and normal(name, truth.get(name)) not in (None, normal(name, box.input_value())):
                found.append(name)
        return found

    def _correct(self, name: str, value: str) -> None:
        """To the field by its key, then the value: the second choice where it is right."""
        if self.page.evaluate("document.activeElement.id") == f"i-{name}":
            self.press("Control+a")  # it has the focus from the start, and nobody has asked for it
        elif not self._focused("input, select"):
            self._by_number(name)
        for _ in range(8):
            if self.page.evaluate("document.activeElement.id") == f"i-{name}":
                break
            self.press("Enter" if self._focused(".field") else "f")
            if self._focused(
                "#why"
            ):  # past the doubtful ones: by the number beside the value, or field by field
                self._by_number(name)
        offered = self.page.locator(f"#f-{name} [data-use]")
        if offered.count() and normal(name, offered.get_attribute("data-use")) == normal(name, value):
            self.press("Alt+1")
        else:
            self.type(_as_typed(name, value))

    def _by_number(self, name: str) -> None:
        number = self.page.locator(f"#f-{name} .ev")
        if self._focused("input, textarea, select"):
            self.press("Escape")
        if number.count():
            self.press(number.inner_text().strip(), "Enter")
            return
        self.press("f")
        for _ in range(12):
            if self.page.evaluate("document.activeElement.id") == f"i-{name}":
                self.page.evaluate("document.activeElement.select()")
                return
            self.press("Tab")

    def _focused(self, within: str) -> bool:
        return bool(self.page.evaluate("(s) => Boolean(document.activeElement.closest(s))", within))

    def _give(self, reason: str, verdict: str) -> None:
        if self.page.locator("#why").count():
            while self._focused(".field"):
                self.press("Enter")
            if not self._focused("#why"):
                self.press("w")
            self.press(reason)
        elif self._focused("input, textarea, select"):
            self.press("Escape")
        with self.page.expect_navigation(wait_until="load"):
            self.press(verdict)


def _as_typed(name: str, value: str) -> str:
    """As the field takes it: 2018-02-27, 22.65."""
    return str(normal(name, value))


class Formal(Reviewer):
    """The same with a browser that runs no script: controls are filled, and buttons clicked."""

    def enter(self) -> None:
        """By its link."""
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator(".row .ttl").first.click()

    def decide(self, truth: Mapping[str, Any]) -> None:
        """Fill, choose, click."""
        wrong = self._wrong(truth)
        for name in wrong:
            self.page.fill(f"#i-{name}", _as_typed(name, str(truth[name])))
        if wrong:
            self.sitting.corrected[self._case] = 0
        else:
            for box in self.page.locator("[name='checked']").all():
                box.check()
            if self.page.locator(".opts").count():
                self.page.locator(".opts input").first.check()
        if self.page.locator("#why").count():
            self.page.select_option("#why", index=int(MISREAD if wrong else RIGHT))
        with self.page.expect_navigation(wait_until="load"):
            self.page.locator(f"button[name='verdict'][value='{'edit' if wrong else 'approve'}']").click()


def sat(
    folder: Path, rows: Sequence[Mapping[str, Any]], page: "Page", *, database: str | None = None,
    without_script: bool = False,
) -> tuple[Sitting, Figures]:  # fmt: skip
    """One sitting, and what became of the cases."""
    from tests.served import listening

    with company(folder, database) as surehand:
        right = sent(surehand, rows)
        app = create_app(surehand)
        with listening(app) as url:
            token, _ = access.sign_in_as(surehand.context, PERSON)
            page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": url}])
            reviewer = (Formal if without_script else Reviewer)(page, url, right)
            reviewer.work()
        _until(lambda: _all_wait(surehand, list(right)))
        with surehand.context.db.read() as connection:
            found = cases.load(connection, list(right)).values()
            verdicts = sum(len(cases.verdicts(connection, one.id)) for one in found)
    ended = dict(Counter(str(one.state) for one in found))
    still = sum(any(_differs(one.facts, right[one.id], name) for name in CHECKED) for one in found)
    return reviewer.sitting, {"ended": ended, "verdicts": verdicts, "still_wrong": still}


def _differs(facts: Mapping[str, Any], truth: Mapping[str, Any], name: str) -> bool:
    value = facts.get(name)
    value = value["amount"] if isinstance(value, Mapping) else value
    return normal(name, truth.get(name)) not in (None, normal(name, value))


def figures_of(sitting: Sitting) -> Figures:
    """Keystrokes and seconds of a sitting."""
    keys = {case: count for case, count in sitting.keys.items() if case != "inbox"}
    wrong = list(sitting.corrected.values())
    again = [count for case, count in keys.items() if case in sitting.corrected]
    fine = [count for case, count in keys.items() if case not in sitting.corrected]
    # whoever corrects a case sees it twice
    right = sitting.pages - 2 * len(sitting.corrected)
    found: Figures = {"pages": sitting.pages, "correct": right, "corrected": len(sitting.corrected)}
    if keys:
        found |= {
            "keystrokes_correct_median": statistics.median(fine) if fine else None,
            "keystrokes_correct_most": max(fine, default=None),
            "keystrokes_correcting_median": statistics.median(wrong) if wrong else None,
            "keystrokes_correcting_most": max(wrong, default=None),
            "keystrokes_corrected_and_approved_median": statistics.median(again) if again else None,
        }
    found["seconds_median"] = round(statistics.median(sitting.seconds), 3)
    return found


def chosen(folder: Path, count: int) -> list[Mapping[str, Any]]:
    """The first receipts of the half that nothing was made on."""
    lines = (folder / "receipts.jsonl").read_text("utf-8").splitlines()
    return [row for row in map(json.loads, lines) if int(row["id"]) % 2 == 1][:count]


def main() -> None:
    """Sits down and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data/sroie_receipts"))
    parser.add_argument("--count", type=int, default=100, help="receipts")
    parser.add_argument("--database", help="SQLAlchemy URL; a SQLite file by default")
    parser.add_argument("--without-script", action="store_true", help="in a browser that runs no script")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    options = parser.parse_args()
    from tests.browser import running_chromium
    from tools.machine import CHROMIUM

    rows = chosen(options.data, options.count)
    with (
        tempfile.TemporaryDirectory(prefix="sitting-") as scratch,
        running_chromium(CHROMIUM) as chromium,
        chromium.page(java_script_enabled=not options.without_script) as page,
    ):
        sitting, ended = sat(
            Path(scratch) / "company", rows, page, database=options.database,
            without_script=options.without_script,
        )  # fmt: skip
    figures = {"receipts": len(rows), **figures_of(sitting), **ended}
    print(json.dumps(figures, indent=2)) if options.json else _tell(figures)


def _tell(figures: Figures) -> None:
    for name, value in figures.items():
        print(f"{name:28} {value}")


if __name__ == "__main__":
    main()
