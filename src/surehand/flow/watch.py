"""When it is time to look again at what changes slowly."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class Watch:
    """When it was last looked at what is at risk; each process of a deployment has its own."""

    every: timedelta = timedelta(minutes=1)
    at: datetime | None = None

    def due(self, now: datetime) -> bool:
        """It is time to look again, which is noted. Also after the clock went back."""
        if self.at is not None and timedelta(0) <= now - self.at < self.every:
            return False
        self.at = now
        return True
