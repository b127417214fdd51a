"""Values of a map that are set for a trial, and every way in which that can go wrong."""

import pytest

from surehand.errors import InvalidInput
from surehand.maps.overriding import overridden
from surehand.maps.parse import process_as_far_as_possible
from surehand.maps.source import Source, parse

MAP = """\
process: tickets
owner: ann
builder: dev
input: {fields: {text: {type: text}}}
models: {topics: {provider: text-classifier}}
steps:
  - decide: category
    choices: [billing, access]
    model: topics
    bands: review-flow
    rules:
      - {when: "text == ''", because: Nothing there}
    queue: desk
exceptions:
  - {name: empty, when: "text == ''", queue: desk}
"""


@pytest.fixture
def source() -> Source:
    return parse(MAP, label="tickets/process.yaml")


def test_steps_and_exceptions_go_by_their_names_other_lists_by_number(source: Source) -> None:
    made = overridden(
        source,
        [
            "steps.category.bands=null",
            "steps.category.guarantee.error=0.05",
            "steps.category.rules.0.because=Empty = nothing",
            "steps.category.choices=[billing, access, delivery]",
            "exceptions.empty.queue=other",
            "models.topics.out_of_scope=0.1",
            "volume.per_month=100",
        ],
    )
    step = made.data["steps"][0]
    assert "bands" not in step
    assert step["guarantee"] == {"error": 0.05}
    assert step["rules"][0]["because"] == "Empty = nothing"
    assert step["choices"] == ["billing", "access", "delivery"]
    assert made.data["exceptions"][0]["queue"] == "other"
    assert made.data["volume"] == {"per_month": 100}
    assert source.data["steps"][0]["bands"] == "review-flow", "the file itself stays as it is"
    assert process_as_far_as_possible(made).faults == ()


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("steps.category", "cannot be set: write KEY=VALUE"),
        ("=3", "cannot be set"),
        ("process=other", "cannot be set"),
        (
            "steps.categry.queue=desk",
            "there is no 'categry' in steps, which has category. Did you mean 'category'?",
        ),
        (
            "steps.category.rules.7.because=x",
            "there is no '7' in steps.category.rules, which has items 0 to 0",
        ),
        ("owner.name=x", "leads nowhere: owner has no parts"),
        ("steps..queue=x", "leads nowhere"),
        ("steps.category.queue=", "has a value that is empty"),
        ("steps.category.queue=[a", "has a value that is not valid YAML"),
    ],
)
def test_what_cannot_be_set_is_said(source: Source, setting: str, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        overridden(source, [setting])
    assert words in str(caught.value)


def test_a_key_that_the_map_does_not_know_is_named_by_what_set_it(source: Source) -> None:
    made = overridden(source, ["steps.category.guarante.error=0.05", "models.topics.vectors=letters"])
    faults = {fault.where: fault for fault in process_as_far_as_possible(made).faults}
    assert "guarantee" in str(faults["--set steps.category.guarante.error"])
    assert "--set models.topics.vectors" in faults
