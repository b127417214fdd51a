"""Notices, spot checks and findings on a brief: what was decided already, and what may still be done."""

from surehand.core.answering import may_fit_none
from surehand.core.case import Assignment, CaseState
from surehand.core.hearing import Kind
from surehand.core.oversight import Level
from surehand.core.policy import Acts
from surehand.core.steps import Decide, DecisionPoint, Draft, Verify
from surehand.core.verdicts import kinds_of
from surehand.flow.standing import Standing
from surehand.web.plain import opened
from surehand.web.views import ActionView, ToldView

#: What a form sends to give another answer than the one that stands.
OVERRIDE = "override"


def told_view(standing: Standing, point: DecisionPoint, label: str) -> ToldView | None:
    """What became of a decision that was taken without a person."""
    given, case = standing.assignment, standing.case
    if given.kind == "notice":
        held_back = case.state is CaseState.HOLDING and point.notify is not None
        if held_back and point.notify is not None and point.notify.acts is Acts.AFTER_WINDOW:
            text = "It takes effect when the window closes. Override it before, and nothing runs."
        else:
            text = "It has taken effect. Override it while the window is open, and it is taken back."
        return ToldView(label=label, text=text, until=given.due_at)
    if given.kind == "finding":
        return ToldView(label=label, text=f"{given.because}.", tone="warn")
    if given.kind == "check":
        text = (
            "A text cannot be checked unseen: read it as it went out, and say whether it was right. Wrong is "
            "a fact that is wrong or missing, and not how it is worded."
        )
        return ToldView(label=label, text=text)
    return None


def buttons(standing: Standing, point: DecisionPoint, *, only_two: bool) -> list[ActionView]:
    """What may be done, each with its next state.

    only_two  refusing and what was decided are the two answers
    """
    given, kinds = standing.assignment, kinds_of(standing.assignment)
    recommended = standing.judgement.recommendation.get("value") if standing.judgement else None
    if given.kind == "finding":
        return [_button(kind, standing, recommended) for kind in kinds.values()]
    if given.kind == "check":
        return _checking(standing, point)
    because = ("reason",) if point.reasons else ()
    reasoned = "Choose a reason first" if because else ""
    stand = _button(kinds["approve"], standing, recommended)
    edit = _button(kinds["edit"], standing, recommended, ("fields", *because), "Change a field first")
    refuse = _button(kinds["reject"], standing, recommended, because, reasoned)
    if only_two:
        return [stand, refuse, edit]
    if isinstance(point, Verify):
        return [stand, edit, _ending(refuse)]
    other = ActionView(
        verb=OVERRIDE, key="O", label="Override", next_state=refuse.next_state, ready=False,
        missing="Give another answer first", needs=("value", *because),
    )  # fmt: skip
    ends = [] if _refuses(point) else [_ending(refuse)]
    return [stand, other, edit, *ends]


def _refuses(point: DecisionPoint) -> bool:
    """One of the answers to choose from is a refusal."""
    return isinstance(point, Decide) and (point.yes_no or "reject" in (point.one_of or ()))


def _ending(refuse: ActionView) -> ActionView:
    return ActionView(
        verb=refuse.verb, key=refuse.key, label="Stop the case", next_state=refuse.next_state,
        ready=refuse.ready, missing=refuse.missing, needs=refuse.needs,
    )  # fmt: skip


def _checking(standing: Standing, point: DecisionPoint) -> list[ActionView]:
    kinds = kinds_of(standing.assignment)
    if standing.assignment.level is Level.HUMAN:
        missing = "Enter a number first" if _is_number(point) else "Choose an answer first"
        none = ActionView(
            verb="reject", key=kinds["reject"].key, label="None of them",
            next_state="Recorded: no answer is right",
        )  # fmt: skip
        if isinstance(point, Verify):
            return [_button(kinds["approve"], standing, None)]
        decide = _button(kinds["approve"], standing, None, ("value",), missing)
        return [decide, none] if may_fit_none(point) else [decide]
    right = _button(kinds["approve"], standing, None)
    return [
        ActionView(verb=right.verb, key=right.key, label="It is right", next_state="Recorded as right"),
        _button(kinds["reject"], standing, None),
    ]


def _is_number(point: DecisionPoint) -> bool:
    return isinstance(point, Decide) and point.number is not None


def _button(
    kind: Kind, standing: Standing, recommended: object, needs: tuple[str, ...] = (), missing: str = ""
) -> ActionView:
    then = kind.next_state(standing.process, standing.assignment, recommended)
    return ActionView(
        verb=kind.name, key=kind.key, label=kind.label, next_state=opened(then), ready=not needs,
        missing=missing if needs else "", needs=needs,
    )  # fmt: skip


def answer_sent(standing: Standing, verb: str, value: object) -> tuple[str, object]:
    """The kind of answer and the value that a form's button and field come to."""
    given = standing.assignment
    if given.kind == "notice" and verb == OVERRIDE:
        return "approve", value
    if given.kind in ("notice", "finding"):
        return verb, None
    if isinstance(standing.process.map.step(given.about), Draft) and verb == "approve":
        return verb, None
    return verb, value


def why(assignment: Assignment) -> str:
    """Why it is in the inbox, in a sentence."""
    if assignment.kind == "notice":
        return f"Decided without a person. {assignment.because}"
    return assignment.because
