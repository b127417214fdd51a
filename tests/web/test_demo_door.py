"""The demo's people sign in by a click: in the demo, on this machine, through the address that it printed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from surehand.app import assembled, create_app
from surehand.demo.place import copied
from tests.client import Client

TOKEN = "a-token-that-only-the-demo-printed"


@pytest.fixture
def home(tmp_path: Path) -> Iterator:
    surehand = assembled(copied(tmp_path / "company"))
    yield surehand
    surehand.close()


def browser(surehand, *, token: str | None, host: str = "127.0.0.1") -> Client:
    app = create_app(surehand, demo_token=token)
    return Client(app, base_url="http://127.0.0.1:8420", client=(host, 5000), follow_redirects=False)


def signed_in_by_click(client: Client, name: str) -> int:
    page = client.get("/signin").text
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    client.post("/signin", data={"csrf": csrf, "as": name, "next": "/"})
    return client.get("/inbox").status_code


def test_the_printed_address_opens_the_door(home):
    client = browser(home, token=TOKEN)
    assert client.get("/").headers["location"] == "/signin"
    entered = client.get(f"/demo/{TOKEN}")
    assert entered.status_code == 303
    assert "HttpOnly" in entered.headers["set-cookie"]
    assert "SameSite=strict" in entered.headers["set-cookie"]
    assert "nur.aisyah" in client.get("/signin").text
    assert signed_in_by_click(client, "nur.aisyah") == 200


@pytest.mark.parametrize(
    ("token", "tried", "host"),
    [
        (TOKEN, "another", "127.0.0.1"),
        (TOKEN, TOKEN, "10.1.2.3"),
        (None, "None", "127.0.0.1"),
    ],
    ids=["wrong token", "from another machine", "not the demo"],
)
def test_nothing_else_does(home, token, tried, host):
    client = browser(home, token=token, host=host)
    assert client.get(f"/demo/{tried}").status_code == 404
    client.cookies.set("surehand_demo", tried)
    assert client.get("/").headers["location"] == "/signin"
    assert signed_in_by_click(client, "nur.aisyah") == 303
    assert "nur.aisyah" not in client.get("/signin").text
