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
    budget: {calls: 5000, tokens: 2000000}
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
        ("{calls: 5000, tokens: 2000000}", "{}", 21, "write 'calls', 'tokens', or both"),
        ("{fields: [subject]}", "{fields: [subjekt]}", 22, "Did you mean 'subject'?"),
        ("{fields: [subject]}", "{fields: [subject], off_because: it is ours alone}", 22, "'off_because'"),
        ("{fields: [subject]}", "{off_because: no}", 22, "off_because"),
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
    assert bound(tmp_path, draft, ("samples: 3", "samples: 1")).steps[0].reads


def test_what_is_missing_on_the_machine_is_named_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from surehand.providers.llm import needs

    monkeypatch.delenv("HOUSE_API_KEY")
    monkeypatch.setattr(needs, "find_spec", lambda name: None)
    found = faults(tmp_path, names=plugins.load().names)
    assert [fault.split(": ")[0] for fault in found] == [
        "tickets/process.yaml:10", "tickets/process.yaml:13", "tickets/process.yaml:22",
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
