"""The words of a message: what a person is told in short, the same over every channel.

What a case holds is somebody else's text, and may be made to deceive. So it comes here as one line, cut, with
nothing in it that a mail program or a chat would turn into a link; each channel escapes it for itself. The
only link is to the page where the person signs in and decides.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from surehand.core.case import Json
from surehand.core.policy import Grade

#: Characters of a subject, of a line, and lines of one part, at most.
SUBJECT, LINE, LINES = 120, 300, 12

#: Items of a digest that are named; the rest is counted.
ITEMS = 40

_LINKS = re.compile(r"(?<=[^\W_])\.(?=[^\W\d_]{2,})|(?<=[a-zA-Z]):(?=//)")
_MARK = {".": "[.]", ":": "[:]"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message.

    subject  in words; {of} is what it is about
    because  why it comes, a sentence; {by}, {holder} and the like are from its body
    brief    it carries the brief, and is told only while its assignment is open
    theirs   ... and theirs, alone or with a second
    """

    subject: str
    because: str
    brief: bool = True
    theirs: bool = True


KINDS: Mapping[str, Kind] = {
    "assigned": Kind("To decide: {of}", "It was given to you."),
    "reminded": Kind("Still to decide: {of}", "A reminder: it is still with you."),
    "escalated": Kind("Escalated to you: {of}", "Nobody answered in time, so it came to you."),
    "overdue": Kind("Overdue: {of}", "Its time has passed, and it is with you."),
    "warned": Kind("Late: {of}", "You answer for this work, and it is late.", theirs=False),
    "at_risk": Kind("Likely to be late: {of}", "You answer for this work; its queue is slow.", theirs=False),
    "shared": Kind("To decide as well: {of}", "It is late; you and {holder} may decide it.", theirs=False),
    "customer_waits": Kind("A customer waits: {of}", "{by} says that a customer waits for it."),
    "process_waits": Kind(
        "Another process cannot go on: {of}",
        "{by} says that another process cannot go on before it is decided.",
    ),
    "asked": Kind("A question to you: {of}", "Somebody needs to know something from you."),
    "answered": Kind("Answered: {of}", "Your question was answered; it is with you again."),
    "unanswered": Kind("No answer: {of}", "Nobody answered your question in time; it is with you again."),
    "notice": Kind("Decided, and can be overridden: {of}", "It was decided without a person."),
    "check": Kind("A spot check: {of}", "It was drawn at random. Decide it as if you were the first."),
    "finding": Kind("Found wrong: {of}", "A spot check found it wrong. Say whether it is taken back."),
    "lapsed": Kind(
        "Your verdict did not take effect: {of}", "It came to nothing, and nothing ran: {because}.",
        brief=False,
    ),
    "taken_over": Kind("No longer with you: {of}", "{by} has it now.", brief=False),
    "guarantee": Kind("A guarantee changed: {of}", "{text}", brief=False),
    "stopped": Kind("Stopped: {of}", "{because}", brief=False),
    "resume_asked": Kind(
        "Asked to resume: {of}", "{by} asks to resume. A second person agrees, or has it kept stopped.",
        brief=False,
    ),
    "resumed": Kind("Goes on: {of}", "{because}", brief=False),
    "channel_failed": Kind(
        "The channel {of} does not work", "What should go over it goes another way meanwhile: {because}",
        brief=False,
    ),
    "channel_works": Kind("The channel {of} works again", "Messages go over it again.", brief=False),
    "test": Kind("A test message", "You asked for it. This is how messages reach you.", brief=False),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """One of the seven parts, in short: a heading and lines below it."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a digest: what it is, why it comes, and where to go."""

    text: str
    note: str
    link: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be decided with a button: nothing that needs a reason, and nothing that is decided unseen.

    recommended  what approving means, in words
    grade        what an error costs
    """

    case_id: str
    of: str
    round: int
    shown: str
    recommended: str
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as a channel writes it.

    kind     of the message; `digest` of several
    because  why it comes
    link     where to go, an absolute URL of ours
    parts    of the brief, in their order
    items    of a digest; `more`: how many are not named
    data     of what other software is told, in place of all this
    """

    kind: str
    subject: str
    because: str
    link: str
    link_text: str = "Open it and decide"
    case_id: str | None = None
    urgent: bool = False
    parts: tuple[Part, ...] = ()
    items: tuple[Item, ...] = ()
    more: int = 0
    choice: Choice | None = None
    data: Json | None = None


def choice_within(grade: Grade | None, up_to: str) -> bool:
    """The consequence is known, and no higher than this one."""
    return grade is not None and grade.rank <= Grade(up_to).rank


def line(text: object, longest: int = LINE) -> str:
    """Somebody's text as one line: no ends of lines, nothing unseen, no link, cut at a length."""
    given = str(text)[: 4 * longest]
    plain = "".join(character if _seen(character) else " " for character in given)
    flat = _LINKS.sub(lambda found: _MARK[found[0]], " ".join(plain.split()))
    return flat if len(flat) <= longest else f"{flat[: longest - 1]}…"


def _seen(character: str) -> bool:
    """Not a control, a mark of direction, an end of a line, half a character or one of no meaning."""
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def part(title: str, lines: Iterable[object]) -> Part | None:
    """A part of a brief; None of nothing."""
    texts = [text for one in lines if (text := line(one))]
    if len(texts) > LINES:
        texts = [*texts[: LINES - 1], f"and {len(texts) - LINES + 1} more"]
    return Part(title, tuple(texts)) if texts else None


def subject(kind: str, of: str) -> str:
    """The subject of a message. `of` is somebody's text."""
    return line(KINDS[kind].subject.format(of="{}").replace("{}", line(of)), SUBJECT)


def because(kind: str, body: Mapping[str, object]) -> str:
    """Why a message comes. What its body says may be somebody's text."""
    said = {name: line(value) for name, value in body.items()}
    return line(_Known(said).fill(KINDS[kind].because))


class _Known(dict[str, str]):
    """Names that a sentence has places for; what is not known is left out."""

    def fill(self, sentence: str) -> str:
        return re.sub(r"{(\w+)}", lambda found: self.get(found[1], ""), sentence)


def plain(letter: Letter) -> str:
    """A letter as text of its own, for whatever shows nothing else."""
    lines = [letter.because, ""]
    for one in letter.parts:
        lines += [one.title.upper(), *(f"  {text}" for text in one.lines), ""]
    for item in letter.items:
        lines += [f"- {item.text}", *([f"  {item.note}"] if item.note else []), f"  {item.link}", ""]
    if letter.more:
        lines += [f"And {letter.more:,} more.", ""]
    return "\n".join([*lines, f"{letter.link_text}: {letter.link}", "", FOOT])


#: Below every message.
FOOT = "You decide after signing in. Nothing is decided by opening a link. This message is not answered."


def as_json(letter: Letter) -> dict[str, object]:
    """A letter as other software takes it."""
    return {
        "kind": letter.kind, "subject": letter.subject, "because": letter.because, "link": letter.link,
        "case": letter.case_id, "urgent": letter.urgent, "more": letter.more,
        "parts": [{"title": one.title, "lines": list(one.lines)} for one in letter.parts],
        "items": [{"text": one.text, "note": one.note, "link": one.link} for one in letter.items],
    }  # fmt: skip
