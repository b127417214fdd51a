"""An invoice being laid out: its sheets, its look, and what it writes in its own words."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from surehand.demo.ibans import grouped
from surehand.demo.invoices import Bill
from surehand.demo.printing.paper import A4, Sheet, text_width
from surehand.demo.printing.wording import WORDS, Words, date_text, number_text, sum_text
from surehand.demo.suppliers import Profile


@dataclass(frozen=True, slots=True)
class Look:
    """A layout: which part is drawn in which way.

    head, buyer, details, table, totals, foot
              names of drawings in `heads`, `details` and `tables`
    columns   of the table, left to right: `n` position, `d` description, `q` quantity, `p` price, `a` amount
    marked    it has a logo
    colour, tint, mark
              of the supplier: of rules and bands, of their background, and its logo
    titled    the word for invoice stands over the details, not in the head
    account   where the bank account stands: `box`, `line` under the totals, or only in the `foot`
    """

    head: str
    buyer: str
    details: str
    table: str
    totals: str
    foot: str
    font: str
    columns: str = "dqpa"
    account: str = "line"
    titled: bool = False
    numbered: bool = False
    marked: bool = True
    colour: str = "#1a1a1a"
    tint: str = "#f2f2f2"
    mark: str = "none"
    left: float = 56.0
    right: float = 56.0
    size: tuple[float, float] = A4


@dataclass(slots=True)
class Draft:
    """The state of the drawing. y: where the next part begins on the last sheet."""

    bill: Bill
    look: Look
    sheets: list[Sheet] = field(default_factory=list)
    y: float = 0.0

    @property
    def sheet(self) -> Sheet:
        """The sheet that is drawn on."""
        return self.sheets[-1]

    @property
    def profile(self) -> Profile:
        """Whose paper it is."""
        return self.bill.supplier.profile

    @property
    def words(self) -> Words:
        """In its language."""
        return WORDS[self.profile.language]

    @property
    def left(self) -> float:
        """Left edge of the text."""
        return self.look.left

    @property
    def right(self) -> float:
        """Right edge of the text."""
        return self.look.size[0] - self.look.right

    def turn(self) -> None:
        """A new sheet."""
        self.sheets.append(Sheet(*self.look.size))

    def write(self, sheet: Sheet, x: float, y: float, text: str, **how: Any) -> float:
        """Text in the font of this look; see `Sheet.text`."""
        return sheet.text(x, y, text, font=self.look.font, **how)

    def width_of(self, text: str, *, bold: bool = False, size: float) -> float:
        """In points."""
        return text_width(text, font=self.look.font, bold=bold, size=size)

    def wrapped(self, text: str, width: float, *, bold: bool = False, size: float) -> list[str]:
        """Rows that are not wider, parted between words."""
        rows: list[str] = []
        for word in text.split():
            longer = f"{rows[-1]} {word}" if rows else word
            if rows and self.width_of(longer, bold=bold, size=size) <= width:
                rows[-1] = longer
            else:
                rows.append(word)
        return rows

    def number(self, value: Decimal) -> str:
        """A number as this supplier writes it."""
        return number_text(value, self.profile.marks)

    def sum(self, value: Decimal) -> str:
        """A sum with its currency as this supplier writes it."""
        return sum_text(value, self.profile.currency, self.profile.marks, self.profile.manner)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Labels and values of the details: number, date, order, due day, and what else a paper carries."""
        profile, words, bill = self.profile, self.words, self.bill

        def day(value: Any) -> str:
            return date_text(value, profile.dates, profile.language)

        pairs = [(words.number, bill.number), (words.date, day(bill.day))]
        pairs.append((words.customer, bill.customer))
        if bill.order:
            pairs.append((profile.order, bill.order))
        pairs.append((words.delivery, bill.delivery))
        if "due_date" not in profile.hides:
            pairs.append((words.due, day(bill.due)))
        return pairs

    @property
    def tax_name(self) -> str:
        """The word for the tax, with its rate."""
        if self.profile.place == "IE" and self.profile.currency == "USD":
            return "Sales tax 0%"
        rate = self.profile.rate.replace(".", "." if self.profile.marks in ("en", "ch") else ",")
        return f"{self.words.tax} {rate}" + ("%" if self.profile.marks in ("en", "ch") else " %")

    @property
    def tax_line(self) -> str:
        """The supplier's tax number with its label."""
        label = "" if self.profile.tax_number.startswith("EIN") else f"{self.words.tax_number} "
        return label + self.profile.tax_number

    @property
    def register(self) -> str:
        """Where the supplier is registered."""
        parts = self.profile.address[-2].replace(",", "").split()
        town = next(part for part in parts if part.isalpha() and len(part) > 3)
        return self.words.register.format(town, 90_000 + sum(map(ord, self.profile.name)))

    @property
    def register_line(self) -> str:
        """Name, registration and tax number in one row."""
        return f"{self.profile.name}  ·  {self.register}  ·  {self.tax_line}"

    @property
    def bank(self) -> str:
        """A bank that does not exist."""
        banks = {"de": "Handelsbank Nord", "fr": "Banque du Quai", "nl": "Zeebank", "pl": "Bank Bursztynowy"}
        return banks.get(self.profile.language, "Harbour Mutual Bank")

    @property
    def paid_by(self) -> str:
        """The account, or how else it is paid where the paper names no IBAN."""
        if "iban" not in self.profile.hides:
            return f"IBAN {grouped(self.bill.account)}"
        if self.profile.currency == "USD":
            return f"Routing 000000417  Account 00{self.bill.customer}417"
        return self.words.debit

    @property
    def bank_line(self) -> str:
        """Bank and account in one row."""
        return f"{self.bank}  ·  {self.paid_by}"
