"""Signed requests to a URL: Standard Webhooks signatures over CloudEvents in JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook as Signer

from surehand.channels.protocol import SENT, Outcome, Parcel, Receipt
from surehand.channels.trust import trusted
from surehand.core.messages import as_json
from surehand.reaching import host_of

#: A receiver may ask to be left alone for so long.
_LONGEST_WAIT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Webhook:
    """One URL.

    secrets  the newest first; each signs, so that the receiver may know either
    source   the address of this deployment, which an event names as where it comes from
    """

    url: str
    source: str
    secrets: tuple[str, ...] = field(repr=False)
    timeout: float = 15.0
    needs: str | None = None

    def send(self, parcels: Sequence[Parcel], *, now: datetime) -> Sequence[Receipt]:
        """One request each; after a failure of the whole receiver the rest waits."""
        receipts: list[Receipt] = []
        with httpx.Client(verify=trusted(), timeout=self.timeout, follow_redirects=False) as client:
            for parcel in parcels:
                if receipts and receipts[-1].outcome in (Outcome.DOWN, Outcome.OFF):
                    receipts.append(replace(receipts[-1], tried=False))
                    continue
                receipts.append(self._sent(client, parcel, now))
        return receipts

    def _sent(self, client: httpx.Client, parcel: Parcel, now: datetime) -> Receipt:
        body = json.dumps(event_of(parcel, self.source), ensure_ascii=False, separators=(",", ":"))
        try:
            with client.stream(
                "POST", self.url, content=body.encode(), headers=self._signed(parcel.id, body, now)
            ) as response:
                return _receipt(response.status_code, response.headers.get("retry-after"), now)
        except httpx.TimeoutException:
            return Receipt(Outcome.DOWN, f"{host_of(self.url)} does not answer in time")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Receipt(Outcome.DOWN, f"no connection with {host_of(self.url)}: {type(error).__name__}")

    def _signed(self, number: str, body: str, now: datetime) -> dict[str, str]:
        signatures = [Signer(secret).sign(number, now, body) for secret in self.secrets]
        return {
            "content-type": "application/cloudevents+json; charset=utf-8", "webhook-id": number,
            "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": " ".join(signatures),
            "user-agent": "Surehand",
        }  # fmt: skip


def event_of(parcel: Parcel, source: str) -> dict[str, Any]:
    """A parcel as a CloudEvent, version 1.0, in structured mode."""
    letter = parcel.letter
    told = letter.data is not None
    return {
        "specversion": "1.0", "id": parcel.id, "source": source,
        "type": f"surehand.{letter.kind}" if told else f"surehand.message.{letter.kind}",
        **({"subject": letter.case_id} if letter.case_id else {}),
        "time": parcel.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": dict(letter.data or {}) if told else {"person": parcel.to.person, **as_json(letter)},
    }  # fmt: skip


def _receipt(status: int, retry_after: str | None, now: datetime) -> Receipt:
    if 200 <= status < 300:
        return SENT
    if status == 410:
        return Receipt(Outcome.OFF, "the receiver wants nothing more (410)")
    if 300 <= status < 400:
        # it could be told to send a signed message anywhere
        return Receipt(Outcome.LATER, f"the receiver sends on elsewhere ({status}), which is not followed")
    wait = _wait(retry_after, now) if status in (429, 503) else None
    return Receipt(Outcome.LATER, f"the receiver answered {status}", wait)


def _wait(text: str | None, now: datetime) -> timedelta | None:
    """How long `Retry-After` says to wait: seconds, or a date; at most a day."""
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) < 9:
        wait = timedelta(seconds=int(text))
    else:
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return None
        wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), _LONGEST_WAIT)
