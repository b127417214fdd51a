"""Bands by name: the presets that a map may use in place of a table of its own."""

from collections.abc import Mapping
from decimal import Decimal

from surehand.core.oversight import Level
from surehand.core.policy import Band, Grade

_LOWER = (Grade.LOW, Grade.MEDIUM)
_UPPER = (Grade.HIGH, Grade.CRITICAL)

#: `review-flow`: by confidence alone. `two-by-two`: confidence against consequence.
#: `accounts-payable`: small sums alone run by themselves, and only when nearly certain.
PRESETS: Mapping[str, tuple[Band, ...]] = {
    "review-flow": (
        Band(above=0.90, route=Level.AUTOMATE),
        Band(at_least=0.70, route=Level.REVIEW),
        Band(at_least=0.0, route=Level.ASSIST),
    ),
    "two-by-two": (
        Band(above=0.90, consequence=_LOWER, route=Level.AUTOMATE),
        Band(at_least=0.0, consequence=_LOWER, route=Level.REVIEW),
        Band(above=0.90, consequence=_UPPER, route=Level.REVIEW),
        Band(at_least=0.0, consequence=_UPPER, route=Level.HUMAN),
    ),
    "accounts-payable": (
        Band(above=0.98, under=Decimal(1000), route=Level.AUTOMATE),
        Band(at_least=0.70, route=Level.REVIEW),
        Band(at_least=0.0, route=Level.ASSIST),
    ),
}


def resolve(bands: str | tuple[Band, ...]) -> tuple[Band, ...]:
    """The table behind a name, or the table itself. Raises KeyError for a name that is no preset."""
    return PRESETS[bands] if isinstance(bands, str) else bands
