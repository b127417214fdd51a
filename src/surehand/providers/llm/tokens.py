"""How likely an answer was to the model that gave it, by the log-probabilities of its tokens.

A server may send anything in their place. Whatever does not fit the text to the byte is no reading: a number
that belongs to other words must not look like doubt or like certainty about these.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

#: What may stand before the answer. Behind anything else, such as the model's reason, it follows from that,
#: and is near to certain whatever the case says.
_BEFORE = re.compile(r'\s*(?:```(?:json)?\s*)?\{\s*"answer"\s*:\s*')

#: What a lone half of a character is written as.
_HALVES = "surrogatepass"

#: Less than any log-probability is; minus infinity would be of a token that cannot come, and it came.
_LEAST = -1e6


def probability_of(answer: Any, text: str, tokens: Sequence[Any]) -> float | None:
    """The probability of the tokens that make up the answer, in [0, 1]; None where it cannot be told.

    text    the whole text of the response, a JSON object that begins with the answer
    tokens  `{"token", "bytes", "logprob"}` each, `bytes` where the server sends them; together they are the
            text, and what follows it (a mark of its end) does not count

    A token that reaches over a border of the answer counts whole, and so do the quotes of a text and what
    ends a number: without them the probability of 4 would be that of 4, 40 and 400.
    """
    span = _span(answer, text)
    if span is None or not tokens:
        return None
    whole, place = text.encode("utf-8", _HALVES), 0
    first, last = (len(text[:one].encode("utf-8", _HALVES)) for one in span)
    said: list[float] = []
    all_said: list[float] = []
    for token in tokens:
        if place >= len(whole):
            break
        found = _read(token)
        if found is None or not whole.startswith(found[0], place):
            return None
        piece, logprob = found
        if place < last and place + len(piece) > first:
            said.append(logprob)
        all_said.append(logprob)
        place += len(piece)
    # certain of every single word is no model, but a server that fills in nothing
    if place < len(whole) or not any(all_said):
        return None
    return math.exp(math.fsum(said))


def _span(answer: Any, text: str) -> tuple[int, int] | None:
    """Where the answer stands in the text, if it is what comes first."""
    before = _BEFORE.match(text)
    if before is None:
        return None
    try:
        value, end = json.JSONDecoder().raw_decode(text, before.end())
    except (ValueError, RecursionError):
        return None
    # the last member of a name counts, which may be another one than the first
    if type(value) is not type(answer) or value != answer:
        return None
    ended = not isinstance(value, bool) and isinstance(value, int | float)
    return before.end(), end + 1 if ended else end


def _read(token: Any) -> tuple[bytes, float] | None:
    """The bytes of a token and its log-probability; None where one of them cannot be."""
    if not isinstance(token, Mapping):
        return None
    raw, name, logprob = token.get("bytes"), token.get("token"), token.get("logprob")
    if isinstance(logprob, bool) or not isinstance(logprob, float | int) or not _LEAST < logprob <= 0:
        return None
    if raw is None:
        return (name.encode("utf-8", _HALVES), float(logprob)) if isinstance(name, str) else None
    try:
        return (bytes(raw), float(logprob)) if isinstance(raw, list) else None
    except (TypeError, ValueError):
        return None
