"""Whatever apprise knows: one URL, as its documentation writes it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from surehand.channels.protocol import SENT, Outcome, Parcel, Receipt
from surehand.core.messages import plain
from surehand.errors import SettingsInvalid

#: Its log repeats URLs with what is secret in them.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class Apprise:
    """One service."""

    service: Any = field(repr=False)
    timeout: float = 20.0
    needs: str | None = None

    def send(self, parcels: Sequence[Parcel], *, now: datetime) -> Sequence[Receipt]:
        """One notification each."""
        return [self._sent(parcel) for parcel in parcels]

    def _sent(self, parcel: Parcel) -> Receipt:
        letter = parcel.letter
        try:
            taken = self.service.notify(
                title=letter.subject, body=plain(letter), body_format="text", timeout=self.timeout
            )
        except Exception as error:  # noqa: BLE001 - a plug-in of apprise may raise anything; it is no fault of ours
            return Receipt(Outcome.LATER, f"the service failed: {type(error).__name__}")
        return SENT if taken else Receipt(Outcome.LATER, "the service did not take it")


def opened(url: str, *, variable: str, timeout: float = 20.0) -> Apprise:
    """A service by its URL. Raises SettingsInvalid for one that apprise would not know."""
    try:
        import apprise
    except ImportError:
        raise SettingsInvalid(
            "channels: apprise is not installed here: pip install 'surehand[messages]'"
        ) from None

    service = apprise.Apprise()
    if not service.add(url) or len(service) != 1:
        raise SettingsInvalid(f"{variable} must hold one URL that apprise knows, such as ntfys://HOST/TOPIC")
    return Apprise(service, timeout)
