"""Slack: a message with blocks, and buttons where a verdict needs nothing else."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from surehand.channels.protocol import SENT, Outcome, Parcel, Receipt
from surehand.core.messages import FOOT, Choice, Letter, choice_within
from surehand.errors import SettingsInvalid
from surehand.reaching import SlackSettings

#: What Slack says when our token is worth nothing, and when a person cannot be reached.
_DOWN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
     "no_permission", "org_login_required", "ekm_access_denied"}
)  # fmt: skip
_REFUSED = frozenset(
    {"channel_not_found", "user_not_found", "is_archived", "cannot_dm_bot", "messages_tab_disabled",
     "not_in_channel", "restricted_action", "msg_blocks_too_long", "invalid_blocks", "invalid_arguments"}
)  # fmt: skip

#: Letters of one text of a block, at most; Slack takes 3,000.
_TEXT = 2_900

#: What a button does, by the name that Slack gives back.
ACTIONS = ("approve", "reject")


@dataclass(frozen=True, slots=True)
class Slack:
    """One app in one workspace."""

    settings: SlackSettings
    token: str = field(repr=False)
    needs: str | None = "slack"

    def send(self, parcels: Sequence[Parcel], *, now: datetime) -> Sequence[Receipt]:
        """One message each; where Slack says to wait, the rest waits."""
        from slack_sdk import WebClient

        timeout = max(1, round(self.settings.timeout))
        client = WebClient(token=self.token, base_url=self.settings.api, timeout=timeout, retry_handlers=[])
        receipts: list[Receipt] = []
        for parcel in parcels:
            last = receipts[-1] if receipts else SENT
            if last.outcome is Outcome.DOWN or last.after is not None:
                receipts.append(replace(last, tried=False))
                continue
            receipts.append(self._sent(client, parcel))
        return receipts

    def _sent(self, client: Any, parcel: Parcel) -> Receipt:
        from slack_sdk.errors import SlackApiError, SlackClientError

        if parcel.to.slack is None:
            return Receipt(Outcome.REFUSED, "this person has no member id of Slack")
        letter = parcel.letter
        try:
            client.chat_postMessage(
                channel=parcel.to.slack, text=escaped(letter.subject),
                blocks=blocks(letter, decide_up_to=self.settings.decide_up_to),
                unfurl_links=False, unfurl_media=False,
                metadata={"event_type": "surehand_message", "event_payload": {"id": parcel.id}},
            )  # fmt: skip
        except SlackApiError as error:
            return _refused(error)
        except (SlackClientError, OSError, ValueError) as error:
            return Receipt(Outcome.DOWN, f"no connection with Slack: {type(error).__name__}")
        return SENT


def _refused(error: Any) -> Receipt:
    code = str(error.response.get("error") or "unknown")[:60] if hasattr(error.response, "get") else "unknown"
    if code in _DOWN:
        return Receipt(Outcome.DOWN, f"Slack refuses the token: {code}")
    if code in _REFUSED:
        return Receipt(Outcome.REFUSED, f"Slack does not take it: {code}")
    wait = str(dict(getattr(error.response, "headers", None) or {}).get("Retry-After", ""))
    after = timedelta(seconds=int(wait)) if wait.isascii() and wait.isdigit() and len(wait) < 6 else None
    return Receipt(Outcome.LATER, f"Slack answered {code}", after)


def escaped(text: str) -> str:
    """Text for a field in which Slack looks for marks: these three begin all of them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _said(text: str) -> dict[str, Any]:
    """Text in which Slack looks for nothing."""
    return {"type": "plain_text", "text": text[:_TEXT] or " ", "emoji": False}


def blocks(letter: Letter, *, decide_up_to: str | None = None) -> list[dict[str, Any]]:
    """A letter as blocks: what comes from a case is plain text, the link is a button.

    decide_up_to  the highest consequence that has buttons which decide; None: nothing has
    """
    choice = letter.choice
    if choice is not None and (decide_up_to is None or not choice_within(choice.grade, decide_up_to)):
        choice = None
    named = letter.items[:_ITEMS]
    more = letter.more + len(letter.items) - len(named)
    return [
        {"type": "header", "text": _said(letter.subject[:150])},
        {"type": "section", "text": _said(letter.because)},
        *(
            {"type": "section", "text": _said("\n".join((part.title.upper(), *part.lines)))}
            for part in letter.parts
        ),
        *(
            {"type": "section", "text": _said(f"{item.text}\n{item.note}"),
             "accessory": _link("Open", item.link, place)}
            for place, item in enumerate(named, start=1)
        ),
        *([{"type": "section", "text": _said(f"And {more:,} more.")}] if more else []),
        {"type": "actions", "elements": [*_buttons(choice), _link(letter.link_text, letter.link, 0)]},
        {"type": "context", "elements": [_said(FOOT if choice is None else _FOOT)]},
    ]  # fmt: skip


#: Items of a digest that are named: Slack takes 50 blocks.
_ITEMS = 20

_FOOT = "A button counts as your verdict, signed by Slack. For everything else, open it and sign in."


def _link(text: str, url: str, place: int) -> dict[str, Any]:
    return {
        "type": "button",
        "text": _said(text[:75]),
        "url": url,
        "action_id": f"open-{place}",
    }


def _buttons(choice: Choice | None) -> list[dict[str, Any]]:
    if choice is None:
        return []
    value = json.dumps(asdict(choice), separators=(",", ":"))
    words = {"approve": f"Approve: {choice.recommended}", "reject": "Reject"}
    styles = {"approve": "primary", "reject": "danger"}
    return [
        {"type": "button", "action_id": action, "value": value, "text": _said(words[action][:75]),
         "style": styles[action]}
        for action in ACTIONS
    ]  # fmt: skip


# What comes back


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button that somebody pressed.

    user  the member's id
    answer_to  where Slack takes what becomes of the message
    """

    user: str
    action: str
    choice: Choice
    answer_to: str


def verified(secret: str, body: bytes, timestamp: str, signature: str, *, now: datetime) -> bool:
    """Slack signed it, and not more than five minutes ago."""
    from slack_sdk.signature import Clock, SignatureVerifier

    class At(Clock):
        def now(self) -> float:
            return now.timestamp()

    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12) or not signature.isascii():
        return False
    try:
        return SignatureVerifier(secret, clock=At()).is_valid(body, timestamp, signature)
    except UnicodeDecodeError:
        return False


def pressed(payload: Any) -> Pressed | None:
    """The button of an interaction; None where it is not one of ours, or only a link."""
    try:
        action = payload["actions"][0]
        if payload["type"] != "block_actions" or action["action_id"] not in ACTIONS:
            return None
        given = json.loads(action["value"])
        choice = Choice(
            case_id=str(given["case_id"])[:80], of=str(given["of"])[:100], round=int(given["round"]),
            shown=str(given["shown"])[:200], recommended=str(given["recommended"])[:300],
        )  # fmt: skip
        return Pressed(
            str(payload["user"]["id"]),
            str(action["action_id"]),
            choice,
            str(payload.get("response_url") or ""),
        )
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def needs_package() -> None:
    """Raises SettingsInvalid when what this needs is not installed."""
    from importlib.util import find_spec

    if find_spec("slack_sdk") is None:
        raise SettingsInvalid("channels: slack is not installed here: pip install 'surehand[slack]'")
