"""Language models in a map: what they are told, and every fault with its line and what to do."""

from pathlib import Path
from typing import Any

import pytest

from surehand import plugins
from surehand.core.bound import BoundProcess
from surehand.core.people import People
from surehand.errors import MapInvalid
from surehand.maps import version
from surehand.maps.bind import bind

PEOPLE = People.model_validate(
    {
        "people": {"ann": {}, "dev": {"roles": ["builder"]}},
        "queues": {"desk": {"owner": "ann", "due": "PT1H"}},
    }
)
MAP = """\
process: tickets
owner: ann
builder: dev
input:
  fields:
    subject: {type: text}
    sums: {type: money, required: false}
models:
  reader:
    provider: llm
    model: openai:small
    base_url: http://127.0.0.1:9/v1
    key: HOUSE_API_KEY
    instructions: Bills are billing.
    timeout: PT20S
    within: PT60S
    retries: 2
    samples: 3
    temperature: 0.7
    at_once: 4
    budget: {calls: 5000, tokens: 2000000, money: 12.50}
    prices: {currency: EUR, sent: 0.15, received: 0.6}
    logprobs: true
    masking: {fields: [subject]}
steps:
  - {decide: category, choices: [a, b], model: reader, level: review, queue: desk}
"""


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSE_API_KEY", "some-key-of-the-house")


def bound(folder: Path, *edits: tuple[str, str], **more: Any) -> BoundProcess:
    text = MAP
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / "process.yaml").write_text(text)
    return bind(folder, PEOPLE, label="tickets", **more)


def faults(folder: Path, *edits: tuple[str, str], **more: Any) -> list[str]:
    with pytest.raises(MapInvalid) as caught:
        bound(folder, *edits, **more)
    return [str(fault) for fault in caught.value.faults]


def test_no_function_is_needed_and_input_fields_are_told(tmp_path: Path) -> None:
    made = bound(tmp_path, names=plugins.load().names)
    assert made.steps[0].reads == {"subject": "text", "sums": "money"}
    assert made.steps[0].model is not None
    assert made.steps[0].model.samples == 3


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("    model: openai:small\n", "", 9, "write model: KIND:NAME"),
        ("model: openai:small", "model: small", 11, "model"),
        ("    base_url: http://127.0.0.1:9/v1\n    key: HOUSE_API_KEY\n", "", 9, "key: OPENAI_API_KEY"),
        ("key: HOUSE_API_KEY", "key: HOUSE_OPENAI", 13, "API_KEY, TOKEN or SECRET"),
        ("key: HOUSE_API_KEY", "key: sk-123456", 13, "key"),
        ("base_url: http://", "base_url: ftp://", 12, "base_url"),
        ("base_url: http://", "base_url: http://me:secret@", 12, "base_url"),
        ("http://127.0.0.1:9/v1", "http://models.example/v1", 12, "in the clear"),
        ("http://127.0.0.1:9/v1", "http://8.8.8.8/v1", 12, "in the clear"),
        ("http://127.0.0.1:9/v1", "'http://[2001:4860:4860::8888]/v1'", 12, "in the clear"),
        ("timeout: PT20S", "timeout: PT90S", 16, "may take longer"),
        ("samples: 3", "samples: 0", 18, "samples"),
        ("samples: 3", "sample: 3", 18, "Did you mean 'samples'?"),
        ("{calls: 5000, tokens: 2000000, money: 12.50}", "{}", 21, "write 'calls', 'tokens' or 'money'"),
        ("money: 12.50", "money: -1", 21, "must be more than 0"),
        ("money: 12.50", "money: 0", 21, "must be more than 0"),
        ("money: 12.50", "money: .nan", 21, "is not a finite number"),
        ("money: 12.50", "money: 1e12", 21, "must be less than 1000000000"),
        ("money: 12.50", "money: 0.001", 21, "has at most 2 decimal places"),
        ("money: 12.50", "money: 12 EUR", 21, "must be a number"),
        (
            "    prices: {currency: EUR, sent: 0.15, received: 0.6}\n",
            "",
            21,
            "write prices: {currency: EUR, sent: ..., received: ...}",
        ),
        (", money: 12.50}", "}", 21, "write budget: {money: ...}, or leave 'prices' out"),
        ("currency: EUR, sent", "currency: USD, sent", 22, "write the prices in EUR"),
        ("currency: EUR, sent", "sent", 22, "'currency' is missing"),
        ("sent: 0.15", "sent: -0.15", 22, "must be at least 0"),
        ("sent: 0.15, ", "", 22, "'sent' is missing"),
        ("sent: 0.15, received: 0.6", "sent: 0, received: 0", 22, "no money is ever spent"),
        ("logprobs: true", "logprobs: 5", 23, "logprobs"),
        ("{fields: [subject]}", "{fields: [subjekt]}", 24, "Did you mean 'subject'?"),
        ("{fields: [subject]}", "{fields: [subject], off_because: it is ours alone}", 24, "'off_because'"),
        ("{fields: [subject]}", "{off_because: no}", 24, "off_because"),
        ("    retries: 2\n", "    vectors: words\n", 17, "has no 'vectors'"),
        ("    retries: 2\n", "    examples: a.csv\n", 17, "has no 'examples'"),
        ("    retries: 2\n", "    reads: [subjekt]\n", 17, "Did you mean 'subject'?"),
        ("provider: llm", "provider: external", 11, "has no 'model': it asks nobody"),
    ],
)
def test_every_fault_has_its_line_and_says_what_to_do(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    found = faults(tmp_path, (old, new))
    assert any(f"process.yaml:{line}: " in fault and words in fault for fault in found), found


@pytest.mark.parametrize(
    "url",
    [
        "https://models.example/v1",
        "http://localhost:11434/v1",
        "http://ollama:80",
        "http://10.1.2.3",
        "'http://[::1]'",
    ],
)
def test_a_server_is_asked_in_secret_or_in_the_house(tmp_path: Path, url: str) -> None:
    assert bound(tmp_path, ("http://127.0.0.1:9/v1", url))


def test_a_text_is_asked_for_once(tmp_path: Path) -> None:
    draft = ("decide: category, choices: [a, b]", "draft: letter")
    assert "no two would agree" in faults(tmp_path, draft)[0]
    once = ("samples: 3", "samples: 1")
    (fault,) = faults(tmp_path, draft, once)
    assert "process.yaml:23: 'letter' is a text" in fault
    assert "Leave 'logprobs' out" in fault
    assert bound(tmp_path, draft, once, ("    logprobs: true\n", "")).steps[0].reads


@pytest.mark.parametrize(
    ("signals", "asks", "words"),
    [
        ("[token_probability, completeness]", True, "name 'model_probability' as well"),
        ("[token_probability]", True, "name 'model_probability' as well"),
        ("[model_probability, token_probability]", False, "write logprobs: true at the model 'reader'"),
        ("[model_probability, completeness]", True, "nothing reads them: name 'token_probability' here"),
    ],
)
def test_how_likely_its_words_were_stands_beside_its_claim(
    tmp_path: Path, signals: str, asks: bool, words: str
) -> None:
    named = ("model: reader, level", f"model: reader, signals: {signals}, level")
    edits = (named,) if asks else (named, ("    logprobs: true\n", ""))
    (fault,) = faults(tmp_path, *edits)
    assert words in fault
    assert f"process.yaml:{26 if asks else 25}: " in fault
    fits = ("model: reader, level", "model: reader, signals: [token_probability, model_probability], level")
    assert bound(tmp_path, fits)


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("openai:small", True),
        ("openai-chat:small", True),
        ("anthropic:small", False),
        ("google:small", False),
    ],
)
def test_log_probabilities_are_asked_for_in_the_language_of_openai(
    tmp_path: Path, name: str, fits: bool
) -> None:
    edits = ("    base_url: http://127.0.0.1:9/v1\n", ""), ("openai:small", name)
    if fits:
        assert bound(tmp_path, *edits)
    else:
        assert "process.yaml:22: Log-probabilities are asked for" in faults(tmp_path, *edits)[0]
        assert bound(tmp_path, edits[1])  # a server at base_url speaks it


@pytest.mark.parametrize(
    ("name", "thinks"), [("gpt-5", True), ("o3", True), ("gpt-4o", False), ("qwen3", False)]
)
def test_a_model_that_thinks_first_gives_none(tmp_path: Path, name: str, thinks: bool) -> None:
    edit = ("openai:small", f"openai:{name}")
    if thinks:
        (fault,) = faults(tmp_path, edit, names=plugins.load().names)
        assert f"process.yaml:23: 'openai:{name}' thinks before it answers" in fault
    else:
        assert bound(tmp_path, edit, names=plugins.load().names)


def test_what_is_missing_on_the_machine_is_named_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from surehand.providers.llm import needs

    monkeypatch.delenv("HOUSE_API_KEY")
    monkeypatch.setattr(needs, "find_spec", lambda name: None)
    found = faults(tmp_path, names=plugins.load().names)
    assert [fault.split(": ")[0] for fault in found] == [
        "tickets/process.yaml:10", "tickets/process.yaml:13", "tickets/process.yaml:24",
    ]  # fmt: skip
    assert "pip install 'surehand[llm]'" in found[0]
    assert "HOUSE_API_KEY is not set here" in found[1]
    assert "pip install 'surehand[pii]'" in found[2]
    assert "off_because" in found[2]
    # a version that was published is loaded all the same: its cases wait
    assert bound(tmp_path, names=plugins.load().names, pinned=True)
    off = ("{fields: [subject]}", "{off_because: the model runs in our own house}")
    assert not any("surehand[pii]" in fault for fault in faults(tmp_path, off, names=plugins.load().names))


@pytest.mark.parametrize(
    ("kind", "words"),
    [("anthropic", "pip install 'pydantic-ai-slim[anthropic]'"), ("opanai", "no kind of model")],
)
def test_another_kind_of_model_needs_its_package(tmp_path: Path, kind: str, words: str) -> None:
    edits = ("    base_url: http://127.0.0.1:9/v1\n", ""), ("openai:small", f"{kind}:small")
    assert words in faults(tmp_path, *edits, names=plugins.load().names)[0]


def test_model_and_instructions_are_part_of_the_version(tmp_path: Path) -> None:
    first = bound(tmp_path).version
    assert version.content_hash(tmp_path) == first
    assert bound(tmp_path, ("openai:small", "openai:large")).version != first
    assert bound(tmp_path, ("Bills are billing.", "Bills are delivery.")).version != first
