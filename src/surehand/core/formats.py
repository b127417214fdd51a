"""How a reader sees numbers, sums, dates and times: signs, groups and order, as plain values.

Words are English; only these follow the reader. Digits are those of English text, months are words, and the
code of a currency stands behind its sum, so that no sum and no date can be taken for another one.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal

#: Digits behind the point of currencies that have other than two (ISO 4217).
MINOR = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV",
         "XAF", "XOF", "XPF"),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}  # fmt: skip

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def minor(currency: str) -> int:
    """Digits behind the point that a currency is written with."""
    return MINOR.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Formats:
    """Signs and order. As it is here: English text in no particular country.

    tag          of the locale, such as `de-DE`; '' for none
    point        before the part of a number that is not whole
    group        between groups of digits; `first` digits stand right of the last one, `rest` in every other
    minus        before what is below zero
    percent      before and behind a share in hundred
    month_first  Nov 20, and not 20 Nov
    halves       what stands behind the hours of each half of a day; None: a day has 24 hours
    """

    tag: str = ""
    point: str = "."
    group: str = ","
    first: int = 3
    rest: int = 3
    minus: str = "-"
    percent: tuple[str, str] = ("", " %")
    month_first: bool = False
    halves: tuple[str, str] | None = None

    def written(self, plain: str) -> str:
        """A number of digits, a point and a minus, in this form: '-1234567.5' -> '-1.234.567,5'.

        What has another form, such as '1e+20' or 'nan', stays as it is.
        """
        sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
        whole, _, broken = digits.partition(".")
        if not whole.isdigit() or (broken and not broken.isdigit()):
            return plain
        head, tail = whole[: -self.first], whole[-self.first :]
        groups = [tail]
        while head:
            groups.append(head[-self.rest :])
            head = head[: -self.rest]
        text = self.group.join(reversed(groups))
        return f"{self.minus if sign else ''}{text}{self.point if broken else ''}{broken}"

    def number(self, value: Decimal | float | int) -> str:
        """1234.5 -> '1,234.5'; a number keeps the places it came with."""
        if isinstance(value, Decimal) and value.is_finite():
            return self.written(f"{value:f}")
        return self.written(str(value))

    def bare(self, plain: str) -> str:
        """A number with a point and a minus, without groups: '-1234.5' -> '-1234,5'."""
        whole, dot, broken = plain.removeprefix("-").partition(".")
        if not whole.isdigit() or (dot and not broken.isdigit()):
            return plain
        return f"{self.minus if plain[0] == '-' else ''}{whole}{self.point if dot else ''}{broken}"

    def money(self, amount: Decimal, currency: str = "") -> str:
        """4135.78, 'EUR' -> '4,135.78 EUR'. More places than usual are kept: nothing is rounded."""
        if not amount.is_finite():
            return f"{amount} {currency}".rstrip()
        places = max(minor(currency), -int(amount.as_tuple().exponent))
        return f"{self.written(f'{amount:.{places}f}')} {currency}".rstrip()

    def share(self, share: float, places: int = 0) -> str:
        """0.882 -> '88 %'."""
        before, behind = self.percent
        return f"{before}{self.written(f'{share * 100:.{places}f}')}{behind}"

    def clock(self, at: datetime, *, seconds: bool = False) -> str:
        """'15:00', '3:00 PM'."""
        behind = f":{at.second:02}" if seconds else ""
        if self.halves is None:
            return f"{at.hour:02}:{at.minute:02}{behind}"
        return f"{at.hour % 12 or 12}:{at.minute:02}{behind} {self.halves[at.hour >= 12]}"

    def short_day(self, at: date, now: date) -> str:
        """'20 Nov', 'Nov 20'; with the year when it is another one."""
        return self._day(at, now, _MONTHS[at.month - 1][:3])

    def day(self, at: date, now: date) -> str:
        """'Friday 20 November', 'Friday, November 20'; with the year when it is another one."""
        comma = "," if self.month_first else ""
        return f"{_WEEKDAYS[at.weekday()]}{comma} {self._day(at, now, _MONTHS[at.month - 1])}"

    def moment(self, at: datetime, now: date) -> str:
        """'20 Nov, 15:00'; with the year when it is another one."""
        return f"{self.short_day(at, now)}, {self.clock(at)}"

    def _day(self, at: date, now: date, month: str) -> str:
        other = at.year != now.year
        if self.month_first:
            return f"{month} {at.day}, {at.year}" if other else f"{month} {at.day}"
        return f"{at.day} {month} {at.year}" if other else f"{at.day} {month}"


PLAIN = Formats()


@dataclass(frozen=True, slots=True)
class Manner:
    """How somebody reads: the form of numbers and dates, and the zone of the clock on their wall."""

    formats: Formats = PLAIN
    zone: tzinfo = UTC

    def local(self, at: datetime) -> datetime:
        """A moment by the reader's clock."""
        return at.astimezone(self.zone)


UNASKED = Manner()
