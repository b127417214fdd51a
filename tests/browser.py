"""Chromium for the tests that look at real pages. Debian's own; Playwright's download is never used."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from tools.machine import FLAGS

CONTEXT = {"locale": "en-GB", "timezone_id": "UTC", "viewport": {"width": 1280, "height": 800}}
OWN_HOSTS = {"localhost", "127.0.0.1", "::1", None}


@dataclass(frozen=True)
class Chromium:
    """A running browser.

    Playwright's synchronous interface leaves its event loop marked as running in the thread for as long as it
    lives, so that a later `asyncio.run` in any test of the same process would fail. The mark is therefore set
    only while a test holds a page.
    """

    browser: Browser
    loop: asyncio.AbstractEventLoop | None

    @contextmanager
    def page(self, **more: Any) -> Iterator[Page]:
        """A page in a context of its own. Fails at the end if a script broke or a request left the site.

        more  what is special about the context, such as `java_script_enabled=False`
        """
        faults: list[str] = []
        with _running(self.loop), self.browser.new_context(**{**CONTEXT, **more}) as context:
            page = context.new_page()
            page.set_default_timeout(10_000)
            page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
            page.on("request", lambda request: faults.extend(_outside(request.url)))
            yield page
        assert not faults, "\n".join(faults)


@contextmanager
def running_chromium(executable: Path) -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        chromium = Chromium(browser, asyncio._get_running_loop())
        with _running(None):
            yield chromium
        browser.close()


@contextmanager
def _running(loop: asyncio.AbstractEventLoop | None) -> Iterator[None]:
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(before)


def _outside(url: str) -> list[str]:
    parts = urlsplit(url)
    leaves = parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in OWN_HOSTS
    return [f"request left the site: {url}"] if leaves else []
