"""Messages in words, as they are sent and as their page shows them: through the same veil as every page.

A message is a row of ids. What it says is read when it is sent, for the person who gets it: whoever decides
unseen is told no more than their brief shows, and what was done meanwhile is told no more.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from surehand.core import four_eyes, messages
from surehand.core.case import Assignment
from surehand.core.formats import Manner
from surehand.core.hearing import point_of
from surehand.core.messages import ITEMS, KINDS, Choice, Item, Letter, Part
from surehand.core.money import amount_of
from surehand.core.phrases import brief, hundred, title, words
from surehand.core.showing import brief_path, names_of, subject_of
from surehand.errors import SurehandError
from surehand.flow import among, desk, unseen
from surehand.flow.context import Context
from surehand.flow.manners import manners
from surehand.flow.plainly import plain_reasons
from surehand.flow.pressing import pressable
from surehand.flow.standing import Standing, looked_at
from surehand.store import desk as rows_of
from surehand.store import outbox
from surehand.store.desk import Waiting, Which
from surehand.store.outbox import Delivery
from surehand.store.tables import assignment


def current(context: Context, rows: Sequence[Delivery]) -> list[Delivery]:
    """Those of them that still tell something: not read, and about what is open and with whom it says."""
    with context.db.read() as connection:
        held = outbox.holders(connection, [one.of for one in rows if one.of is not None])
    return [one for one in rows if one.read_at is None and _stands(one, held)]


def _stands(one: Delivery, held: Mapping[str, tuple[str, ...]]) -> bool:
    kind = KINDS.get(one.kind)
    if kind is None or not kind.brief:
        return kind is not None
    holders = held.get(one.of or "", ())
    return one.recipient in holders if kind.theirs else bool(holders)


def letter(context: Context, row: Delivery) -> Letter | None:
    """One message with its brief; None where there is nothing to be told, or not to this person."""
    kind = KINDS[row.kind]
    if not kind.brief:
        return _short(context, row)
    try:
        found, refused = looked_at(context, row.recipient, row.case_id or "", of=row.of)
    except SurehandError:
        return None
    case, given = found.case, found.assignment
    manner = manners(context, [row.recipient])[row.recipient]
    parts = (
        _decision(found, manner), _recommendation(found), _facts(found, manner), _flags(found),
        _history(context, row.recipient, found, decides=not refused), _policy(found),
        messages.part("What you can do", [_act(given)]),
    )  # fmt: skip
    body = {**row.body, "holder": given.person}
    return Letter(
        kind=row.kind, subject=messages.subject(row.kind, case.title or case.process),
        because=messages.because(row.kind, body), link=context.post.url + brief_path(given), case_id=case.id,
        urgent=row.urgent, parts=tuple(one for one in parts if one is not None),
        choice=None if refused else _choice(found),
        link_text="Open it and answer" if given.kind == "answer" else "Open it and decide",
    )  # fmt: skip


def _short(context: Context, row: Delivery) -> Letter:
    of = str(row.body.get("of") or (row.case_id or "").upper())
    path = str(row.body.get("path") or (f"/cases/{row.case_id}" if row.case_id else "/messages"))
    return Letter(
        kind=row.kind, subject=messages.subject(row.kind, of), because=messages.because(row.kind, row.body),
        link=context.post.url + path, link_text="Open it", case_id=row.case_id, urgent=row.urgent,
    )  # fmt: skip


# The parts of a brief


def _decision(found: Standing, manner: Manner) -> Part | None:
    case, given, process = found.case, found.assignment, found.process
    asked = given.question if given.kind == "answer" else case.title
    lines = [asked or case.title or process.name]
    if case.grade is not None:
        stake = case.stake
        sum_ = f"{manner.formats.money(stake, process.map.currency)}, " if stake is not None else ""
        lines.append(f"At stake: {sum_}{case.grade} consequence")
    lines.append(f"Due {_moment(given.due_at, manner)}")
    return messages.part("To answer" if given.kind == "answer" else "To decide", lines)


def _moment(at: datetime, manner: Manner) -> str:
    """By the clock of who reads it, which is named; a message is read on any day."""
    local = manner.local(at)
    return f"{local:%Y-%m-%d} {manner.formats.clock(local)} {manner.zone}"


def _recommendation(found: Standing) -> Part | None:
    """What the AI says; never to whoever decides unseen."""
    judged = found.judgement
    if judged is None or not judged.recommendation or _unseen(found):
        return None
    said = judged.recommendation
    sure = "" if judged.confidence is None else f" (confidence {hundred(judged.confidence)})"
    reasons = [f"because {messages.line(reason)}" for reason in (said.get("reasons") or ())[:3]]
    return messages.part("Recommended", [f"{answer(said.get('value'))}{sure}", *reasons])


def _unseen(found: Standing) -> bool:
    given = found.assignment
    return given.blind or given.kind == "check"


def answer(value: object) -> str:
    """An answer as people read it: approve_all -> 'Approve all'."""
    text = brief(value, 200)
    simple = isinstance(value, bool) or (isinstance(value, str) and text.replace("_", "").isalnum())
    return title(text) if simple and text.islower() else text


def _facts(found: Standing, manner: Manner) -> Part | None:
    case, point = found.case, point_of(found.process, found.assignment)
    known = [
        f"{title(name) if name.islower() else name}: {_fact(value, manner)}"
        for name in names_of(found.process, point)
        if (value := case.facts.get(name)) is not None
    ]
    return messages.part("Key facts", known)


def _fact(value: object, manner: Manner) -> str:
    amount = amount_of(value)
    if amount is None or not isinstance(value, Mapping):
        return brief(value, 200)
    return manner.formats.money(amount, messages.line(value["currency"]))


def _flags(found: Standing) -> Part | None:
    given, judged = found.assignment, found.judgement
    if given.kind in ("exception", "repair", "answer", "check"):
        return messages.part("Why it is here", [given.because])
    reasons = judged.reasons if judged is not None else ()
    if _unseen(found):
        reasons = tuple(plain_reasons(found.process, given.about, reasons))
    texts = [str(reason.get("text", "")) for reason in reasons]
    texts += [note] if (note := four_eyes.note(given)) else []
    return messages.part("Why it is here", texts or ["A person decides this."])


def _history(context: Context, person: str, found: Standing, *, decides: bool) -> Part | None:
    case = found.case
    subject = subject_of(case, found.process)
    if not subject:
        return None
    with context.db.read() as connection:
        earlier = desk.earlier(
            context, connection, person, case.process, subject, before=case.created_at, decides=decides
        )  # fmt: skip
    if not earlier:
        return messages.part("History", [f"Nothing earlier about {messages.line(subject, 80)}"])
    told = ", ".join(f"{words(one.result or one.state)}" for one in earlier)
    return messages.part("History", [f"{messages.line(subject, 80)}, the last {len(earlier)}: {told}"])


def _policy(found: Standing) -> Part | None:
    passages = found.process.map.policies
    reasons = found.judgement.reasons if found.judgement is not None else ()
    if _unseen(found):
        reasons = tuple(plain_reasons(found.process, found.assignment.about, reasons))
    numbers = dict.fromkeys(str(reason["policy"]) for reason in reasons if reason.get("policy"))
    texts = [f"{number}: {' '.join(passages[number].split())}" for number in numbers if number in passages]
    return messages.part("Policy", texts)


def _act(given: Assignment) -> str:
    if given.kind == "answer":
        return "Answer the question. The case goes back to whoever asked."
    if given.kind == "notice":
        return "Nothing, if it is right. Override it while its window is open."
    return "Decide, correct a value, ask somebody, or hand it on."


def _choice(found: Standing) -> Choice | None:
    if not pressable(found):
        return None
    judged, given = found.judgement, found.assignment
    assert judged is not None
    said = messages.line(answer(judged.recommendation.get("value")), 60)
    return Choice(found.case.id, given.id, found.case.round, judged.shown, said, found.case.grade)


# Several at once


def digest(context: Context, person: str, rows: Sequence[Delivery], *, urgent: bool) -> Letter:
    """Several messages as one. Of what is told twice, what was told last."""
    latest = {one.of or f"{one.event} {one.kind}": one for one in rows}
    found = items(context, person, list(latest.values()))
    named = [one for one in found if one is not None]
    count = len(named)
    return Letter(
        kind="digest", subject=f"{count} messages for you" if count != 1 else named[0].text,
        because="Gathered for you since the last time." if not urgent else "These came together.",
        link=f"{context.post.url}/messages", link_text="Open your messages", urgent=urgent,
        items=tuple(named[:ITEMS]), more=max(0, count - ITEMS),
    )  # fmt: skip


def items(context: Context, person: str, rows: Sequence[Delivery]) -> list[Item | None]:
    """Messages in one line each, as this person may see them; None: not to be seen by them now."""
    about = [one.of for one in rows if one.of is not None]
    waiting = _waiting(context, person, about) if about else {}
    manner = manners(context, [person])[person]
    return [_item(context, one, waiting, manner) for one in rows]


def _waiting(context: Context, person: str, ids: Iterable[str]) -> dict[str, Waiting]:
    which = Which(assignment.c.id.in_(sorted(set(ids))))
    with context.db.read() as connection:
        at = desk.Desk(context, connection, person)
        found = rows_of.waiting(connection, at.told(which), limit=len(set(ids)))
        found = among.not_too_much(context, connection, person, found)
        seen = unseen.rows_shown(context, connection, person, found)
    return {row.assignment.id: row for row in seen}


def _item(context: Context, one: Delivery, waiting: Mapping[str, Waiting], manner: Manner) -> Item | None:
    kind = KINDS.get(one.kind)
    if kind is None:
        return None
    if not kind.brief:
        short = _short(context, one)
        return Item(short.subject, short.because, short.link)
    row = waiting.get(one.of or "")
    if row is None:
        return None
    given = row.assignment
    if kind.theirs and one.recipient not in given.holders:
        return None
    return Item(
        messages.subject(one.kind, row.title or row.process),
        f"{messages.line(row.process)}, due {_moment(given.due_at, manner)}",
        context.post.url + brief_path(given),
    )  # fmt: skip
