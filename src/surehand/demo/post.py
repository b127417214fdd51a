"""The post: invoices and receipts as they arrive, each a file, and of a scan its recognised lines."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surehand.demo.invoices import Paperwork
from surehand.demo.printing.layouts import printed
from surehand.demo.printing.rolls import printed_roll
from surehand.demo.printing.scans import scanned


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as it arrives.

    name      of the file
    media     application/pdf or image/jpeg
    content   its bytes
    document  of a scan the JSON of `core.documents.Document`, in the pixels of the picture; None for a PDF,
              which has a text layer
    """

    name: str
    media: str
    content: bytes
    document: dict[str, Any] | None


def invoice(paperwork: Paperwork) -> Arrival:
    """An invoice as a PDF or as a scan; the same paperwork gives the same bytes."""
    content = printed(paperwork)
    name = re.sub(r"[^A-Za-z0-9]+", "-", paperwork.bill.number).strip("-")
    if paperwork.form == "pdf":
        return Arrival(f"{name}.pdf", "application/pdf", content, None)
    picture, document = scanned(content, random.Random(paperwork.key), faint=paperwork.kind == "faint")
    return Arrival(f"scan-{name}.jpg", "image/jpeg", picture, document)


def receipt(one: Mapping[str, Any]) -> Arrival:
    """A receipt of `receipts.receipts` as a scan."""
    rng = random.Random(one["key"])
    picture, document = scanned(printed_roll(one), rng, dpi=200, faint=one["kind"] == "faint")
    return Arrival(f"{one['key']}.jpg", "image/jpeg", picture, document)
