"""What of a case does not leave: values that are known and what has the shape of a person's data.

Known are the values of facts whose names say what they hold (`customer`, `contact_email`, `iban`) and of
those that the map names; they are found wherever they stand. What else looks like a mail address, an account
or a telephone number is found by its shape. A name that stands in no such fact is not found: there is no
model of a language here. Placeholders stand for what was left out, and are put back in what the model says.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from surehand.core.values import shown

#: Text -> (start, end, what it is), of what looks like a person's.
Finder = Callable[[str], Iterable[tuple[int, int, str]]]

#: Last words of names of facts that hold who somebody is, in parts that also stand alone: a first name.
_PERSONS = frozenset(
    {
        "applicant", "buyer", "client", "contact", "customer", "employee", "name", "owner", "patient",
        "person", "recipient", "sender", "user",
    }
)  # fmt: skip
#: The same of facts whose values stand only as a whole.
_WHOLE = frozenset(
    {
        "account", "address", "bic", "birth", "birthdate", "birthday", "card", "city", "company", "email",
        "fax", "iban", "licence", "license", "login", "mail", "merchant", "mobile", "passport", "phone",
        "seller", "ssn", "street", "supplier", "tel", "telephone", "username", "vat", "vendor",
    }
)  # fmt: skip
_OPEN, _CLOSE = "\u27e8", "\u27e9"
_PLACEHOLDER = re.compile(f"{_OPEN}[A-Z][A-Z0-9_]*_[0-9]+{_CLOSE}")
#: Brackets of ours in a case would be taken for a placeholder.
_OTHER_BRACKETS = str.maketrans({_OPEN: "<", _CLOSE: ">"})
_SHORTEST, _SHORTEST_PART = 2, 3
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class _Known:
    """A value to look for.

    label  what stands for it
    looks  finds it
    """

    label: str
    looks: re.Pattern[str]
    size: int


@dataclass(slots=True)
class Masks:
    """The placeholders of one case.

    known   values to look for, longest first
    finder  finds what has the shape of a person's data
    """

    known: tuple[_Known, ...] = ()
    finder: Finder = lambda _text: ()
    _held: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def masked(self, value: Any, *, names: bool = False) -> Any:
        """A JSON value with every text in it masked; `names`: those of its fields too, which may be data."""
        match value:
            case str():
                return self._text(value)
            case Mapping():
                return {
                    self._text(str(name)) if names else name: self.masked(one, names=True)
                    for name, one in value.items()
                }
            case list():
                return [self.masked(one, names=True) for one in value]
            case bool() | None:
                return value
            case int() | float():
                # an account may be kept as a number
                text = str(value)
                hidden = self._text(text)
                return value if hidden == text else hidden
            case _:
                return self._text(str(value))

    def restored(self, text: str) -> str:
        """A text of the model with what its placeholders stand for. One that it made up stays."""
        back = {placeholder: surface for surface, placeholder in self._held.items()}
        return _PLACEHOLDER.sub(lambda found: back.get(found[0], found[0]), text)

    def _text(self, text: str) -> str:
        text = _even(text)
        spans = [(m.start(), m.end(), one.label) for one in self.known for m in one.looks.finditer(text)]
        # a value that is known beats what only looks like one, and a longer one beats its parts
        taken = _apart(spans)
        taken = _apart([*taken, *_outside(self.finder(text), taken)])
        pieces, at = [], 0
        for start, end, label in sorted(taken):
            pieces += [text[at:start], self._placeholder(text[start:end], label)]
            at = end
        return "".join([*pieces, text[at:]])

    def _placeholder(self, surface: str, label: str) -> str:
        if surface not in self._held:
            self._counts[label] = self._counts.get(label, 0) + 1
            self._held[surface] = f"{_OPEN}{label}_{self._counts[label]}{_CLOSE}"
        return self._held[surface]


def masks_of(facts: Mapping[str, Any], named: Iterable[str], finder: Finder) -> Masks:
    """The masks of a case.

    facts  all that is known of it, told to the model or not
    named  facts that the map wants masked besides
    """
    known: dict[str, _Known] = {}
    for path, value, whole in _known_values(facts, frozenset(named)):
        label = re.sub(r"[^A-Z0-9]+", "_", path.upper()).strip("_")
        for one in _patterns(label, value, parts=not whole):
            known.setdefault(one.looks.pattern, one)
    return Masks(tuple(sorted(known.values(), key=lambda one: -one.size)), finder)


def _known_values(facts: Mapping[str, Any], named: frozenset[str]) -> Iterator[tuple[str, str, bool]]:
    """(name of the fact, value, it stands only as a whole) of everything known."""
    for name, value in facts.items():
        word = next((w for w in reversed(re.split(r"[_.\W]+", name.lower())) if not w.isdigit()), "")
        wanted = name in named
        if wanted or word in _PERSONS or word in _WHOLE:
            for text in _leaves(value, everything=wanted):
                yield name, text, not wanted and word in _WHOLE
        if not wanted:
            for inner in _groups(value):
                yield from _known_values(inner, named)


def _groups(value: Any) -> Iterator[Mapping[str, Any]]:
    """The groups of named values right inside of a value, however deep its lists are."""
    if isinstance(value, Mapping):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _groups(one)


def _leaves(value: Any, *, everything: bool) -> Iterator[str]:
    match value:
        case str():
            yield value
        case bool() | None:
            return
        case int() | float():
            if everything or len(str(value)) >= _DIGITS:
                yield shown(value) if isinstance(value, float) else str(value)
        case list():
            for one in value:
                yield from _leaves(one, everything=everything)
        case Mapping():
            for one in value.values():
                yield from _leaves(one, everything=everything)
        case _:
            yield str(value)


def _patterns(label: str, value: str, *, parts: bool) -> Iterator[_Known]:
    text = " ".join(_even(value).split())
    if len(text) < _SHORTEST:
        return
    yield _Known(label, re.compile(_edges(_flexible(text)), re.IGNORECASE), len(text))
    pieces = re.findall(r"\w[\w'\u2019-]*", text) if parts else []
    if len(pieces) > 1:
        for piece in pieces:
            # as names are written, however this one is kept: 'May' and 'MAY' are names, 'may' is not
            forms = dict.fromkeys((piece, piece.title(), piece.upper()))
            for form in forms:
                if len(piece) >= _SHORTEST_PART and form[:1].isupper():
                    yield _Known(label, re.compile(_edges(re.escape(form))), len(form))


def _even(text: str) -> str:
    """One way to write a letter with its accent, and no bracket of ours."""
    return unicodedata.normalize("NFC", text).translate(_OTHER_BRACKETS)


def _flexible(text: str) -> str:
    """An account or a telephone number is found however it is spaced, a name however its words are."""
    digits = sum(letter.isdigit() for letter in text)
    if digits >= _DIGITS and "@" not in text:
        letters = [letter for letter in text if letter.isalnum()]
        return r"[\s./()-]{0,3}".join(map(re.escape, letters))
    return r"\s+".join(map(re.escape, text.split()))


def _edges(pattern: str) -> str:
    return rf"(?<!\w){pattern}(?!\w)"


def _apart(spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Spans that do not overlap; the longest of those that do."""
    taken: list[tuple[int, int, str]] = []
    for one in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        if all(one[1] <= other[0] or one[0] >= other[1] for other in taken):
            taken.append(one)
    return taken


def _outside(
    found: Iterable[tuple[int, int, str]], taken: list[tuple[int, int, str]]
) -> Iterator[tuple[int, int, str]]:
    """What was found, without the parts that are taken: what is left of it goes as well."""
    for start, end, label in found:
        cuts = sorted((s, e) for s, e, _ in taken if s < end and e > start)
        for cut_start, cut_end in cuts:
            if start < cut_start:
                yield start, cut_start, label
            start = max(start, cut_end)
        if start < end:
            yield start, end, label
