"""Callers who wait for a case that waits for a language model: workers ask it, and others are not held up."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from surehand.web import submitting
from tests.language import Speaker, answers, held, speaking
from tests.served import SHOP, Served, served

PROCESS = """\
process: letters
owner: olga.owner
builder: bo.builder
input: {fields: {text: {type: text}}}
models:
  reader:
    {provider: llm, model: "openai:loop", base_url: URL, retries: 0, masking: {off_because: they are made up}}
steps:
  - {decide: kind, choices: [bill, other], model: reader, bands: review-flow, queue: posts}
"""
LETTER: dict[str, Any] = {"process": "letters", "input": {"text": "a bill"}, "wait": True}


@pytest.fixture
def speaker() -> Iterator[Speaker]:
    with speaking(answers("bill", 0.99)) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, speaker: Speaker) -> Iterator[Served]:
    more = {"letters": PROCESS.replace("URL", speaker.url)}
    with served(tmp_path / "place", f"sqlite:///{tmp_path / 'surehand.db'}", more) as found:
        found.surehand.start()
        yield found


def sent(place: Served, body: dict[str, Any]) -> dict[str, Any]:
    response = place.call(SHOP, "POST", "/cases", json=body)
    assert response.status_code == 201, response.text
    case: dict[str, Any] = response.json()
    return case


def test_the_answer_of_the_model_is_waited_for(place: Served) -> None:
    case = sent(place, LETTER)
    assert (case["state"], case["route"]["level"]) == ("done", "automate")


def test_it_is_waited_for_only_so_long(
    place: Served, speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitting, "PATIENCE", 0.2)
    with held(answers("bill", 0.99)) as play:
        speaker.does(play)
        assert sent(place, LETTER)["state"] == "running"


def test_others_are_served_while_a_model_is_slow(place: Served, speaker: Speaker) -> None:
    callers = [threading.Thread(target=sent, args=(place, LETTER)) for _ in range(60)]
    with held(answers("bill", 0.99)) as play:
        speaker.does(play)
        for caller in callers:
            caller.start()
        while not speaker.heard:
            time.sleep(0.01)
        refund = {"process": "refunds", "input": {"customer": "C-1", "amount": "4 EUR"}, "wait": True}
        # the model has said nothing yet
        assert sent(place, refund)["state"] == "waiting"
    for caller in callers:
        caller.join()
