"""Part 7 of a brief: what may be done, what each button needs, and what happens then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from surehand.core import actions, hearing, revoking
from surehand.core.actions import UNDO
from surehand.core.answering import answers_of, kind_of
from surehand.core.case import BESIDE
from surehand.core.duration import in_words
from surehand.core.hearing import MISSING
from surehand.core.others import asked_person, escalation_target
from surehand.core.steps import Act, Decide, DecisionPoint, Draft, Verify
from surehand.core.values import shown
from surehand.core.verdicts import KINDS
from surehand.core.verifying import keyed_of
from surehand.flow.context import Context
from surehand.flow.pending import span_of
from surehand.flow.standing import Standing, others_needed
from surehand.web import watch_views
from surehand.web.plain import opened
from surehand.web.remark_views import lack_view, tag_views
from surehand.web.views import ActionsView, ActionView, OptionView


@dataclass(frozen=True, slots=True)
class Written:
    """What a person had written before a verdict was refused, or before they went away.

    edited   a field is not as it was
    kept_at  when it was kept as a draft
    """

    value: str = ""
    picked: tuple[str, ...] = ()
    reason: str = ""
    note: str = ""
    question: str = ""
    edited: bool = False
    kept_at: datetime | None = None
    tags: tuple[str, ...] = ()
    lacks: str = ""
    lacks_words: str = ""


NOT_WRITTEN = Written()


def point_of(standing: Standing) -> DecisionPoint | None:
    """The decision point that it is about; None for an exception or a repair."""
    return hearing.point_of(standing.process, standing.assignment)


def possible_answers(point: DecisionPoint) -> tuple[str, ...]:
    """Answers that can be listed, as forms send them."""
    if isinstance(point, Decide) and point.one_of is not None:
        return point.one_of
    return ("yes", "no") if isinstance(point, Decide) and point.yes_no else ()


def says_it_all(standing: Standing, point: DecisionPoint) -> bool:
    """Approve and reject are the two answers, so no list of answers is needed."""
    answers = possible_answers(point)
    recommended = recommended_of(standing)
    refusal = "no" if answers == ("yes", "no") else "reject"
    return (
        standing.assignment.level in ("review", "notify")
        and len(answers) == 2
        and refusal in answers
        and recommended is not None
        and shown(recommended) != refusal
    )


def recommended_of(standing: Standing) -> object:
    """What the AI recommends, where the person may see it; else None."""
    if standing.judgement is None or not standing.assignment.level.shows_recommendation:
        return None
    return standing.judgement.recommendation.get("value")


def entered_by(standing: Standing) -> tuple[str, ...]:
    """The fields that are entered unseen as the answer; none where the AI's view is shown."""
    point = point_of(standing)
    if point is None or not standing.assignment.blind:
        return ()
    return keyed_of(point, standing.judgement)


def option_views(standing: Standing, point: DecisionPoint) -> tuple[OptionView, ...]:
    """The answers to choose from, each with what it lets run."""
    several = kind_of(point) == "several"
    answers = tuple(one for (one,) in answers_of(point)) if several else possible_answers(point)
    if not answers or says_it_all(standing, point) or standing.assignment.kind == "finding":
        return ()
    told = []
    for answer in answers:
        value: object = (
            {"yes": True, "no": False}[answer] if isinstance(point, Decide) and point.yes_no else answer
        )
        about = runs(standing, [value] if several else value)
        told.append(OptionView(value=answer, label=answer.replace("_", " ").capitalize(), about=about))
    return tuple(told)


def runs(standing: Standing, answer: object) -> str:
    """What an answer lets run, in words."""
    steps = standing.process.steps
    point = point_of(standing)
    place = next(i for i, bound in enumerate(steps) if point and bound.step.name == point.name)
    after = actions.actions_after(standing.process, place, answer)
    names = ", ".join(bound.step.name.replace("_", " ") for bound in after)
    later = [b.step for b in steps[place + 1 :] if isinstance(b.step, DecisionPoint)]
    if later:
        return (
            f"runs {names}, then {later[0].name.replace('_', ' ')}" if names else "goes on to the next step"
        )
    return f"runs {names}" if names else "nothing runs"


def actions_view(
    context: Context, standing: Standing, person: str, *, doubtful: int, refused: str, written: Written
) -> ActionsView:
    """The buttons of a brief; none, with the reason, for a reader who may not decide."""
    if standing.assignment.pending_by is not None:
        return ActionsView(refused=_decided(standing.assignment.pending_by, person))
    if refused:
        return ActionsView(refused=_refusal(standing, person, refused))
    point, beside = point_of(standing), standing.assignment.kind in BESIDE
    asked = point.reasons if point and standing.assignment.kind in ("decide", "notice") else ()
    reasons = tuple(
        OptionView(value=r, label=r.replace("-", " ").replace("_", " ").capitalize())
        for r in ((*asked, "other") if asked else ())
    )
    if point is not None and beside:
        buttons = watch_views.buttons(standing, point, only_two=says_it_all(standing, point))
    else:
        buttons = _deciding(standing, point, doubtful) if point else _continuing(standing)
        more = others_needed(context, person, standing, recommended_of(standing)) if point else 0
        if more:
            buttons = [
                _before_others(button, more) if button.verb == "approve" else button for button in buttons
            ]
        buttons += _asking(context, standing, person)
    if written.edited:
        # a script compares fields with what the page shows, which is the edit itself by now
        buttons = [_ready_to_save(button) if button.verb == "edit" else button for button in buttons]
    noted = _must_note(standing, bool(reasons))
    if noted:
        buttons = [button if _settles_nothing(standing, button) else _noted(button) for button in buttons]
    return ActionsView(
        actions=tuple(buttons), reasons=reasons, reason_always=bool(reasons) and not beside, noted=noted,
        undo=span_of(context, standing) or None,
        afterwards="" if beside else _afterwards(standing, point), reason=written.reason, note=written.note,
        question=written.question, kept_at=written.kept_at,
        tags=tag_views(), tagged=written.tags,
        lack=lack_view(context, standing, person, written.lacks, written.lacks_words),
    )  # fmt: skip


def _before_others(button: ActionView, more: int) -> ActionView:
    """What an approval leads to where it does not stand alone."""
    who = "one more has" if more == 1 else f"{more} more have"
    then = f"{button.next_state[:1].lower()}{button.next_state[1:]}"
    return replace(button, next_state=opened(f"{who} to agree, then {then}"))


def _must_note(standing: Standing, reasons: bool) -> bool:
    """The reader's authority asks for a note, or for a reason where there are no reasons to choose from."""
    asked = standing.warrant.write if standing.warrant is not None else ()
    return standing.assignment.kind not in ("check", "finding") and (
        "note" in asked or ("reason" in asked and not reasons)
    )


def _settles_nothing(standing: Standing, button: ActionView) -> bool:
    stands = standing.assignment.kind == "notice" and button.verb == "approve"
    return stands or button.verb in ("ask", "escalate")


def _noted(button: ActionView) -> ActionView:
    """The button, once a note is written."""
    before = button.missing.removesuffix(" first")
    missing = f"{before} and write a note first" if before else "Write a note first"
    return replace(button, needs=(*button.needs, "note"), ready=False, missing=missing)


def _ready_to_save(button: ActionView) -> ActionView:
    needs = tuple(need for need in button.needs if need != "fields")
    return replace(button, needs=needs, ready=not needs, missing="Choose a reason first" if needs else "")


def _decided(by: str, person: str) -> str:
    """Somebody has decided it, and may still think better of it."""
    if by == person:
        return "You decided this a moment ago. To decide anew, undo that first."
    return f"{by} decided this a moment ago. If they undo it, it waits again."


def _refusal(standing: Standing, person: str, refused: str) -> str:
    holder = standing.assignment.person
    return f"{opened(refused, person)}. {holder} has this case."


def _button(
    verb: str, label: str, then: str, needs: Sequence[str] = (), missing: str = "", name: str = ""
) -> ActionView:  # fmt: skip
    """A button; `name` is the person that `then` begins with."""
    key = KINDS[verb].key if verb in KINDS else label[:1].upper()
    return ActionView(
        verb=verb, key=key, label=label, next_state=opened(then, name), ready=not needs,
        missing=missing, needs=tuple(needs),
    )  # fmt: skip


def _deciding(standing: Standing, point: DecisionPoint, doubtful: int) -> list[ActionView]:
    if entered_by(standing):
        return _entering(point)
    because = ("reason",) if point.reasons else ()
    lacking = ["choose a reason"] if because else []
    check = ("checked",) if doubtful else ()
    fields = "1 field" if doubtful == 1 else f"{doubtful} fields"
    checks = [f"check {fields}"] if doubtful else []
    verifies = isinstance(point, Verify)
    editable = _button(
        "edit", "Save edits", "goes on with your values" if verifies else "checked again with your values",
        ("fields", *because), _sentence(["change a field", *lacking]),
    )  # fmt: skip
    if says_it_all(standing, point):
        refusal: object = False if isinstance(point, Decide) and point.yes_no else "reject"
        approve = _button(
            "approve", "Approve", runs(standing, recommended_of(standing)), (*check, *because),
            _sentence([*checks, *lacking]),
        )  # fmt: skip
        return [
            approve,
            editable,
            _button("reject", "Reject", runs(standing, refusal), because, _sentence(lacking)),
        ]
    needed, words = _own_answer(standing, point)
    then = "your answer stands" if needed or possible_answers(point) else "sent as it stands above"
    if isinstance(point, Decide) and point.picks and not needed:
        then = "as recommended, or as you choose"
    if verifies:
        then = f"all of it is right: {runs(standing, None)}"
    decide = _button(
        "approve", "Decide" if needed else "Approve", then, (*check, *needed, *because),
        _sentence([*checks, *words, *lacking]),
    )  # fmt: skip
    found = [decide, editable]
    if "reject" not in possible_answers(point) and not (isinstance(point, Decide) and point.yes_no):
        found.append(_button("reject", "Reject", "the case ends, nothing runs", because, _sentence(lacking)))
    return found


def _entering(point: DecisionPoint) -> list[ActionView]:
    because = ("reason",) if point.reasons else ()
    missing = _sentence(["choose a reason"] if because else [])
    return [
        _button("approve", "Decide", "goes on with what you entered", because, missing),
        _button("reject", "Reject", "the case ends, nothing runs", because, missing),
    ]


def _own_answer(standing: Standing, point: DecisionPoint) -> tuple[tuple[str, ...], list[str]]:
    """Whether the person must give an answer of their own, and how to say so."""
    if isinstance(point, Draft | Verify) and recommended_of(standing) is not None:
        return (), []
    if not isinstance(point, Decide):
        return ("value",), ["write an answer"]
    reviews = standing.assignment.level == "review" and recommended_of(standing) is not None
    if reviews and (point.number or point.picks):
        return (), []
    if point.number:
        return ("value",), ["enter a number"]
    return ("value",), ["choose an answer" if possible_answers(point) or point.picks else "write an answer"]


def _continuing(standing: Standing) -> list[ActionView]:
    """Buttons for a case that left the path, or for an action that did not finish."""
    reject = _button("reject", "Reject", "the case ends, nothing more runs")
    if standing.assignment.kind == "repair":
        return _repairing(standing, reject)
    edit = _button(
        "edit", "Save edits", "checked again with your values", ("fields",), "Fill in a field first"
    )
    if standing.assignment.point.startswith(MISSING):
        return [edit, reject]
    return [_button("approve", "Let it pass", "goes on as it is"), edit, reject]


def _repairing(standing: Standing, reject: ActionView) -> list[ActionView]:
    action, case = standing.action, standing.case
    again = _button("retry", "Run it again", "under the same key")
    if action is None or not revoking.concerns(case, action):
        return [again, _button("happened", "It happened", "counts as done, the case goes on"), reject]
    if action.key.endswith(UNDO):
        return [
            again,
            _button("happened", "It was undone", "counts as taken back"),
            _button("compensated", "Made good otherwise", "counts as made good; say how in the note"),
        ]
    return [
        _button("happened", "It happened", "it is taken back next"),
        _button("retry", "It did not happen", "nothing of it runs any more"),
    ]


def _asking(context: Context, standing: Standing, person: str) -> list[ActionView]:
    office = context.office()
    asked = asked_person(standing.case, standing.process, office, standing.assignment, None, by=person)
    above = escalation_target(
        standing.case, standing.process, office, standing.assignment, at=context.clock()
    )
    found = [
        _button(
            "ask",
            "Ask",
            f"{asked} answers, then it comes back",
            ("question",),
            "Write a question first",
            name=asked,
        )
    ]
    if above is not None and above != person:
        found.append(_button("escalate", "Escalate", f"to {above}"))
    return found


def _sentence(parts: Sequence[str]) -> str:
    """['check 2 fields', 'choose a reason'] -> 'Check 2 fields and choose a reason first'."""
    if not parts:
        return ""
    text = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    if len(parts) > 1 and parts[-2].startswith("choose "):
        text = text.replace(" and choose ", " and ")
    return f"{text[:1].upper()}{text[1:]} first"


def _afterwards(standing: Standing, point: DecisionPoint | None) -> str:
    if point is None or point.consequence.reversible_within is None:
        return ""
    undone = [b.step for b in standing.process.steps if isinstance(b.step, Act) and b.step.undo]
    if not undone:
        return ""
    names = ", ".join(step.name.replace("_", " ") for step in undone)
    return f"{names.capitalize()} can be taken back for {in_words(point.consequence.reversible_within)}."
