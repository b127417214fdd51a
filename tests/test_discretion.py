"""What may be told of an error: no secret in its words, and no words in a log."""

import time

import pytest

from surehand.discretion import HIDDEN, mask_of, trace

MASK = mask_of(
    ["the-deployments-own-secret-0123456789", "short"],
    database_url="postgresql://desk:p%40ss-word-9@db.example/surehand",
    environment={
        "LEDGER_API_KEY": "ledger-key-5521",
        "HOME": "/home/someone",
        "SMTP_PASSWORD": "mail-pass-77",
    },
)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("HMAC of the-deployments-own-secret-0123456789 failed", "the-deployments-own-secret-0123456789"),
        ("cannot reach postgresql://desk:p%40ss-word-9@db.example", "p%40ss-word-9"),
        ("password authentication failed with p@ss-word-9", "p@ss-word-9"),
        ("401 for key ledger-key-5521", "ledger-key-5521"),
        ("535 mail-pass-77 refused", "mail-pass-77"),
        ("GET https://user:hunter2@erp.example/x", "hunter2"),
        ("sent Authorization: Bearer abcdefgh.ijkl-mnop", "abcdefgh.ijkl-mnop"),
        ("sent authorization: Basic dXNlcjpodW50ZXIy==", "dXNlcjpodW50ZXIy"),
        ("key sh_aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789-_ is unknown", "sh_aBcDeFgHiJkLmNoPqRsTuVwXyZ"),
        ("{'password': 'hunter2', 'user': 'x'}", "hunter2"),
        ("https://erp.example/?user=x&token=hunter2&more=1", "hunter2"),
        ("api-key=hunter2", "hunter2"),
    ],
)
def test_a_secret_is_hidden(text: str, hidden: str) -> None:
    assert hidden in text
    masked = MASK(text)
    assert hidden not in masked
    assert HIDDEN in masked


@pytest.mark.parametrize(
    "text",
    [
        "KeyError: 'total'", "ConnectError: https://erp.example:8443/invoices refused", "short", "/home/one",
        "the bearer of this letter", "PermanentFailure: the password is wrong", "mail ap.clerk@example.org",
    ],
)  # fmt: skip
def test_other_words_stay(text: str) -> None:
    assert MASK(text) == text


def test_a_long_text_is_masked_in_no_time() -> None:
    began = time.monotonic()
    for piece in ("://a:", "password=", "bearer a", "sh_", "a:a@", "token = "):
        MASK(piece * 20_000)
    assert time.monotonic() - began < 2


def test_a_trace_names_kinds_and_places_and_no_words() -> None:
    try:
        try:
            raise ValueError("IBAN DE02120300000000202051")
        except ValueError as cause:
            raise RuntimeError("for Maria Testperson") from cause
    except RuntimeError as error:
        told = trace(error)
    assert "builtins.ValueError" in told
    assert told.endswith("builtins.RuntimeError")
    assert told.count("test_discretion.py:") == 2
    assert "DE02" not in told
    assert "Maria" not in told
