"""Bodies that the API takes, as OpenAPI shows them."""

from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from surehand.core.values import unstorable

Fields = dict[str, Any]


class Taken(BaseModel):
    """A body: keys that are not known are refused, and so is text that cannot be stored exactly."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        if fault := unstorable(value):
            raise ValueError(fault)
        return value


Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Long = Annotated[str, Field(max_length=20_000)]
Short = Annotated[str, Field(max_length=2_000)]


class BroughtAlternative(Taken):
    """Another answer that your model considered."""

    value: Any
    because: Annotated[str, Field(max_length=2_000)] = ""
    confidence: Probability | None = None


class BroughtEvidence(Taken):
    """What your model's recommendation rests on: words in a text of the case."""

    quote: Short = ""
    source: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="The field that holds the text; left out, the quote is looked for in all."
    )
    start: Annotated[int, Field(ge=0, lt=2**31)] | None = Field(
        default=None, description="Where it begins, in code points of the text."
    )
    end: Annotated[int, Field(ge=0, lt=2**31)] | None = Field(default=None, description="Where it has ended.")
    reason: Annotated[int, Field(ge=0, lt=50)] | None = Field(
        default=None, description="The index of the reason that rests on it, from 0."
    )


class Brought(Taken):
    """What your own model recommends, for a decision point whose provider is `external`."""

    value: Any = Field(description="The answer: one of the choices, true or false, a number, or a text.")
    confidence: Probability | None = Field(
        default=None, description="Your model's probability of being right; left out, a person decides."
    )
    reasons: Annotated[list[Annotated[str, Field(max_length=2_000)]], Field(max_length=50)] = []
    alternatives: Annotated[list[BroughtAlternative], Field(max_length=50)] = []
    evidence: Annotated[list[BroughtEvidence], Field(max_length=100)] = []
    signals: dict[str, Probability | None] = Field(
        default_factory=dict, description="Further readings by name, such as `consensus`."
    )
    source: Annotated[str, Field(max_length=200, description="Which model answered, with its version.")] = ""

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON. Without evidence its digest is the same as before there was any."""
        said = self.model_dump(exclude={"evidence"})
        found = [one.model_dump(exclude_none=True) for one in self.evidence]
        return {**said, "evidence": found} if found else said


class Submission(Taken):
    """One item to be taken in."""

    process: Annotated[str, Field(max_length=64, examples=["supplier-invoices"])]
    input: Fields = Field(
        description="The fields that the process declares (see `GET /processes`), and `document` where it "
        "takes one. A required field may be missing: the case then goes to a person.",
        examples=[{"po_number": "4500012345", "total": "812.40 EUR"}],
    )
    key: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None,
        description="Your name for the item. The same key is the same case; with another body it is refused.",
    )
    recommendations: dict[str, Brought] = Field(
        default_factory=dict, description="Your recommendations by decision point."
    )
    recommendation: Brought | None = Field(
        default=None, description="The same, where the process has exactly one decision point."
    )
    wait: bool = Field(default=False, description="Run the case at once and answer with where it got to.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.recommendation is not None and self.recommendations:
            raise ValueError("write either 'recommendation' or 'recommendations'")
        return self


class Batch(BaseModel):
    """Up to 1,000 items; one that is refused does not hold up the others."""

    model_config = ConfigDict(extra="forbid")

    # each is checked on its own, so that one malformed item gets its own problem
    submissions: Annotated[
        list[Any],
        Field(
            min_length=1,
            max_length=1_000,
            json_schema_extra={"items": {"$ref": "#/components/schemas/Submission"}},
        ),
    ]


class VerdictGiven(Taken):
    """A person's answer. Send `shown` (or `If-Match`) so that you decide on what you saw."""

    verdict: Annotated[str, Field(max_length=64, examples=["approve"])] = Field(
        description="`approve`, `reject`, `edit`, `ask` or `escalate`; see `waiting.verdicts` of the case."
    )
    value: Any = Field(default=None, description="Your answer, where it is not the recommendation.")
    fields: Fields = Field(
        default_factory=dict, description="Corrected fields, for `edit`: a new round begins."
    )
    reason: Long = Field(default="", description="A reason category of the decision point, or `other`.")
    note: Long = Field(default="", description="Why, in your words.")
    question: Long = Field(default="", description="What you need to know, for `ask`.")
    to: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="Who is asked, for `ask`."
    )
    assignment: Annotated[str, Field(max_length=80)] | None = Field(
        default=None,
        description="`id` of what you decide: one of `beside`, or `waiting`, which is meant if left out.",
    )
    round: int | None = Field(default=None, description="The round that you saw; another one is a conflict.")
    tags: list[Literal["training", "policy-question", "teaching"]] = Field(
        default_factory=list, max_length=3, description="To find the case by later; they decide nothing."
    )
    shown: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, description="`waiting.shown` of the case: the digest of what each answer would let run."
    )


class Training(Taken):
    """What is to learn."""

    model: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="A model of the map; may be left out where only one learns."
    )


class AnswerGiven(Taken):
    """An answer to a question that a reviewer asked."""

    answer: Long
    round: int | None = None


class SomebodyWaits(Taken):
    """A customer waits for a case, or another process cannot go on before it is decided."""

    who: Literal["customer", "process"] = "customer"
    because: Annotated[
        str, Field(min_length=1, max_length=2_000, examples=["Called twice today and needs it by noon."])
    ]


class Released(Taken):
    """Something is given back to its queue."""

    note: Short = Field(default="", description="For whoever gets it.")


class LookedElsewhere(Taken):
    """What the brief of a case lacked."""

    what: Literal["document", "earlier-case", "policy", "person", "system", "other"] = Field(
        description="What you had to look for."
    )
    words: Short = Field(default="", description="In a few words; needed for `other`.")
    round: int | None = Field(default=None, description="The round that you saw; another one is a conflict.")


class Reassigned(Released):
    """Something is given to a named person."""

    to: Annotated[str, Field(max_length=64)] = Field(description="Who gets it; must be able to decide it.")


class Snoozed(Released):
    """Something is put off."""

    until: AwareDatetime | None = Field(description="Before the deadline; null: take it up again now.")


class Prioritised(Taken):
    """How soon a case is looked at."""

    priority: Literal["urgent", "normal", "low"]
    note: Short = Field(description="Why, for the record.")


class OutcomeGiven(Taken):
    """What later proved right or wrong."""

    correct: bool | None = Field(default=None, description="The decision was right.")
    value: Any = Field(default=None, description="What would have been right; `correct` then follows.")
    note: Long = ""


class StopGiven(Taken):
    """What to stop."""

    process: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="The process; left out, everything."
    )
    because: Annotated[
        str, Field(max_length=500, description="Why, as everybody reads it; a drill needs none.")
    ] = ""
    drill: bool = Field(default=False, description="For a moment only, to see that it works.")
