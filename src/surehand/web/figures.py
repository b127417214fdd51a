"""Sums and numbers among the facts of a case, which each reader sees in their own form.

A view is made for nobody in particular: its texts are plain. A figure is such a text that still knows what it
was made of, and is written for the reader when the page is drawn.
"""

from collections.abc import Callable
from typing import Any

from surehand.core.formats import PLAIN, Formats
from surehand.core.money import amount_of
from surehand.core.values import shown


class Figure(str):
    """A text of a number. form: writes it for a reader."""

    form: Callable[[Formats], str]

    def __new__(cls, form: Callable[[Formats], str]) -> "Figure":
        """The plain text, which is what everything but a page sees."""
        made = super().__new__(cls, form(PLAIN))
        made.form = form
        return made


def told(value: Any) -> str:
    """A fact as a person reads it: `surehand.core.values.shown`, with sums and broken numbers as figures.

    Whole numbers stay as they are: a year and the number of a customer have no groups.
    """
    amount = amount_of(value)
    if amount is not None:
        currency = str(value["currency"])
        return Figure(lambda formats: formats.money(amount, currency))
    if isinstance(value, float):
        text = f"{value:.12g}"
        return Figure(lambda formats: formats.bare(text))
    return shown(value)


def sum_alone(value: Any) -> str:
    """A sum without its currency, which stands elsewhere; '' where there is none."""
    amount = amount_of(value)
    if amount is None:
        return shown(value)
    currency = str(value["currency"])
    return Figure(lambda formats: formats.money(amount, currency).removesuffix(currency).rstrip())
