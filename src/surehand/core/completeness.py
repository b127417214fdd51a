"""Which of the seven parts of a brief are there, and what is lacking, by the map and by the case."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from surehand.core.oversight import Level
from surehand.core.process import Process
from surehand.core.steps import DecisionPoint, Verify

#: Decision, recommendation and why, key facts, flags, history, policy, actions.
PARTS = 7


class Lack(StrEnum):
    """What a brief lacks, each a part of it.

    words  the sentence, without its end
    """

    words: str

    NO_EFFECT = "no_effect"
    NO_RECOMMENDATION = "no_recommendation"
    NO_REASON = "no_reason"
    NO_FACTS = "no_facts"
    NO_FLAG = "no_flag"
    NO_SUBJECT = "no_subject"
    SUBJECT_UNKNOWN = "subject_unknown"
    NO_POLICY = "no_policy"
    NO_ACTION = "no_action"


for _lack, _words in {
    Lack.NO_EFFECT: "the map does not say what is done then",
    Lack.NO_RECOMMENDATION: "nothing is recommended",
    Lack.NO_REASON: "the recommendation gives no reason",
    Lack.NO_FACTS: "no fact is known",
    Lack.NO_FLAG: "it is not said why it is here",
    Lack.NO_SUBJECT: "the map names no subject, so there is no history",
    Lack.SUBJECT_UNKNOWN: "it is not known whom it is about, so there is no history",
    Lack.NO_POLICY: "no passage of policy is quoted",
    Lack.NO_ACTION: "nothing can be done",
}.items():
    _lack.words = _words


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What one brief holds.

    effect       it is said what is decided, and what is done then
    recommended  None: whoever decides does not see the AI's view, so this part is no part of it
    reasoned     the recommendation says why
    flagged      it is said why it is here
    named        the map names whose history there is
    known        and here it is known
    quoted       a passage of policy
    """

    effect: bool
    recommended: bool | None
    reasoned: bool
    facts: bool
    flagged: bool
    named: bool
    known: bool
    quoted: bool
    actions: bool = True


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many parts a brief should have, and what it lacks, in the order of the parts."""

    of: int
    lacks: tuple[Lack, ...]

    @property
    def there(self) -> int:
        """How many parts it has."""
        return self.of - len(self.lacks)


def completeness(held: Contents) -> Completeness:
    """How complete a brief is. Of one that is decided alone, nothing follows from what a model said."""
    lacks = [
        Lack.NO_EFFECT if not held.effect else None,
        None if held.recommended is None
        else Lack.NO_RECOMMENDATION if not held.recommended
        else Lack.NO_REASON if not held.reasoned
        else None,
        Lack.NO_FACTS if not held.facts else None,
        Lack.NO_FLAG if not held.flagged else None,
        Lack.NO_SUBJECT if not held.named else Lack.SUBJECT_UNKNOWN if not held.known else None,
        Lack.NO_POLICY if not held.quoted else None,
        Lack.NO_ACTION if not held.actions else None,
    ]  # fmt: skip
    return Completeness(
        PARTS - (held.recommended is None), tuple(lack for lack in lacks if lack is not None)
    )  # fmt: skip


def argued(point: DecisionPoint, said: Mapping[str, Any]) -> bool:
    """A recommendation says why; what was read has its source beside it, which says it all."""
    return isinstance(point, Verify) or any(str(one).strip() for one in said.get("reasons") or ())


def passages(process: Process, point: DecisionPoint, reasons: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Numbers of the passages that a brief quotes: what applies to every case there, then by its reasons."""
    named = [*(str(reason["policy"]) for reason in reasons if reason.get("policy")), *point.policy]
    return tuple(dict.fromkeys(number for number in named if number in process.policies))


def never(process: Process, point: DecisionPoint) -> tuple[Lack, ...]:
    """What no brief of a decision point can have, as its map says nothing of it."""
    rules, limits = (one.policy for one in point.rules), (one.policy for one in point.limits)
    quotes = {*point.policy, *rules, *limits} & {*process.policies}
    held = Contents(
        effect=bool(point.about.strip()), recommended=None if point.level == Level.HUMAN else True,
        reasoned=True, facts=True, flagged=True, named=point.subject is not None, known=True,
        quoted=bool(quotes),
    )  # fmt: skip
    return completeness(held).lacks


@dataclass(frozen=True, slots=True)
class Share:
    """How complete the latest briefs of a decision point are.

    briefs    that were looked at
    complete  of them lack nothing
    lacks     how many lack what, the most frequent first
    """

    process: str
    point: str
    briefs: int
    complete: int
    lacks: Mapping[Lack, int]


def share(process: str, point: str, found: Collection[Completeness]) -> Share:
    """The same of some briefs together."""
    counts: dict[Lack, int] = {}
    for one in found:
        for lack in one.lacks:
            counts[lack] = counts.get(lack, 0) + 1
    order = sorted(counts, key=lambda lack: (-counts[lack], list(Lack).index(lack)))
    complete = sum(not one.lacks for one in found)
    return Share(process, point, len(found), complete, {lack: counts[lack] for lack in order})
