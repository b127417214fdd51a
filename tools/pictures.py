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
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.machine import CHROMIUM, FLAGS  # noqa: E402 - the folder of the tools is not installed

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
        browser.close()


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
