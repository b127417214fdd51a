"""Audit events as sentences: who did what, with what, and why. A new kind is one entry in `KINDS`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from surehand.core.audit import Link
from surehand.core.case import ENGINE, Judgement
from surehand.core.values import shown

#: Values of a step that one sentence names; the case page has all of them.
_NAMED = 8
_LONGEST = 90


_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Edit:
    """A value before and after."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event in words.

    voice  'ai', 'engine' or 'person'; `who` is the person
    what   the finding; `rest` the sentence after it, `note` what is worth less
    """

    what: str
    rest: str = ""
    note: str = ""
    changes: tuple[Edit, ...] = ()
    voice: str = "engine"
    who: str = ""
    seq: int = 0
    at: datetime = _NEVER
    hash: str = ""

    @property
    def sentence(self) -> str:
        """The whole in one line."""
        changes = ", ".join(f"{e.name} {e.before or 'empty'} -> {e.after or 'empty'}" for e in self.changes)
        parts = (self.who, self.what, self.rest, changes, f"({self.note})" if self.note else "")
        return " ".join(part for part in parts if part)


@dataclass(slots=True)
class Tale:
    """What has been told so far.

    facts    values by name as the events left them, so that an edit can say what was there before
    reasons  (decision point, round) -> why the AI recommended it
    routed   the reasons of the route told last
    blind    a person decides alone and has not yet: nothing of what a model said is told
    """

    facts: dict[str, Any] = field(default_factory=dict)
    reasons: Mapping[tuple[str, int], Sequence[str]] = field(default_factory=dict)
    routed: str = ""
    blind: bool = False


Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One event to be told, with what was told before."""

    tale: Tale
    kind: str
    actor: str
    body: Body

    def get(self, name: str) -> Any:
        """A value of the event; None when it has none of that name."""
        return self.body.get(name)


Telling = Callable[[Told], Entry]

#: Actors that are not people.
_NOBODY = (ENGINE, "ai")


def told(
    links: Iterable[Link],
    *,
    given: Mapping[str, Any] | None = None,
    judgements: Iterable[Judgement] = (),
    blind: bool = False,
) -> tuple[Entry, ...]:
    """The events of a chain in words, in order.

    given       input fields that the case came with
    judgements  of the case; their recommendations carry the reasons
    """
    reasons = {(j.point, j.round): tuple(j.recommendation.get("reasons") or ()) for j in judgements}
    tale = Tale(dict(given or {}), reasons, blind=blind)
    return tuple(_entry(tale, link) for link in links)


def _entry(tale: Tale, link: Link) -> Entry:
    if isinstance(link.body, Mapping):
        entry = KINDS.get(link.kind, _unknown)(Told(tale, link.kind, link.actor, link.body))
    else:
        entry = Entry(what=f"{_title(link.kind)}.", rest="The details of this event were erased.")
    return replace(entry, seq=link.seq, at=link.at, hash=link.hash)


# Words


def _title(code: object) -> str:
    return str(code).replace("_", " ").replace("-", " ").capitalize()


def _words(code: object) -> str:
    return str(code).replace("_", " ").replace("-", " ")


def brief(value: Any, longest: int = _LONGEST) -> str:
    """A value in one short line."""
    text = " ".join(shown(value).split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def hundred(share: Any) -> str:
    """0.884 -> '88'; never 0 or 100 unless it is."""
    if not isinstance(share, int | float):
        return "?"
    return f"{share * 100:.0f}" if share in (0, 1) else f"{min(99, max(1, round(share * 100)))}"


def moment(iso: Any) -> str:
    """An ISO time as '2026-11-20 15:00 UTC'."""
    try:
        return f"{datetime.fromisoformat(str(iso)):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return str(iso)


def _values(facts: Any) -> str:
    if not isinstance(facts, Mapping) or not facts:
        return "nothing"
    known = [f"{_words(name)} {brief(value)}" for name, value in facts.items() if value is not None]
    missing = [_words(name) for name, value in facts.items() if value is None]
    more = f", and {len(known) - _NAMED} more" if len(known) > _NAMED else ""
    lacking = f"; nothing for {', '.join(missing[:_NAMED])}" if missing else ""
    return (", ".join(known[:_NAMED]) or "no value") + more + lacking


def _why(body: Body) -> str:
    reason = f"Reason: {_words(body['reason'])}." if body.get("reason") else ""
    return " ".join(part for part in (reason, str(body.get("note") or "")) if part)


def _by(name: Any) -> str:
    return "policy" if name in (None, "policy") else str(name)


# One telling a kind


def _unknown(event: Told) -> Entry:
    rest = _values({name: value for name, value in event.body.items() if name != "records"})
    if event.actor not in _NOBODY:
        return _person(event.actor, _words(event.kind), rest)
    return Entry(what=_title(event.kind), rest=rest, voice="ai" if event.actor == "ai" else "engine")


def _person(actor: str, what: str, rest: str = "", note: str = "", changes: tuple[Edit, ...] = ()) -> Entry:
    return Entry(what=what, rest=rest, note=note, changes=changes, voice="person", who=actor)


def _received(event: Told) -> Entry:
    version = f"Version {str(event.get('version') or '')[:8]} pinned"
    rest = f"from {event.actor} for {event.get('process')}, under the key {brief(event.get('key'))}."
    return Entry(what="Received", rest=rest, note=version)


def _read(event: Told) -> Entry:
    facts, sure = event.get("facts") or {}, event.get("sure") or {}
    event.tale.facts.update(facts)
    told = {name: value for name, value in sure.items() if isinstance(value, int | float)}
    note = _words(event.get("step"))
    if told and not event.tale.blind:
        weakest = min(told, key=lambda name: told[name])
        note += f"; least sure of {_words(weakest)}, {hundred(told[weakest])} in 100"
    return Entry(what="Read", rest=f"{_values(facts)}.", note=note, voice="ai")


def _recognised(event: Told) -> Entry:
    pages, lines = event.get("pages") or 0, event.get("lines") or 0
    told = (
        f"{pages} {'page' if pages == 1 else 'pages'}, {lines} {'line' if lines == 1 else 'lines'} of text."
    )
    return Entry(what=f"Opened {brief(event.get('name'))}:", rest=told)


def _unreadable(event: Told) -> Entry:
    return Entry(what=f"Could not read {brief(event.get('name'))}.", rest=str(event.get("because") or ""))


def _left_to_person(event: Told) -> Entry:
    names = ", ".join(_words(name) for name in event.get("fields") or ())
    return Entry(what="Read nothing:", rest=f"a person keys in {names or 'what is needed'}.")


def _looked_up(event: Told) -> Entry:
    event.tale.facts.update(event.get("facts") or {})
    return Entry(what="Looked up", rest=f"{_values(event.get('facts'))}.", note=_words(event.get("step")))


def _left_path(event: Told) -> Entry:
    return Entry(what=f"Left the path: {_words(event.get('point'))}.", rest=f"{event.get('because') or ''}.")


def _step_failed(event: Told) -> Entry:
    note = "A person takes over." if event.get("final") else f"Tried again at {moment(event.get('again'))}."
    return Entry(what=f"{_title(event.get('step'))} failed:", rest=f"{event.get('error')}.", note=note)


def _recommended(event: Told) -> Entry:
    if event.tale.blind:
        return Entry(what="Kept back:", rest="a person decides this without a machine's view.")
    source = str(event.get("source") or "")
    if event.get("value") is None:
        asked = source != "not asked"
        what = "Has no recommendation." if asked else "Was not asked:"
        return Entry(what=what, rest="" if asked else "a person decides this alone.", note=source, voice="ai")
    sure = event.get("confidence")
    said = "No confidence." if sure is None else f"Confidence {hundred(sure)} in 100."
    if weak := _weakest(event.get("signals")):
        said = f"{said[:-1]}: {weak}."
    at = (str(event.get("point")), int(event.get("round") or 0))
    why = " ".join(event.tale.reasons.get(at, ()))
    why = why if not why or why.endswith((".", "?", "!")) else f"{why}."
    rest = f"{why} {said}".strip()
    return Entry(what=f"Recommends: {brief(event.body['value'])}.", rest=rest, note=source, voice="ai")


def _weakest(signals: Any) -> str:
    """The signal that set the confidence, or the first without a reading; '' where only one was read."""
    if not isinstance(signals, Mapping) or len(signals) < 2:
        return ""
    missing = next((name for name, reading in signals.items() if reading is None), None)
    if missing is not None:
        return f"{_words(missing)} has no reading"
    return f"the lowest signal is {_words(min(signals, key=lambda name: signals[name]))}"


def _routed(event: Told) -> Entry:
    level = _words(event.get("level"))
    alone = level in ("automate", "spot check", "notify")
    what = "Runs without a person:" if alone else f"Routed to {level}:"
    reasons = event.tale.routed = "; ".join(map(str, event.get("reasons") or ()))
    rest = "a person decides alone." if event.tale.blind else f"{reasons}."
    return Entry(what=what, rest=rest, note=f"{_title(event.get('grade'))} consequence")


def _assigned(event: Told) -> Entry:
    person, due = event.get("person"), moment(event.get("due_at"))
    if event.get("kind") == "answer":
        return Entry(what=f"{person} is asked,", rest=f"until {due}.")
    because = str(event.get("because") or "")
    told_already = event.tale.blind or because in ("", event.tale.routed)
    rest = f"from the queue {event.get('queue')}, due {due}." + ("" if told_already else f" {because}.")
    return Entry(what=f"Given to {person},", rest=rest, note=str(event.get("picked") or ""))


_VERDICTS = {"reject": "rejected it.", "escalate": "escalated it."}
_SETTLED = {"retry": "run it again.", "happened": "it had happened."}


def _verdict(event: Told) -> Entry:
    kind, value, fields = str(event.get("verdict")), event.get("value"), event.get("fields") or {}
    if kind == "edit" and fields:
        before = dict(event.tale.facts)
        changes = tuple(
            Edit(_words(name), brief(before.get(name)), brief(raw))
            for name, raw in fields.items()
            if shown(before.get(name)) != str(raw)
        )
        event.tale.facts.update(fields)
        return _person(event.actor, "corrected", note=_why(event.body), changes=changes)
    if kind == "ask":
        return _person(event.actor, "asked:", f"“{event.get('question')}”", _why(event.body))
    if kind in ("approve", "edit") and value in _SETTLED:
        return _person(event.actor, "settled it:", _SETTLED[str(value)], _why(event.body))
    if kind in ("approve", "edit"):
        what = "decided otherwise:" if event.get("override") else "approved:"
        return _person(
            event.actor, what, f"{brief(value)}." if value is not None else "it goes on.", _why(event.body)
        )
    return _person(event.actor, _VERDICTS.get(kind, f"gave the verdict {kind}."), "", _why(event.body))


def _answered(event: Told) -> Entry:
    return _person(
        event.actor, "answered:", f"“{event.get('answer')}”", f"Asked: {brief(event.get('question'))}"
    )


def _replaced(event: Told) -> Entry:
    return Entry(
        what=f"Handed to {event.get('to')},",
        rest=f"because {event.get('taken_from')} is not active any more.",
        note=str(event.get("picked") or ""),
    )


def _outcome(event: Told) -> Entry:
    correct = event.get("correct")
    said = "it cannot be told" if correct is None else "it was right" if correct else "it was wrong"
    if event.get("value") is not None:
        said = f"{said}; the answer was {brief(event.body['value'])}"
    return _person(event.actor, "reported the outcome:", f"{said}.", brief(event.get("note") or ""))


def _unanswered(event: Told) -> Entry:
    return Entry(what="No answer came in time", rest=f"from {event.get('asked')}.")


def _claimed(event: Told) -> Entry:
    return _person(event.actor, "claimed it", f"from {event.get('taken_from')}.")


def _reminded(event: Told) -> Entry:
    return Entry(what=f"Reminded {event.get('person')},", rest=f"due {moment(event.get('due_at'))}.")


def _escalated(event: Told) -> Entry:
    before, to = event.get("taken_from"), event.get("to")
    what = f"Escalated to {to}," if before != to else f"Overdue with {to},"
    rest = f"because {before} did not answer in time; now due {moment(event.get('due_at'))}."
    return Entry(what=what, rest=rest)


def _finished(event: Told) -> Entry:
    because = f"{event.body['because']}." if event.get("because") else ""
    return Entry(what=f"Finished: {_words(event.get('result'))}.", rest=because)


def _act(what: str, rest: Callable[[Body], str] = lambda _: "") -> Telling:
    def tell(event: Told) -> Entry:
        step = event.get("step")
        said = what.format(step=_words(step), Step=_title(step))
        note = f"Key {event.body['key']}" if event.get("key") else ""
        if event.actor not in _NOBODY:
            return _person(event.actor, said, rest(event.body), note)
        return Entry(what=said, rest=rest(event.body), note=note)

    return tell


def _failed_rest(body: Body) -> str:
    after = "A person takes over." if body.get("final") else f"Tried again at {moment(body.get('again'))}."
    return f"{body.get('error')}. {after}"


def _result(body: Body) -> str:
    return f"The other system answered: {brief(body['result'])}." if body.get("result") else ""


def _system(what: str, rest: Callable[[Body], str] = lambda _: "") -> Telling:
    return lambda event: _person(event.actor, what, rest(event.body))


def _denied(body: Body) -> str:
    return f"{body.get('because')}."


def _version(body: Body) -> str:
    alone = ", alone, in development mode" if body.get("alone") else ""
    return f"{body.get('process')} {str(body.get('version', ''))[:8]}{alone}."


def _model(body: Body) -> str:
    report = body.get("report") or {}
    learned = f"{report.get('examples', 0)} examples and {report.get('cases', 0)} decided cases"
    return f"{body.get('model')} of {body.get('process')} on {learned}: {str(body.get('hash', ''))[:8]}."


KINDS: Mapping[str, Telling] = {
    "received": _received,
    "read": _read,
    "looked_up": _looked_up,
    "left_path": _left_path,
    "step_failed": _step_failed,
    "recommended": _recommended,
    "routed": _routed,
    "assigned": _assigned,
    "verdict": _verdict,
    "answered": _answered,
    "outcome": _outcome,
    "replaced": _replaced,
    "unanswered": _unanswered,
    "claimed": _claimed,
    "reminded": _reminded,
    "escalated": _escalated,
    "finished": _finished,
    "action_planned": _act("Queued {step},", lambda body: f"allowed by {_by(body.get('by'))}."),
    "action_started": _act("Began {step},", lambda body: f"attempt {body.get('attempt')}."),
    "action_done": _act("Ran {step}.", _result),
    "action_undone": _act("Took back {step}.", _result),
    "action_failed": _act("{Step} failed:", _failed_rest),
    "action_unknown": _act("It is not known whether {step} happened:", lambda body: f"{body.get('error')}."),
    "action_confirmed": _act(
        "Asked the other system about {step}:",
        lambda body: "it had happened." if body.get("happened") else "it had not happened.",
    ),
    "action_refused": _act("Did not run {step}:", _denied),
    "action_settled": _act(
        "settled {step}:", lambda body: "it had happened." if body.get("happened") else "it runs again."
    ),
    "undo_requested": _act("asked to take back {step}."),
    "denied": _system("was refused:", _denied),
    "signed_in": _system("signed in."),
    "signed_out": _system("signed out."),
    "sign_in_failed": _system("could not be signed in."),
    "password_set": _system("set a password", lambda body: f"for {body.get('person')}."),
    "key_created": _system(
        "created an API key", lambda body: f"for {body.get('person')}: {body.get('label')}."
    ),
    "keys_revoked": _system("revoked the API keys", lambda body: f"of {body.get('person')}."),
    "version_proposed": _system("proposed", _version),
    "version_published": _system("published", _version),
    "model_trained": _system("trained", _model),
    "recognised": _recognised,
    "unreadable": _unreadable,
    "left_to_person": _left_to_person,
}
