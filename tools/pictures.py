"""Take the pictures of the docs from the running demo: `.venv/bin/python tools/pictures.py`.

Needs what the browser tests need. The pictures change with the product and with nothing else: the demo's
papers come from a fixed seed.
"""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.desk import PASSWORD  # noqa: E402 - the folders of tools and tests are not installed
from tests.loans import POINT, applications, loans_desk  # noqa: E402
from tests.pasts import told  # noqa: E402
from tests.served import listening  # noqa: E402
from tools.machine import CHROMIUM, FLAGS  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"


def main() -> None:
    """Run the demo, walk through it, and write the pictures."""
    PICTURES.mkdir(exist_ok=True)
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900}).new_page()
        page.goto(address)
        shot(page, "demo")
        page.get_by_role("button", name=re.compile("Start as")).click()
        page.wait_for_load_state("networkidle")
        shot(page, "brief")
        with promised() as address:
            page.set_viewport_size({"width": 1280, "height": 1040})
            page.goto(f"{address}/signin?next=/guarantees/loans/grant_loan")
            page.fill("[name=name]", "rita.reviewer")
            page.fill("[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            shot(page, "guarantee")
        browser.close()


@contextmanager
def promised() -> Iterator[str]:
    """A desk whose guarantee has been through something: a kind of case that the AI did not know."""
    with tempfile.TemporaryDirectory() as home:
        database = f"sqlite:///{home}/surehand.db"
        with loans_desk(Path(home) / "place", database) as desk, listening(desk.app) as address:
            desk.clock.move(datetime(2027, 3, 1, 8, tzinfo=UTC) - desk.clock())
            for seed, (count, spoilt) in enumerate(((6_000, 0.0), (700, 0.25), (6_000, 0.0))):
                cases = applications(count, seed=seed, spoilt=spoilt)
                told(
                    desk.surehand.context, POINT, cases, seed=seed, together=25, delay=10,
                    passing=desk.clock.move, each=timedelta(minutes=12),
                )  # fmt: skip
            yield address


@contextmanager
def demo() -> Iterator[str]:
    """The address that the demo prints."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "surehand.cli", "demo", home, "--serve", "--port", "8473"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout is not None
            found = (re.search(r"http://\S+/demo/\S+", line) for line in process.stdout)
            address = next(match[0] for match in found if match)
            time.sleep(1)
            try:
                yield address
            finally:
                process.terminate()


def shot(page: Page, name: str) -> None:
    """A picture with as many colours as it needs and no more."""
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"wrote {path.relative_to(ROOT)}, {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
