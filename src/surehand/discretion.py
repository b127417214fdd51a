"""What may be told of an error: its words without secrets, and where it happened without its words.

An error of somebody's step may repeat a password or an account number. People must read why a step failed, so
its words are kept, masked; a log is read by others than those who may see the case, so it gets none.
"""

import re
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

HIDDEN = "[hidden]"

#: Names of environment variables that hold what nobody should read.
_SECRET_NAME = re.compile(r"SECRET|TOKEN|PASSW|API_?KEY|PRIVATE_?KEY|CREDENTIAL", re.I)

#: What looks like a secret wherever it stands: in a URL, in a header, one of our own keys, named as one.
_SECRET_LOOKS = (
    re.compile(r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"),
    re.compile(r"(?<=\bbearer )[\w.~+/-]{8,}=*", re.I),
    re.compile(r"(?<=\bbasic )[\w+/-]{8,}=*", re.I),
    re.compile(r"\bsh_[\w-]{20,}"),
    re.compile(r"""\b((?:password|passwd|secret|token|api[_-]?key)["']?\s*[=:]\s*["']?)[^\s"',;&]+""", re.I),
)

#: Shorter ones would hide ordinary words.
_SHORTEST = 8


@dataclass(frozen=True, slots=True)
class Mask:
    """Hides secrets in a text: those that this deployment knows, longest first, and what looks like one."""

    secrets: tuple[str, ...] = field(default=(), repr=False)

    def __call__(self, text: str) -> str:
        """The text without them."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        for looks in _SECRET_LOOKS:
            text = looks.sub(lambda found: f"{found[1] if found.re.groups else ''}{HIDDEN}", text)
        return text


def mask_of(secrets: Iterable[str], *, database_url: str = "", environment: Mapping[str, str]) -> Mask:
    """A mask for secrets, the password of a database, and what the environment calls a secret."""
    password = urlsplit(database_url).password or ""
    named = (value for name, value in environment.items() if names_a_secret(name))
    found = {value for value in (*secrets, password, unquote(password), *named) if len(value) >= _SHORTEST}
    return Mask(tuple(sorted(found, key=len, reverse=True)))


def names_a_secret(variable: str) -> bool:
    """The value of an environment variable of this name is hidden."""
    return _SECRET_NAME.search(variable) is not None


def trace(error: BaseException) -> str:
    """Kinds and places of an error and of its causes, outermost last, for a log. Their words are left out."""
    parts: list[str] = []
    seen: set[int] = set()
    here: BaseException | None = error
    while here is not None and id(here) not in seen:
        seen.add(id(here))
        frames = traceback.StackSummary.extract(traceback.walk_tb(here.__traceback__), lookup_lines=False)
        places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        parts.insert(0, "\n".join([*places, f"{type(here).__module__}.{type(here).__qualname__}"]))
        here = here.__cause__ or (None if here.__suppress_context__ else here.__context__)
    return "\n".join(parts)
