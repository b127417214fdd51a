"""From what a language model sent to a recommendation. What does not fit is no answer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, median_low
from typing import Any

from surehand.core.answering import same_answer
from surehand.core.bound import BoundStep
from surehand.core.recommendation import Alternative, Recommendation, probability
from surehand.core.steps import Decide, StepBase
from surehand.providers.answer import Misfit, answer, checked, nothing
from surehand.providers.llm.masking import Masks
from surehand.providers.llm.prompt import TOOL
from surehand.providers.llm.tokens import probability_of

_LONGEST_REASON = 1_000
#: Bytes of an answer that is read at all, and how deep it may be nested.
_LARGEST = 200_000
_MOST_ALTERNATIVES = 20


class Broken(Exception):
    """The model's answer cannot be read; the message says why, and holds nothing of it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, in the shape that was asked for, its content as it came.

    likely  the probability of the tokens that make up the answer; None where it cannot be told
    """

    answer: Any
    confidence: float | None
    reason: str
    alternatives: tuple[Alternative, ...] = ()
    likely: float | None = None


def reply_of(parts: Sequence[Any], tokens: Sequence[Any] = ()) -> Reply:
    """The answer in the parts of a response: a call of the tool, or JSON as text. Raises Broken.

    tokens  what the text was made of, see `llm.tokens`; those of a call are not known
    """
    called = [part for part in parts if part.part_kind == "tool-call"]
    if called:
        if any(part.tool_name != TOOL for part in called):
            raise Broken("The model called something that it was not given")
        if len(called) > 1:
            raise Broken("The model gave more than one answer")
        return _reply(called[0].args)
    whole = "".join(part.content for part in parts if part.part_kind == "text")
    text = whole.strip()
    if not text:
        raise Broken("The model sent no answer")
    # servers without tools answer in text, some of them fenced
    reply = _reply(text.removeprefix("```json").removeprefix("```").removesuffix("```"))
    return replace(reply, likely=probability_of(reply.answer, whole, tokens))


def _reply(given: Any) -> Reply:
    if isinstance(given, str):
        if len(given) > _LARGEST:
            raise Broken("The model's answer is too long")
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            raise Broken("The model's answer is no valid JSON") from None
    if not isinstance(given, Mapping) or "answer" not in given:
        raise Broken("The model's answer has not the shape that was asked for")
    others = given.get("alternatives")
    return Reply(
        given["answer"],
        _stated(given.get("confidence")),
        _said(given.get("reason")),
        tuple(
            Alternative(one["answer"], _said(one.get("reason")), _stated(one.get("confidence")))
            for one in (others[:_MOST_ALTERNATIVES] if isinstance(others, list) else ())
            if isinstance(one, Mapping) and one.get("answer") is not None
        ),
    )


def _stated(value: Any) -> float | None:
    return probability(value) if isinstance(value, int | float) else None


def _said(value: Any) -> str:
    return value.strip()[:_LONGEST_REASON] if isinstance(value, str) else ""


def recommended(
    step: BoundStep, replies: Sequence[Reply], *, asked: int, masks: Masks, source: str
) -> Recommendation[Any]:
    """One recommendation from the answers of a case; the answer that most of them give.

    asked  how often it was asked; whoever did not answer agrees with nobody
    """
    valued = [(_valid(step.step, reply), reply) for reply in replies]
    usable = [(value, reply) for value, reply in valued if value is not None]
    if not usable:
        return nothing(_why_none(step.step, replies, masks), source=source)
    agreeing = _most(step.step, usable)
    value, first = agreeing[0]
    # one answer alone says nothing of how far several would agree
    signals: dict[str, float | None] = {"consensus": len(agreeing) / asked} if asked > 1 else {}
    if step.model is not None and step.model.logprobs:
        signals["token_probability"] = _together([reply.likely for _, reply in agreeing])
    others = [one for one in usable if one not in agreeing]
    given = Recommendation(
        value=masks.restored(value) if isinstance(value, str) else value,
        confidence=_together([reply.confidence for _, reply in agreeing]),
        reasons=(masks.restored(first.reason),) if first.reason else (),
        alternatives=tuple(
            Alternative(
                masks.restored(one.value) if isinstance(one.value, str) else one.value,
                masks.restored(one.because),
                one.confidence,
            )
            for one in (_voted(others, asked) if asked > 1 else first.alternatives)
            if one.value != value
        ),
        signals=signals,
        source=source,
    )
    return checked(step.step, given)


def _valid(step: StepBase, reply: Reply) -> Any:
    try:
        return None if reply.answer is None else answer(step, reply.answer)
    except Misfit:
        return None


def _why_none(step: StepBase, replies: Sequence[Reply], masks: Masks) -> str:
    first = replies[0]
    if first.answer is not None:
        try:
            answer(step, first.answer)
        except Misfit as misfit:
            return masks.restored(str(misfit))
    return f"The model gave no answer: {masks.restored(first.reason)}".removesuffix(": ")


def _most(step: StepBase, usable: list[tuple[Any, Reply]]) -> list[tuple[Any, Reply]]:
    """Those that agree on the answer that most give; of several, on the one that was given first.

    Numbers agree within the tolerance of the decision point around the one in the middle.
    """
    if isinstance(step, Decide) and step.number is not None:
        middle = median_low(value for value, _ in usable)
        agreeing = [one for one in usable if same_answer(step, one[0], middle)]
        return sorted(agreeing, key=lambda one: abs(one[0] - middle))
    values = [value for value, _ in usable]
    most = max(values, key=values.count)
    return [one for one in usable if one[0] == most]


def _together(stated: Sequence[float | None]) -> float | None:
    """The mean of what they say; None if one of them says nothing, or what cannot be."""
    usable = [one for one in stated if one is not None]
    return fmean(usable) if usable and len(usable) == len(stated) else None


def _voted(others: Sequence[tuple[Any, Reply]], asked: int) -> list[Alternative]:
    """Each other answer once, with the share of those who gave it, and why the first of them did."""
    shares: dict[Any, Alternative] = {}
    for value, reply in others:
        before = shares.get(value)
        share = (before.confidence or 0.0 if before else 0.0) + 1 / asked
        shares[value] = Alternative(value, before.because if before else reply.reason, min(share, 1.0))
    ranked = sorted(shares.values(), key=lambda one: -(one.confidence or 0.0))
    return [replace(one, because=one.because or _votes(one.confidence or 0.0, asked)) for one in ranked]


def _votes(share: float, asked: int) -> str:
    return f"{round(share * asked)} of {asked} samples gave it."
