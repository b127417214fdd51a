"""Script payloads in every text that somebody can fill, on every page, in a real browser: nothing runs."""

import json
import re
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from playwright.sync_api import Page

from surehand.app import assembled, create_app
from surehand.flow import access, filing, stopping
from surehand.flow import people as roster
from surehand.flow.intake import Submission, submit
from surehand.store import cases
from surehand.testing import Clock
from surehand.web.narrowing import FILTERS
from tests.browser import Chromium
from tests.desk import PASSWORD, Desk, Visitor, desk_of
from tests.security.payloads import PAYLOADS
from tests.security.routes import addresses
from tests.served import listening

RITA, OWNER, ADA = "rita.reviewer", "olga.owner", "ada.admin"

#: Tells of what ran, of what our own policy had to stop, and of what a page was made of.
WATCH = """
window.hits = []; window.stopped = [];
window.hit = (what) => window.hits.push(String(what));
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => window.hits.push(name);
document.addEventListener("securitypolicyviolation",
  (event) => window.stopped.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""

FOUND = """() => ({
  hits: window.hits, stopped: window.stopped,
  made: [...document.querySelectorAll("[data-canary], canary-x, #canary, [hx-get*=canary], [data-hx-post]")]
    .map((element) => element.outerHTML.slice(0, 200)),
  turned: /[\\u202a-\\u202e\\u2066-\\u2069\\u200b\\u2060\\ufeff]/.test(document.body.innerText),
  title: /[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.title),
})"""

_PAPERS = """\
process: papers
title: @TITLE@
prefix: PAP
currency: EUR
owner: olga.owner
builder: bo.builder
input: {document: [lines, pdf], fields: {shop: {type: text}, words: {type: texts, required: false}}}
models: {ours: {provider: external}}
steps:
  - lookup: find_shop
  - decide: choose
    model: ours
    question: @QUESTION@
    choices: [this, other]
    subject: shop
    level: review
    rules:
      - {when: "shop != ''", route: review, because: @BECAUSE@, policy: P-1}
    queue: refunds
    reasons: [known]
exceptions:
  - {name: odd, when: "shop == 'odd'", queue: refunds, because: @ODD@}
policies: {P-1: @POLICY@}
"""

_PAPER_STEPS = """\
from pydantic import BaseModel


class Found(BaseModel):
    about: str
    rows: list[str]


def find_shop(shop: str | None) -> Found:
    return Found(about=f"found {shop}", rows=[shop or "", "two"])
"""


def written(place: Path) -> None:
    """A process whose own words are hostile too, and people with such names."""
    words = iter(cycle(PAYLOADS))
    text = _PAPERS
    for name in ("TITLE", "QUESTION", "BECAUSE", "ODD", "POLICY"):
        payload = next(words)
        text = text.replace(f"@{name}@", json.dumps(payload if name != "QUESTION" else payload + " {shop}?"))
    (place / "papers").mkdir()
    (place / "papers" / "process.yaml").write_text(text)
    (place / "papers" / "steps.py").write_text(_PAPER_STEPS)
    people = (place / "people.yaml").read_text()
    for name in ("Rita Reviewer", "Sam Reviewer", "Olga Owner", "Web shop"):
        people = people.replace(f"name: {name}", f"name: {json.dumps(next(words))}")
    ada = f"  {ADA}: {{roles: [administrator], name: {json.dumps(next(words))}}}\n"
    assert "\nqueues:" in people
    (place / "people.yaml").write_text(people.replace("\nqueues:", f"\n{ada}queues:", 1))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("hostile")
    with desk_of(folder / "place", f"sqlite:///{folder}/surehand.db") as first:
        first.surehand.close()
        written(folder / "place")
        surehand = assembled(folder / "place")
        roster.replace(
            surehand.context, surehand.deployment.people, by=OWNER, rev=surehand.context.people_rev
        )
        access.set_password(surehand.context, ADA, PASSWORD)
        clock = Clock(surehand.context.clock())
        surehand.context.clock = clock
        try:
            yield Desk(surehand, create_app(surehand), clock)
        finally:
            surehand.close()


def filled(desk: Desk, payloads: Iterator[str]) -> list[str]:
    """Cases with a payload in every text that a submitter, a document, a model or a person gives."""
    context = desk.surehand.context

    def taken(process: str, given: dict[str, Any], **more: Any) -> str:
        item = Submission(process=process, input=given, key=f"{next(payloads)[:150]} {desk.clock()}", **more)
        case = submit(context, item, submitter="shop.service").case
        desk.wait(seconds=1)
        return case.id

    def brought(value: Any) -> dict[str, Any]:
        return {
            "value": value, "confidence": 0.8, "reasons": [next(payloads), next(payloads)],
            "alternatives": [{"value": "reject", "because": next(payloads), "confidence": 0.1}],
            "signals": {}, "source": next(payloads)[:190],
        }  # fmt: skip

    lines = [f"number: {next(payloads)}", f"buyer: {next(payloads)}", "total: 610.00 EUR?", next(payloads)]
    words = [{"text": row, "box": [0, 20 * n, 300, 20 * n + 12]} for n, row in enumerate(lines)]
    order = taken("orders", {"document": {"pages": [{"lines": words}]}, "shop": next(payloads)})
    nameless = taken("orders", {"document": {"pages": [{"lines": words[1:]}]}})
    refund = taken(
        "refunds", {"customer": next(payloads), "amount": "40 EUR", "note": next(payloads),
                    "tags": [next(payloads), next(payloads)]},
        recommendations={"approve_refund": brought("pay")},
    )  # fmt: skip
    broken = filing.keep(context, b"%PDF-1.4 nothing " + next(payloads).encode(), by="shop.service").digest
    named = {"file": broken, "name": next(payloads).replace("/", "-").replace("\x00", "")[:150] + ".pdf"}
    paper = taken("papers", {"document": named, "shop": next(payloads), "words": [next(payloads)]})
    post = taken("posts", {"text": next(payloads)}, recommendations={"stars": brought(3)})
    choice = taken("papers", {"shop": next(payloads)}, recommendations={"choose": brought("other")})
    stopping.stop(context, OWNER, "papers", because=next(payloads))
    people = desk.person(RITA)
    asked = people.verdict(refund, "ask", question=next(payloads), note=next(payloads))
    assert asked.status_code == 303
    _begun(people, [order, paper, post, choice], payloads)
    return [order, nameless, refund, paper, post, choice]


def _begun(people: Visitor, case_ids: list[str], payloads: Iterator[str]) -> None:
    """What stays half written, what briefs are said to lack, and views that are kept under a name."""
    for case_id in case_ids:
        if people.http.get(f"/cases/{case_id}/brief", follow_redirects=True).status_code != 200:
            continue
        people.get(f"/cases/{case_id}/brief")
        kept = people.send(
            f"/cases/{case_id}/draft", note=next(payloads), question=next(payloads), reason="other",
            value=next(payloads),
        )  # fmt: skip
        assert kept.status_code in (200, 204, 303), kept.text[:300]
        said = people.send(
            f"/cases/{case_id}/elsewhere", **{"lacks": "other", "lacks.words": next(payloads)[:300]}
        )
        assert said.status_code in (200, 303), said.text[:300]
    people.get("/inbox")
    for _ in range(3):
        name, text = (next(payloads)[:60].strip() for _ in range(2))
        people.send("/inbox/views", name=name, query=urlencode({"view": "all", "text": text}))
    held = re.findall(r'name="row" form="bulk" value="([^"]+)"', people.get("/inbox?view=all"))
    assert held
    people.send("/inbox/selected", row=held, task="priority", priority="urgent", note=next(payloads))


def decided(desk: Desk, case_ids: list[str], payloads: Iterator[str]) -> None:
    """What people write, as the story tells it afterwards."""
    rita = desk.person(RITA)
    order, nameless, refund, *_ = case_ids
    context = desk.surehand.context
    with context.db.read() as connection:
        held = cases.open_assignments(connection, [refund])[refund]
    other = desk.person(held.person) if held.person in (OWNER, "sam.reviewer") else None
    if other:
        other.get(f"/cases/{refund}/brief")
        other.send(f"/cases/{refund}/answer", answer=next(payloads))
    edited = rita.verdict(order, "edit", field_buyer=next(payloads), reason="price-list", note=next(payloads))
    assert edited.status_code == 303, edited.text[:500]
    desk.run()
    rejected = rita.verdict(order, "reject", reason="other", note=next(payloads))
    assert rejected.status_code in (303, 422)
    rita.verdict(nameless, "escalate", note=next(payloads))
    desk.run()
    (standing,) = stopping.overview(context, ADA).in_force
    stopping.ask_to_resume(context, OWNER, standing.stop.id)
    stopping.agree(context, ADA, standing.stop.id)


class Eyes:
    """A browser that looks at pages and says what should not have been there."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.seen: set[str] = set()
        self.asked: list[str] = []
        page.add_init_script(WATCH)
        page.on("request", lambda request: self.asked.append(request.url))

    def sign_in(self, name: str) -> None:
        self.page.goto(f"{self.url}/signin")
        self.page.fill("#u", name)
        self.page.fill("#p", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(lambda url: "signin" not in url)

    def look(self, path: str, status: tuple[int, ...] = (200, 404, 422)) -> None:
        response = self.page.goto(f"{self.url}{path}", wait_until="load")
        assert response is not None
        assert response.status in status, (path, response.status)
        self.judge(path)

    def judge(self, what: str) -> None:
        found = self.page.evaluate(FOUND)
        assert found["hits"] == [], (what, found)
        assert found["stopped"] == [], (what, found)
        assert found["made"] == [], (what, found)
        assert not found["turned"], (what, found)
        assert not found["title"], (what, found)
        assert not [url for url in self.asked if urlsplit(url).path == "/canary"], what


def pages_of(desk: Desk, case_ids: list[str]) -> Iterator[str]:
    """Every page that the application has, for every case."""
    for address in addresses(desk.app):
        if address.api or address.method != "GET" or address.path.startswith("/static"):
            continue
        if address.path.endswith((".png", "/file", "/live")):
            continue  # no pages: a picture, a file to be saved, a number
        if "{case_id}" in address.path:
            yield from (address.filled(case_id=case_id) for case_id in case_ids)
        else:
            yield address.filled(token="t" * 40)
    yield from ("/inbox?view=all", "/inbox?view=queues", "/cases?q=papers", "/nothing-here")


def browsed(chromium: Chromium, desk: Desk, case_ids: list[str]) -> int:
    """Look at everything as a reviewer, an owner and an administrator. Returns how many pages."""
    count = 0
    with listening(desk.app) as url:
        for name in (RITA, OWNER, ADA):
            with chromium.page() as page:
                eyes = Eyes(page, url)
                eyes.sign_in(name)
                for path in pages_of(desk, case_ids):
                    eyes.look(path, (200, 403, 404, 409, 422))
                    count += 1
    return count


@pytest.mark.parametrize("rounds", [1, pytest.param(len(PAYLOADS), marks=pytest.mark.long)])
def test_in_every_text_that_somebody_gives(chromium: Chromium, desk: Desk, rounds: int) -> None:
    """Each round shifts the payloads by some fields; as many rounds as payloads have each in each field."""
    assert len(PAYLOADS) >= 25
    for shift in range(rounds):
        start = shift * (29 if rounds < len(PAYLOADS) else 1)
        payloads = islice(cycle(PAYLOADS), start, None)
        case_ids = filled(desk, payloads)
        assert browsed(chromium, desk, case_ids) > 30
        decided(desk, case_ids, payloads)
        assert browsed(chromium, desk, case_ids[:3]) > 20


@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.long)])
def test_in_every_address(chromium: Chromium, desk: Desk, step: int) -> None:
    case_id = desk.order()
    with listening(desk.app) as url, chromium.page() as page:
        eyes = Eyes(page, url)
        for payload in PAYLOADS[:: 2 * step]:
            eyes.look(f"/signin?next={quote(payload, safe='')}")
        eyes.sign_in(RITA)
        names: dict[str, tuple[str, ...]] = {"/cases": ("q", "state", "process", "cursor", "tag")}
        names["/inbox"] = (*FILTERS, "view", "queue", "cursor", "sort", "saved", "done", "skip")
        names[f"/cases/{case_id}/brief"] = ("page", "part", "of", "compare", "compare_page")
        for n, payload in enumerate(PAYLOADS[::step]):
            sent = quote(payload, safe="")
            path = list(names)[n % len(names)]
            eyes.look(f"{path}?" + "&".join(f"{name}={sent}" for name in names[path]))
            eyes.look(f"/cases?q={sent}")
            eyes.look(f"/cases/{quote(payload, safe='')}")
            eyes.look(f"/{quote(payload, safe='/')}")


@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.long)])
def test_in_every_form_that_comes_back(chromium: Chromium, desk: Desk, step: int) -> None:
    """What was typed is shown again: a verdict that is refused, one that came too late, a wrong password."""
    case_id = desk.order()
    with listening(desk.app) as url, chromium.page() as page:
        eyes = Eyes(page, url)
        page.goto(f"{url}/signin")
        for payload in PAYLOADS[:: 2 * step]:
            sent(page, "/signin", {"name": payload, "password": "x", "next": payload})
            eyes.judge(f"sign-in {payload}")
        desk.wait(minutes=20)
        eyes.sign_in(RITA)
        page.goto(f"{url}/cases/{case_id}/brief")
        for n, payload in enumerate(PAYLOADS[::step]):
            values = dict.fromkeys(
                ("value", "reason", "note", "question", "field.buyer", "field.number"), payload
            )
            verb = ("approve", "edit", "ask", payload)[n % 4]
            page.goto(f"{url}/cases/{case_id}/brief")
            sent(page, f"/cases/{case_id}/verdict", {**values, "reason": payload, "verdict": verb})
            eyes.judge(f"refused {verb} {payload}")
            if desk.case(case_id).round > 1 or desk.case(case_id).owner != RITA:
                desk.run()
                case_id = desk.order()
        visitor = Visitor(page_client(desk)).sign_in(OWNER)
        late = desk.order()
        page.goto(f"{url}/cases/{late}/brief")
        assert visitor.verdict(late, "reject", reason="other", note=PAYLOADS[0]).status_code == 303
        for payload in PAYLOADS[:: 2 * step]:
            page.goto(f"{url}/inbox")
            sent(
                page,
                f"/cases/{late}/verdict",
                {"verdict": "approve", "note": payload, "digest": "x", "value": payload},
            )
            eyes.judge(f"too late {payload}")


def page_client(desk: Desk) -> Any:
    return desk.visitor().http


def sent(page: Page, path: str, values: dict[str, str]) -> None:
    """Send a form with what the page's own forms hold hidden, past the page's script."""
    with page.expect_navigation():
        page.evaluate(
            """([path, values]) => {
              const form = document.createElement("form");
              form.method = "post"; form.action = path;
              const hidden = [...document.querySelectorAll("input[type=hidden]")];
              const ours = hidden.map((input) => [input.name, input.value]);
              for (const [name, value] of [...ours, ...Object.entries(values)]) {
                const area = document.createElement("textarea");
                area.name = name; area.value = value; form.append(area);
              }
              document.body.append(form);
              HTMLFormElement.prototype.submit.call(form);
            }""",
            [path, values],
        )


def test_the_watch_would_notice(chromium: Chromium, desk: Desk) -> None:
    """A page of ours into which a payload is put as HTML, so that all of the above can fail."""
    with listening(desk.app) as url, chromium.page() as page:
        eyes = Eyes(page, url)
        for payload, what in (
            ("<img src=x onerror=hit('img') data-canary>", "stopped"),
            ("<canary-x>", "made"),
            ("pay\u202epal", "turned"),
        ):
            page.goto(f"{url}/signin")
            page.evaluate("(html) => document.body.insertAdjacentHTML('beforeend', html)", payload)
            page.wait_for_timeout(200)
            assert page.evaluate(FOUND)[what]
            with pytest.raises(AssertionError):
                eyes.judge(payload)
