"""Audit events as sentences: who did what, with what, and why. A new kind is one entry in `KINDS`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from surehand.core import aftermath, hands, lateness, remarks, rewriting, stopping
from surehand.core.actions import UNDO
from surehand.core.audit import Link
from surehand.core.case import Judgement
from surehand.core.entries import NOBODY, Body, Edit, Entry, Tale, Telling, Told
from surehand.core.phrases import brief, by, hundred, listed, moment, title, why, words
from surehand.core.reason import percent


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
    if isinstance(link.body, Mapping) and link.body.get("withheld") and link.kind != "recommended":
        entry = Entry(what="Kept back", rest="until a person has decided.")
    elif isinstance(link.body, Mapping):
        entry = KINDS.get(link.kind, _unknown)(Told(tale, link.kind, link.actor, link.body))
    else:
        entry = Entry(what=f"{title(link.kind)}.", rest="The details of this event were erased.")
    return replace(entry, seq=link.seq, at=link.at, hash=link.hash)


# One telling a kind


def _unknown(event: Told) -> Entry:
    rest = listed({name: value for name, value in event.body.items() if name != "records"})
    if event.actor not in NOBODY:
        return _person(event.actor, words(event.kind), rest)
    return Entry(what=title(event.kind), rest=rest, voice="ai" if event.actor == "ai" else "engine")


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
    note = words(event.get("step"))
    if told and not event.tale.blind:
        weakest = min(told, key=lambda name: told[name])
        note += f"; least sure of {words(weakest)}, {hundred(told[weakest])} in 100"
    return Entry(what="Read", rest=f"{listed(facts)}.", note=note, voice="ai")


def _recognised(event: Told) -> Entry:
    pages, lines = event.get("pages") or 0, event.get("lines") or 0
    told = (
        f"{pages} {'page' if pages == 1 else 'pages'}, {lines} {'line' if lines == 1 else 'lines'} of text."
    )
    return Entry(what=f"Opened {brief(event.get('name'))}:", rest=told)


def _unreadable(event: Told) -> Entry:
    return Entry(what=f"Could not read {brief(event.get('name'))}.", rest=str(event.get("because") or ""))


def _left_to_person(event: Told) -> Entry:
    names = ", ".join(words(name) for name in event.get("fields") or ())
    return Entry(what="Read nothing:", rest=f"a person keys in {names or 'what is needed'}.")


def _looked_up(event: Told) -> Entry:
    event.tale.facts.update(event.get("facts") or {})
    return Entry(what="Looked up", rest=f"{listed(event.get('facts'))}.", note=words(event.get("step")))


def _left_path(event: Told) -> Entry:
    return Entry(
        what=f"Left the path: {words(event.get('point'))}.",
        rest=f"{str(event.get('because') or '').rstrip('.')}.",
    )


def _step_failed(event: Told) -> Entry:
    note = "A person takes over." if event.get("final") else f"Tried again at {moment(event.get('again'))}."
    return Entry(what=f"{title(event.get('step'))} failed:", rest=f"{event.get('error')}.", note=note)


def _recommended(event: Told) -> Entry:
    if event.tale.blind:
        return Entry(what="Kept back:", rest="a person decides this without a machine's view.")
    source = str(event.get("source") or "")
    at = (str(event.get("point")), int(event.get("round") or 0))
    because = " ".join(event.tale.reasons.get(at, ()))
    because = because if not because or because.endswith((".", "?", "!")) else f"{because}."
    if event.get("value") is None:
        asked = source != "not asked"
        what = "Has no recommendation." if asked else "Was not asked:"
        rest = because if asked else "a person decides this alone."
        return Entry(what=what, rest=rest, note=source, voice="ai")
    event.tale.said[at] = event.body["value"]
    sure = event.get("confidence")
    said = "No confidence." if sure is None else f"Confidence {hundred(sure)} in 100."
    if weak := _weakest(event.get("signals")):
        said = f"{said[:-1]}: {weak}."
    rest = f"{because} {said}".strip()
    return Entry(what=f"Recommends: {brief(event.body['value'])}.", rest=rest, note=source, voice="ai")


def _weakest(signals: Any) -> str:
    """The signal that set the confidence, or the first without a reading; '' where only one was read."""
    if not isinstance(signals, Mapping) or len(signals) < 2:
        return ""
    missing = next((name for name, reading in signals.items() if reading is None), None)
    if missing is not None:
        return f"{words(missing)} has no reading"
    return f"the lowest signal is {words(min(signals, key=lambda name: signals[name]))}"


def _routed(event: Told) -> Entry:
    level = words(event.get("level"))
    alone = level in ("automate", "spot check", "notify")
    what = "Runs without a person:" if alone else f"Routed to {level}:"
    reasons = event.tale.routed = "; ".join(map(str, event.get("reasons") or ()))
    rest = "a person decides alone." if event.tale.blind else f"{reasons}."
    return Entry(what=what, rest=rest, note=f"{title(event.get('grade'))} consequence{_drawn(event)}")


def _drawn(event: Told) -> str:
    draw = event.get("draw")
    if not draw:
        return ""
    end = "checked" if draw["checked"] else "not checked"
    return f"; drew {draw['draw']:.4f} where below {draw['share']:g} is checked: {end}"


def _assigned(event: Told) -> Entry:
    person, due = event.get("person"), moment(event.get("due_at"))
    if event.get("kind") == "answer":
        return Entry(what=f"{person} is asked,", rest=f"until {due}.")
    because = str(event.get("because") or "")
    if event.get("kind") == "notice":
        return Entry(what=f"Told {person},", rest=f"who may override it until {due}.")
    if event.get("kind") == "check":
        return Entry(what="Drawn for a spot check:", rest=f"{person} decides it again, until {due}.")
    told_already = event.tale.blind or because in ("", event.tale.routed)
    rest = f"from the queue {event.get('queue')}, due {due}." + ("" if told_already else f" {because}.")
    return Entry(what=f"Given to {person},", rest=rest, note=str(event.get("picked") or ""))


_VERDICTS = {"reject": "rejected it.", "escalate": "escalated it."}
_SETTLED = {
    "retry": "run it again.", "happened": "it had happened.", "compensated": "it was made good another way.",
}  # fmt: skip


def _verdict(event: Told) -> Entry:
    kind, value, fields = str(event.get("verdict")), event.get("value"), event.get("fields") or {}
    if about := event.get("about"):
        return _person(event.actor, *aftermath.afterwards(str(about), event), note=why(event.body))
    if kind == "edit" and fields:
        changes = rewriting.corrected(event.tale.facts, fields)
        event.tale.facts.update(fields)
        return _person(event.actor, "corrected", note=why(event.body), changes=changes)
    if kind == "ask":
        return _person(event.actor, "asked:", f"“{event.get('question')}”", why(event.body))
    if kind in ("approve", "edit") and isinstance(value, str) and value in _SETTLED:
        return _person(event.actor, "settled it:", _SETTLED[value], why(event.body))
    if kind in ("approve", "edit"):
        what = "decided otherwise:" if event.get("override") else "approved:"
        what = f"for {event.get('behalf')} {what}" if event.get("behalf") else what
        changes = rewriting.rewritten(event, value)
        rest = "" if changes else f"{brief(value)}." if value is not None else "it goes on."
        rest += f" {event.get('others')} people have to agree." if event.get("others") else ""
        return _person(event.actor, what, rest, why(event.body), changes)
    return _person(event.actor, _VERDICTS.get(kind, f"gave the verdict {kind}."), "", why(event.body))


def _answered(event: Told) -> Entry:
    return _person(
        event.actor, "answered:", f"“{event.get('answer')}”", f"Asked: {brief(event.get('question'))}"
    )


def _outcome(event: Told) -> Entry:
    correct = event.get("correct")
    said = "it cannot be told" if correct is None else "it was right" if correct else "it was wrong"
    if event.get("value") is not None:
        said = f"{said}; the answer was {brief(event.body['value'])}"
    return _person(event.actor, "reported the outcome:", f"{said}.", brief(event.get("note") or ""))


def _claimed(event: Told) -> Entry:
    return _person(event.actor, "claimed it", f"from {event.get('taken_from')}.")


def _finished(event: Told) -> Entry:
    because = f"{event.body['because']}." if event.get("because") else ""
    return Entry(what=f"Finished: {words(event.get('result'))}.", rest=because)


def _act(what: str, rest: Callable[[Body], str] = lambda _: "") -> Telling:
    def tell(event: Told) -> Entry:
        step = words(event.get("step"))
        if str(event.get("key") or "").endswith(UNDO):
            step = f"taking back {step}"
        said = what.format(step=step, Step=step[:1].upper() + step[1:])
        note = f"Key {event.body['key']}" if event.get("key") else ""
        if event.actor not in NOBODY:
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


def _people(body: Body) -> str:
    made = [str(one) for one in body.get("changes") or ()]
    more = f", and {len(made) - 3} more" if len(made) > 3 else ""
    return f"{'; '.join(made[:3]) or 'as they were taken in'}{more}. {body.get('because')}."


def _version(body: Body) -> str:
    alone = ", alone, in development mode" if body.get("alone") else ""
    return f"{body.get('process')} {str(body.get('version', ''))[:8]}{alone}."


def _model(body: Body) -> str:
    report = body.get("report") or {}
    learned = f"{report.get('examples', 0)} examples and {report.get('cases', 0)} decided cases"
    return f"{body.get('model')} of {body.get('process')} on {learned}: {str(body.get('hash', ''))[:8]}."


def _calibrated(body: Body) -> str:
    report = body.get("report") or {}
    errors = [(when, (report.get(when) or {}).get("error")) for when in ("before", "after")]
    off = ", ".join(f"{percent(error)} % off {when}" for when, error in errors if error is not None)
    return f"of {body.get('point')} to {report.get('answers', 0)} unseen answers: {off or 'as they were'}."


def _guarantee(event: Told) -> Entry:
    cut = event.get("cut")
    runs = f"from confidence {percent(cut)} on decisions run alone" if cut is not None else "people decide"
    return Entry(
        what=f"Guarantee of {words(event.get('point'))}, {words(event.get('what'))}:", rest=f"{runs}.",
        note=f"{event.get('judged')} decisions so far",
    )  # fmt: skip


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
    "pending": hands.pending,
    "withdrawn": hands.withdrawn,
    "lapsed": hands.lapsed,
    "replaced": hands.replaced,
    "stood_in": hands.stood_in,
    "relaxed": hands.relaxed,
    "adopted": hands.adopted,
    "released": hands.released,
    "reassigned": hands.reassigned,
    "snoozed": hands.snoozed,
    "prioritised": hands.prioritised,
    "put_back": hands.put_back,
    "unanswered": lateness.unanswered,
    "claimed": _claimed,
    "looked_elsewhere": remarks.looked_elsewhere,
    "reminded": lateness.reminded,
    "warned": lateness.warned,
    "customer_waits": lateness.customer_waits,
    "process_waits": lateness.process_waits,
    "at_risk": lateness.at_risk,
    "shared": lateness.shared,
    "escalated": lateness.escalated,
    "expired": lateness.expired,
    "finished": _finished,
    "spot_checked": aftermath.spot_checked,
    "unasked": aftermath.unasked,
    "window_passed": aftermath.window_passed,
    "revoking": aftermath.revoking,
    "revoked": aftermath.revoked,
    "action_prevented": _act("Prevented {step}:", lambda _: "it never runs."),
    "action_planned": _act("Queued {step},", lambda body: f"allowed by {by(body.get('by'))}."),
    "action_started": _act("Began {step},", lambda body: f"attempt {body.get('attempt')}."),
    "action_done": _act("Ran {step}.", _result),
    "action_undone": _act("Took back {step}.", _result),
    "action_failed": _act("{Step} failed:", _failed_rest),
    "action_unknown": _act("It is not known whether {step} happened:", lambda body: f"{body.get('error')}."),
    "action_confirmed": _act(
        "Asked the other system about {step}:",
        lambda body: "it had happened." if body.get("happened") else "it had not happened.",
    ),
    "action_not_begun": _act("Did not begin {step}:", lambda _: "automation was stopped meanwhile."),
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
    "password_renewed": _system("has a password hashed anew", lambda body: f"for {body.get('person')}."),
    "key_created": _system(
        "created an API key", lambda body: f"for {body.get('person')}: {body.get('label')}."
    ),
    "keys_revoked": _system(
        "revoked",
        lambda body: f"{'an API key' if body.get('key') else 'the API keys'} of {body.get('person')}.",
    ),
    "version_proposed": _system("proposed", _version),
    "version_published": _system("published", _version),
    "people_changed": _system("changed the roster:", _people),
    "model_trained": _system("trained", _model),
    "model_promoted": _system("put a model to use that has earned as much,", _model),
    "calibrated": _system("fitted confidence anew", _calibrated),
    "model_not_trained": _system(
        "could not train",
        lambda body: f"{body.get('model')} of {body.get('process')}: {body.get('because')}.",
    ),
    "guarantee": _guarantee,
    "history_trusted": _system(
        "trusted past outcomes to say where the guarantee begins",
        lambda body: (
            f"of {words(body.get('point'))}, {body.get('process')}: {body.get('wrong')} of "
            f"{body.get('cases')} wrong from confidence {percent(float(body.get('cut') or 0))} on."
        ),
    ),
    "guarantee_read": _system(
        "has read what became of the guarantee",
        lambda body: f"of {words(body.get('point'))}, {body.get('process')}.",
    ),
    "reconciled": _system(
        "declared a restore from a backup:",
        lambda body: f"{body.get('behind')} cases had moved on since, {body.get('missing')} are gone.",
    ),
    "automation_stopped": lambda event: _person(event.actor, *stopping.stopped_words(event.body)),
    "resume_asked": _system("asked to resume", stopping.asked_words),
    "automation_resumed": _system("agreed to resume the automation", stopping.resumed_words),
    "kept_stopped": _system("kept stopped:", stopping.asked_words),
    "drill_ended": lambda event: Entry(what="Ended the drill", rest=stopping.drilled_words(event.body)),
    "pressed": _system(
        "used a button of a message:",
        lambda body: f"{words(body.get('verdict'))} of {body.get('case')}, over {body.get('channel')}.",
    ),
    "channel_failed": lambda event: Entry(
        what=f"The channel {event.get('channel')} does not work:", rest=f"{event.get('because')}."
    ),
    "channel_works": lambda event: Entry(what=f"The channel {event.get('channel')} works again."),
    "reason_set_aside": _system("set a proposed reason aside:", remarks.set_aside),
    "recognised": _recognised,
    "unreadable": _unreadable,
    "left_to_person": _left_to_person,
}
