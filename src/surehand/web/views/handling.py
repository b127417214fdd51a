"""What a person may do with a case that waits, other than decide it."""

from dataclasses import dataclass
from datetime import datetime

from surehand.web.views.shell import OptionView


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingView:
    """The menus `Later` and `Hand on` of a brief. What is empty or false is not offered.

    later          until when it can be put off: a time that is sent, in words
    snoozed_until  until when it is put off now
    release        the reader may give it back to the queue
    receivers      who can be given it
    precedence     'urgent', 'normal' or 'low'
    prioritise     the reader may say which
    looking        who else has it open, as a sentence; '' for nobody
    live           URL that desk.js asks for that sentence while the page is open; '' for none
    """

    later: tuple[OptionView, ...] = ()
    snoozed_until: datetime | None = None
    release: bool = False
    receivers: tuple[str, ...] = ()
    precedence: str = "normal"
    prioritise: bool = False
    looking: str = ""
    live: str = ""

    @property
    def hands_on(self) -> bool:
        """There is something in the menu `Hand on`."""
        return self.release or self.prioritise or bool(self.receivers)
