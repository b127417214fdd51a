"""Notes that say the same in other words: of those under the reason `other`, which would be one of their own.

There is no model in it. Notes are alike where the words that they share, counted more the rarer they are,
make up half of what both say. What came out can be told in a sentence: these notes share those words.
Notes are written by anybody: here they are looked at, and never obeyed.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

#: A reason is proposed from so many notes, of so many people.
NOTES, PEOPLE = 3, 2

#: Notes that are compared with each other, the latest; and letters and words of one that are looked at.
MOST = 400
_LETTERS, _WORDS = 1_000, 60

#: How much of what two notes say they have to share.
_ALIKE = 0.5

#: Words are the same that begin with the same letters, so that agreed and agrees are.
_BEGIN = 5
_SHORTEST = 3
_NAMED = 3
_LONGEST_NAME = 40

_WORD = re.compile(r"[^\W\d_]+")
_LITTLE = frozenset((
    "about", "after", "again", "all", "also", "and", "any", "are", "because", "been", "before", "but",
    "can", "did", "does", "for", "from", "had", "has", "have", "her", "here", "him", "his", "how", "into",
    "its", "just", "like", "more", "not", "now", "off", "once", "one", "only", "other", "our", "out",
    "over", "said", "see", "she", "should", "some", "such", "than", "that", "the", "their", "them", "then",
    "there", "these", "they", "this", "those", "too", "under", "until", "very", "was", "were", "what",
    "when", "where", "which", "who", "will", "with", "would", "you", "your",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote under `other`. id: of its verdict"""

    id: str
    person: str
    text: str


@dataclass(frozen=True, slots=True)
class Aside:
    """A proposal that the owner did not want.

    shared  its words as they are compared
    notes   how many notes there were
    """

    shared: frozenset[str]
    notes: int


@dataclass(frozen=True, slots=True)
class Wording:
    """Notes that could be one reason.

    name    suggested: lower case letters and hyphens; '' where the words have no Latin letters
    shared  the words that they have in common, as they were written most, the most telling first
    keys    the same as they are compared
    """

    name: str
    shared: tuple[str, ...]
    keys: frozenset[str]
    notes: tuple[Note, ...]

    @property
    def id(self) -> str:
        """Names it while its words stay the same: 12 hex digits."""
        return hashlib.sha256(" ".join(sorted(self.keys)).encode()).hexdigest()[:12]

    @property
    def people(self) -> int:
        """How many wrote them."""
        return len({note.person for note in self.notes})


def proposed(
    notes: Sequence[Note], *, reasons: Iterable[str] = (), asides: Iterable[Aside] = ()
) -> list[Wording]:  # fmt: skip
    """Groups of notes that could be reasons, the largest first.

    notes    of one decision point, oldest first; of many the latest are looked at
    reasons  that there are
    asides   what is proposed again only once there are twice as many notes
    """
    lately = notes[-MOST:]
    said = {note.id: _said(note.text) for note in lately}
    weights = _weights(said.values())
    known, unwanted = set(reasons), tuple(asides)
    groups = _groups([note for note in lately if said[note.id]], said, weights)
    found = [
        _wording(group, said, weights) for group in groups
        if len(group) >= NOTES and len({note.person for note in group}) >= PEOPLE
    ]  # fmt: skip
    return [
        one for one in sorted(found, key=lambda one: (-len(one.notes), one.id))
        if one.keys and one.name not in known and not any(_unwanted(one, aside) for aside in unwanted)
    ]  # fmt: skip


def _said(text: str) -> dict[str, str]:
    """Key -> word, of the words of a note that say something."""
    plain = unicodedata.normalize("NFKC", text[:_LETTERS]).casefold()
    words = [w for w in _WORD.findall(plain) if len(w) >= _SHORTEST and w not in _LITTLE][:_WORDS]
    found: dict[str, str] = {}
    for word in words:
        found.setdefault(word[:_BEGIN], word)
    return found


def _weights(said: Iterable[Mapping[str, str]]) -> dict[str, float]:
    """A word that many notes have weighs less."""
    counts = Counter(key for words in said for key in words)
    most = max(counts.values(), default=1)
    return {key: log(1 + most / count) for key, count in counts.items()}


def _groups(
    notes: Sequence[Note], said: Mapping[str, Mapping[str, str]], weights: Mapping[str, float]
) -> list[list[Note]]:
    """Each note with those that are like it: the one that most are like begins, then of what is left."""
    whole = {note.id: sum(weights[key] for key in said[note.id]) for note in notes}
    near: dict[str, set[str]] = {note.id: {note.id} for note in notes}
    for place, one in enumerate(notes):
        for other in notes[place + 1 :]:
            shared = said[one.id].keys() & said[other.id].keys()
            weight = sum(weights[key] for key in sorted(shared))
            enough = len(shared) > 1 or said[one.id].keys() == said[other.id].keys()
            if enough and 2 * weight >= _ALIKE * (whole[one.id] + whole[other.id]):
                near[one.id].add(other.id)
                near[other.id].add(one.id)
    left, groups = {note.id: note for note in notes}, []
    while left:
        first = max(left, key=lambda id: len(near[id] & left.keys()))
        group = [note for id, note in left.items() if id in near[first]]
        groups.append(group)
        for note in group:
            del left[note.id]
    return groups


def _wording(
    group: Sequence[Note], said: Mapping[str, Mapping[str, str]], weights: Mapping[str, float]
) -> Wording:
    counts = Counter(key for note in group for key in said[note.id])
    common = [key for key, count in counts.items() if 2 * count >= len(group)]
    common.sort(key=lambda key: (-counts[key] * weights[key], key))
    written = {key: Counter(said[note.id][key] for note in group if key in said[note.id]) for key in common}
    words = {key: min(forms, key=lambda form: (-forms[form], form)) for key, forms in written.items()}
    named = common[:_NAMED]
    # in the order in which the first note that has them all says them
    fullest = max(group, key=lambda note: len(said[note.id].keys() & set(named)))
    order = [key for key in said[fullest.id] if key in named]
    name = "-".join(filter(None, (_latin(words[key]) for key in (order or named))))
    return Wording(
        name[:_LONGEST_NAME].strip("-"), tuple(words[key] for key in common), frozenset(common), tuple(group)
    )


def _latin(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain if letter.isalpha())


def _unwanted(one: Wording, aside: Aside) -> bool:
    """It is what was set aside, and has not doubled since."""
    same = 2 * len(one.keys & aside.shared) >= max(len(one.keys), len(aside.shared))
    return same and len(one.notes) < 2 * aside.notes
