"""Public receipts of the ICDAR 2019 SROIE task as cases, and what counts as the same answer."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

FIELDS = ("date", "total", "company", "address")

_DATES = (
    "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y", "%d.%m.%y", "%d %b %Y", "%d %b %y",
    "%d-%b-%Y",
    "%d-%b-%y", "%d/%b/%Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d%m%Y", "%Y%m%d", "%Y-%m-%d", "%Y/%m/%d",
    "%m/%d/%Y", "%m-%d-%Y", "%d/%m%Y", "%d%b%Y", "%d%B%Y",
)  # fmt: skip


def to_case(row: Mapping[str, Any]) -> dict[str, Any]:
    """One row of `receipts.jsonl` as the input of a case: one page, lines with the corners of their boxes."""
    lines = [{"text": line["text"], "box": line["box"]} for line in row["ocr_lines"]]
    right = max((max(line["box"][0::2]) for line in lines), default=0)
    bottom = max((max(line["box"][1::2]) for line in lines), default=0)
    return {"document": {"pages": [{"width": right + 1, "height": bottom + 1, "lines": lines}]}}


def unseen(row: Mapping[str, Any]) -> bool:
    """Belongs to the half that no rule and no constant was made on: the odd numbers."""
    return int(row["id"]) % 2 == 1


def normal(field: str, value: Any) -> Any:
    """What is compared: an ISO date, an amount to two decimals, upper-case letters and digits."""
    if value is None or value == "":
        return None
    if field == "date":
        return value if isinstance(value, date) else _date(str(value))
    if field == "total":
        return _amount(str(value))
    return re.sub(r"[^A-Z0-9]", "", str(value).upper()) or None


def _date(text: str) -> date | None:
    for form in _DATES:
        try:
            return datetime.strptime(" ".join(text.split()), form).date()  # noqa: DTZ007 a date, no moment
        except ValueError:
            continue
    return None


def _amount(text: str) -> Decimal | None:
    match = re.search(r"-?\d+(?:\.\d+)?", text.replace(",", "").replace(" ", ""))
    return Decimal(match[0]).quantize(Decimal("0.01")) if match else None
