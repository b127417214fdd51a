"""Whether two names mean the same company, and two numbers the same paper."""

import re
import unicodedata
from difflib import SequenceMatcher

#: Words that say what kind of company it is, and not which.
_FORM = re.compile(
    r"ab|ag|and|as|bhd|bv|co|company|corp|corporation|eurl|gmbh|group|holding|inc|kg|limited|llc|llp|ltd|mbh|nv"
    r"|oyj?|plc|pte|pty|sa|sarl|sas|sdn|se|sl|spa|srl|the|ug|und"
)
_LEAST = 0.6


def plain_name(name: str) -> str:
    """A company's name for comparison: no accents, case, punctuation or legal form."""
    words = re.findall(r"\w+", _folded(name).replace(".", "").replace("'", ""))
    telling = [word for word in words if not _FORM.fullmatch(word)]
    return " ".join(telling or words)


def plain_number(number: str) -> str:
    """The number of an order or invoice for comparison: letters and digits, in capitals."""
    return re.sub(r"[\W_]", "", _folded(number)).upper()


def likeness(one: str, other: str) -> float:
    """How alike two plain names are, in [0, 1]; 0.0 below 0.6, where they only look alike by chance.

    The larger of the share of common letters in order and the share of common words: a word too many or
    another order of words counts less than a letter.
    """
    if one == other:
        return 1.0
    mine, theirs = set(one.split()), set(other.split())
    shared = 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine and theirs else 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    letters = 0.0
    if matcher.real_quick_ratio() >= _LEAST and matcher.quick_ratio() >= _LEAST:
        letters = matcher.ratio()
    score = min(max(shared, letters), 0.99)
    return round(score, 3) if score >= _LEAST else 0.0


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text).replace("ß", "ss").casefold()
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
