"""One sentence of why a case goes where it goes, and numbers as such sentences say them."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from surehand.core.oversight import Level
from surehand.core.policy import Trigger


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence of why a case goes where it goes, and the least level that it asks for."""

    text: str
    level: Level
    trigger: Trigger | None = None
    policy: str | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON, for the record."""
        return {"text": self.text, "level": self.level, "trigger": self.trigger, "policy": self.policy}


@lru_cache(maxsize=10_000)
def percent(share: float, *, up: bool = False) -> str:
    """A share as people read it, never rounded up over a limit: 0.899 is 89.9. `up`: an upper end, 90."""
    number = Decimal(str(share)) * 100
    text = f"{number.quantize(Decimal('0.1'), rounding='ROUND_UP' if up else 'ROUND_DOWN'):f}"
    return text.removesuffix(".0")
