"""What leaves for a model holds no value that is known, nor what looks like one; what returns is put back."""

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.bound import BoundStep
from surehand.core.process import Masking, Model
from surehand.core.recommendation import Recommendation
from surehand.core.steps import Decide, Draft
from surehand.errors import PermanentFailure
from surehand.providers.llm import ask, shapes
from surehand.providers.llm.masking import Masks, masks_of
from tests.language import Speaker, answers, speaking

FACTS = {
    "customer": "Grace Hopper",
    "contact_email": "grace.hopper@navy.example",
    "iban": "DE89 3704 0044 0532 0130 00",
    "account": 4711123456,
    "supplier": "Möbel & Söhne GmbH",
    "vendor": {"name": "Ada Lovelace", "score": 0.5},
    "people": [{"phone": "+49 30 901820", "role": "buyer"}],
    "order": "K-77",
    "total": {"amount": "12.50", "currency": "EUR"},
    "text": (
        "Dear team, GRACE  HOPPER (Hopper) writes from Grace.Hopper@navy.example. Pay möbel & söhne gmbh to "
        "DE89370400440532013000 or 4711 123 456. Ask Ada at +49 (30) 90 18 20. Order K-77. Her other card is "
        "4111-1111-1111-1111, mail other@home.example, IBAN NL91 ABNA 0417 1643 00, at 192.168.7.9."
    ),
}
KNOWN = (
    "grace", "hopper", "navy.example", "DE89", "0532", "4711", "möbel", "söhne", "ada", "lovelace", "901820",
    "90 18", "4111", "other@home", "NL91", "192.168",
)  # fmt: skip


def test_nothing_that_is_known_is_left_and_all_of_it_comes_back() -> None:
    masks = masks_of(FACTS, (), shapes.found)
    masked = masks.masked(FACTS)
    seen = json.dumps(masked, ensure_ascii=False).lower()
    # names of fields stay
    for value in KNOWN:
        assert value.lower() not in seen, value
    assert masked["order"] == "K-77"
    assert masked["total"] == FACTS["total"]
    assert masked["vendor"]["score"] == 0.5
    assert "Order K-77" in masked["text"]
    for name in ("customer", "text", "supplier", "iban", "contact_email"):
        assert masks.restored(masked[name]) == FACTS[name]


def test_a_placeholder_says_what_it_stands_for() -> None:
    masks = masks_of({"customer": "Grace Hopper"}, (), shapes.found)
    assert masks.masked("Hopper, a@b.example, Grace Hopper, c@d.example") == (
        "\u27e8CUSTOMER_1\u27e9, \u27e8EMAIL_ADDRESS_1\u27e9, "
        "\u27e8CUSTOMER_2\u27e9, \u27e8EMAIL_ADDRESS_2\u27e9"
    )
    assert masks.masked("Hopper again") == "\u27e8CUSTOMER_1\u27e9 again"


@pytest.mark.parametrize(
    ("facts", "named", "text", "left"),
    [
        ({"customer": "May Day"}, (), "may I pay on a day in May?", "may I pay on a day in ⟨CUSTOMER_1⟩?"),
        ({"customer_tier": "gold"}, (), "a gold ring", "a gold ring"),
        ({"customer_tier": "gold"}, ("customer_tier",), "a Gold ring", "a ⟨CUSTOMER_TIER_1⟩ ring"),
        ({"supplier": "Global Office"}, (), "Office chairs", "Office chairs"),
        ({"name": "x"}, (), "x marks", "x marks"),
        ({"name": None, "email": ""}, (), "nothing", "nothing"),
        ({"name_2": "Ann Lee"}, (), "Annabel and Ann", "Annabel and ⟨NAME_2_1⟩"),
        ({"note": {"secret": "tulip"}}, ("note",), "the tulip", "the ⟨NOTE_1⟩"),
        ({"name": "Zoe\u0308"}, (), "for Zo\u00eb", "for ⟨NAME_1⟩"),
        ({"name": "a.c (x)+"}, (), "abc xx; a.c (x)+", "abc xx; ⟨NAME_1⟩"),
    ],
)
def test_what_is_known_is_told_by_names(facts: Any, named: tuple[str, ...], text: str, left: str) -> None:
    assert masks_of(facts, named, lambda _: ()).masked(text) == left


@pytest.mark.parametrize(
    "facts",
    [
        {"customer": {"first": "Ann", "last": "Smithers"}, "text": "Ann Smithers called"},
        {"deep": [[{"customer": "Ann Smithers"}]], "text": "Ann Smithers called"},
        {"customer": "ANN SMITHERS", "text": "Dear Smithers, dear Ann"},
        {"customer": "ann smithers", "text": "Smithers called Ann"},
        {"customer": "Ann Smithers", "text": "SMITHERS called"},
        {"customer": "Ann Smithers", "by": {"Ann Smithers": 3}},
        {"customer": "Ann Smithers", "by": [{"ann.smithers@home.example": [{"Smithers": 1}]}]},
    ],
)
def test_a_person_is_found_however_deep_and_however_written(facts: Any) -> None:
    left = json.dumps(masks_of(facts, (), shapes.found).masked(facts)).lower()
    assert "smithers" not in left
    assert "ann" not in left.replace("customer", "")


def test_a_word_that_is_no_name_as_it_is_written_stays() -> None:
    facts = {"customer": "May Day", "text": "It may take a day"}
    assert masks_of(facts, (), shapes.found).masked(facts)["text"] == "It may take a day"


def test_a_placeholder_that_a_text_or_a_model_makes_up_stands_for_nothing() -> None:
    masks = masks_of({"customer": "Grace Hopper"}, (), shapes.found)
    assert masks.masked("\u27e8CUSTOMER_1\u27e9 and Grace") == "<CUSTOMER_1> and \u27e8CUSTOMER_1\u27e9"
    assert masks.restored("\u27e8CUSTOMER_1\u27e9, \u27e8CUSTOMER_9\u27e9, CUSTOMER_1") == (
        "Grace, \u27e8CUSTOMER_9\u27e9, CUSTOMER_1"
    )


@given(st.text(max_size=60), st.text(max_size=12), st.text(max_size=200))
def test_any_text_comes_back(name: str, email: str, text: str) -> None:
    masks = masks_of({"customer": name, "email": email}, (), shapes.found)
    whole = f"{text} {name} {email}"
    brackets = str.maketrans({"\u27e8": "<", "\u27e9": ">"})
    even = unicodedata.normalize("NFC", whole).translate(brackets)
    assert masks.restored(masks.masked(whole)) == even


def test_a_text_that_is_made_to_be_slow_is_not() -> None:
    masks = masks_of({"phone": "1" * 40, "name": "a " * 200}, (), shapes.found)
    masks.masked("1 " * 5_000 + "a " * 5_000)  # the time limit of the suite judges


# On the way


@pytest.fixture
def speaker() -> Iterator[Speaker]:
    with speaking(answers("billing")) as running:
        yield running


def step_of(speaker: Speaker, point: Any = None, **more: Any) -> BoundStep:
    point = point or Decide(decide="kind", choices=("billing", "access"), level="review", queue="desk")
    given = {"provider": "llm", "model": "openai:loop", "base_url": speaker.url, **more}
    return BoundStep(point, model=Model.model_validate(given), reads=dict.fromkeys(FACTS, "text"))


class Bottomless:
    def take(self) -> str | None:
        return None

    def used(self, sent: int, received: int) -> None:
        pass


def asked(step: BoundStep, facts: Any = FACTS) -> Any:
    (made,) = ask(step, [facts], purse=Bottomless(), draw=lambda: 0.0, patience=30)
    return made


def test_what_arrives_at_the_server_is_masked_and_what_it_says_is_put_back(speaker: Speaker) -> None:
    speaker.does(
        answers(
            "billing", 0.9, "\u27e8CUSTOMER_1\u27e9 asks about \u27e8IBAN_1\u27e9",
            [{"answer": "access", "confidence": 0.1, "reason": "or \u27e8SUPPLIER_1\u27e9"}],
        )
    )  # fmt: skip
    made = asked(step_of(speaker))
    assert made.reasons == ("Grace Hopper asks about DE89 3704 0044 0532 0130 00",)
    assert made.alternatives[0].because == "or Möbel & Söhne GmbH"
    for value in KNOWN:
        assert value.lower() not in speaker.everything.lower(), value


def test_a_value_that_the_model_is_not_told_is_masked_in_what_it_is_told(speaker: Speaker) -> None:
    step = step_of(speaker)
    told = BoundStep(step.step, model=step.model, reads={"text": "text"})
    asked(told)
    assert "hopper" not in speaker.everything.lower()


def test_a_draft_is_put_back(speaker: Speaker) -> None:
    speaker.does(answers("Dear \u27e8CUSTOMER_1\u27e9, we paid."))
    made = asked(step_of(speaker, Draft(draft="letter", level="review", queue="desk")))
    assert made.value == "Dear Grace Hopper, we paid."


def test_off_means_off_and_more_fields_mean_more(speaker: Speaker) -> None:
    asked(step_of(speaker, masking=Masking(off_because="the model runs in our own house")))
    assert "Grace Hopper" in speaker.everything
    speaker.heard.clear()
    asked(step_of(speaker, masking=Masking(fields=("order",))))
    assert "K-77" not in speaker.everything


def test_what_cannot_be_masked_is_not_sent(speaker: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(text: str) -> list[tuple[int, int, str]]:
        raise RuntimeError(f"cannot read {text}")

    monkeypatch.setattr(shapes, "found", broken)
    failure = asked(step_of(speaker))
    assert isinstance(failure, PermanentFailure)
    assert "could not be masked (RuntimeError)" in str(failure)
    assert "Grace" not in str(failure)
    assert speaker.heard == []


def test_nothing_is_fetched_to_find_shapes() -> None:
    """In a process of its own, where every way out is shut."""
    code = (
        "import socket\n"
        "def no(*a, **k): raise SystemExit('it asked the network')\n"
        "socket.socket.connect = no; socket.getaddrinfo = no\n"
        "from surehand.providers.llm.shapes import found\n"
        "print(sorted(kind for _, _, kind in found('a@b.example, NL91ABNA0417164300, +49 30 901820')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ), check=False
    )
    assert done.stdout.strip() == "['EMAIL_ADDRESS', 'IBAN_CODE', 'PHONE_NUMBER']", done.stderr


def test_what_is_not_found() -> None:
    """The docs say so: a name in no known fact, and a number of the house without a shape."""
    assert Masks(finder=shapes.found).masked("Alan Turing, file 88-1") == "Alan Turing, file 88-1"


def test_a_recommendation_without_a_reason_is_one(speaker: Speaker) -> None:
    speaker.does(answers("billing", reason=None, alternatives=None))
    made = asked(step_of(speaker))
    assert isinstance(made, Recommendation)
    assert (made.value, made.reasons) == ("billing", ())
