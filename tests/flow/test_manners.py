"""Whose form of numbers and dates is taken, and what each locale's looks like in English text."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from surehand.core.formats import PLAIN
from surehand.errors import InvalidInput, SettingsInvalid
from surehand.flow.manners import OFFERED, asked_for, choose, chosen, formats_of, house_of, manner_of, places
from surehand.flow.manners import manners as manners_told
from surehand.store import readers
from surehand.store.readers import Preference
from tests.flow.world import World

AT = datetime(2026, 11, 20, 15, 4, 9, tzinfo=UTC)
LAST_YEAR = datetime(2025, 5, 4, 9, 5, tzinfo=UTC)

NBSP, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"

#: Locale -> 1234567.5, -4135.78 EUR, 88.2 %, a moment, a clock, a day of last year.
TABLE = {
    "": ("1,234,567.5", "-4,135.78 EUR", "88.2 %", "20 Nov, 15:04", "15:04:09", "Sunday 4 May 2025"),
    "en-GB": ("1,234,567.5", "-4,135.78 EUR", "88.2%", "20 Nov, 15:04", "15:04:09", "Sunday 4 May 2025"),
    "en-US": (
        "1,234,567.5", "-4,135.78 EUR", "88.2%", "Nov 20, 3:04 PM", "3:04:09 PM", "Sunday, May 4, 2025",
    ),
    "de-DE": (
        "1.234.567,5", "-4.135,78 EUR", f"88,2{NBSP}%", "20 Nov, 15:04", "15:04:09", "Sunday 4 May 2025",
    ),
    "fr-FR": (
        f"1{NARROW}234{NARROW}567,5", f"-4{NARROW}135,78 EUR", f"88,2{NBSP}%", "20 Nov, 15:04",
        "15:04:09", "Sunday 4 May 2025",
    ),
    "sv-SE": (
        f"1{NBSP}234{NBSP}567,5", f"−4{NBSP}135,78 EUR", f"88,2{NBSP}%", "20 Nov, 15:04", "15:04:09",
        "Sunday 4 May 2025",
    ),
    "ja-JP": ("1,234,567.5", "-4,135.78 EUR", "88.2%", "Nov 20, 15:04", "15:04:09", "Sunday, May 4, 2025"),
    "ar-EG": ("1,234,567.5", "-4,135.78 EUR", "88.2%", "20 Nov, 3:04 PM", "3:04:09 PM", "Sunday 4 May 2025"),
    "hi-IN": ("12,34,567.5", "-4,135.78 EUR", "88.2%", "20 Nov, 3:04 PM", "3:04:09 PM", "Sunday 4 May 2025"),
}  # fmt: skip


@pytest.mark.parametrize("tag", TABLE)
def test_a_form_for_each_locale(tag: str) -> None:
    form, now = formats_of(tag), AT
    written = (
        form.number(1234567.5), form.money(Decimal("-4135.78"), "EUR"), form.share(0.882, 1),
        form.moment(AT, now), form.clock(AT, seconds=True), form.day(LAST_YEAR, now),
    )  # fmt: skip
    assert written == TABLE[tag]


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("18400", "EUR", "18,400.00 EUR"),
        ("18400", "JPY", "18,400 JPY"),
        ("18400.5", "JPY", "18,400.5 JPY"),
        ("1.5", "KWD", "1.500 KWD"),
        ("0.005", "EUR", "0.005 EUR"),
        ("1E+6", "EUR", "1,000,000.00 EUR"),
        ("NaN", "EUR", "NaN EUR"),
        ("7", "", "7.00"),
    ],
)
def test_a_sum_has_the_digits_of_its_currency_and_loses_none(amount: str, currency: str, text: str) -> None:
    assert PLAIN.money(Decimal(amount), currency) == text


@pytest.mark.parametrize("number", [0, 7, 999, -1000, 10**21, 1e20, 1e-9, 0.1, float("nan"), float("inf")])
def test_numbers_of_any_size(number: float) -> None:
    plain = PLAIN.number(number)
    assert plain.replace(",", "") == str(number)
    for tag in ("de-DE", "hi-IN", "fr-CH"):
        form = formats_of(tag)
        back = form.number(number).replace(form.group, "") if "e" not in plain else plain
        assert back.replace(form.point, ".").replace(form.minus, "-") == str(number)


def test_every_form_that_is_offered_can_be_told_apart_from_nonsense() -> None:
    for tag in OFFERED:
        form = formats_of(tag)
        assert len(form.point) == len(form.group) == len(form.minus) == 1
        assert form.point != form.group
        written = form.number(Decimal("-1234567.25")) + form.share(0.5) + form.moment(AT, AT)
        assert not set(written) & set("\u061c\u200e\u200f")
        assert all(not letter.isdigit() or letter.isascii() for letter in written), "digits of English text"
    with pytest.raises(KeyError):
        formats_of("xx-XX")


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("", ""),
        ("de-DE", "de-DE"),
        ("DE-de", "de-DE"),
        ("de", "de-DE"),
        ("de-LI,de;q=0.9", "de-DE"),
        ("en", ""),
        ("en-NG,en;q=0.8", ""),
        ("en-US,en;q=0.9", "en-US"),
        ("sv-SE, sv;q=0.8, en-US;q=0.5", "sv-SE"),
        ("xx, fr;q=0.3, ja;q=0.7", "ja-JP"),
        ("fr;q=0, it", "it-IT"),
        ("nn-NO", "nb-NO"),
        ("zh-Hant-TW", "zh-TW"),
        ("zh-Hant", "zh-TW"),
        ("sr-Latn-RS", "sr-RS"),
        ("*", ""),
        # hostile
        ("de;q=9", ""),
        ("de;q=nan", ""),
        ("de;q=1e9", ""),
        ("../../etc/passwd", ""),
        ("de_DE.UTF-8", ""),
        ("de-DE\r\nSet-Cookie: a=b", ""),
        ("\u0661\u0662, \ud800", ""),
        (";;;;,,,,;q=;q=1", ""),
        ("a" * 100_000, ""),
        (",".join(["xx"] * 50_000) + ",de", ""),
        ("de" + "-a" * 50_000, ""),
        ("de" + " " * 50_000 + ";q=1", ""),
        ("x," * 12 + "de", ""),
    ],
)
def test_what_a_browser_asks_for(header: str, tag: str) -> None:
    assert asked_for(header) == tag


def test_first_the_persons_own_then_the_browsers_then_the_houses(world: World) -> None:
    context = world.context
    house = house_of("sv-SE", "Europe/Stockholm")

    def tag(locale: str | None, header: str) -> str:
        return manner_of(context, "ann", Preference(locale), header).formats.tag

    assert [tag(None, ""), tag(None, "de"), tag("fr-FR", "de"), tag("en", "de")] == ["", "de-DE", "fr-FR", ""]
    context.house = house
    assert [tag(None, ""), tag(None, "xx"), tag(None, "de"), tag("en", "")] == ["sv-SE", "sv-SE", "de-DE", ""]
    assert tag("no-longer", "de") == "de-DE"
    assert manner_of(context, None, Preference()) == house


def test_the_zone_is_the_persons_own_then_that_of_the_roster_then_the_houses(world: World) -> None:
    context = world.context

    def zone(mine: str | None) -> str:
        return str(manner_of(context, "ann", Preference(zone=mine)).zone)

    assert zone(None) == "UTC"
    context.house = replace(context.house, zone=ZoneInfo("Europe/Stockholm"))
    assert zone(None) == "Europe/Stockholm"
    assert zone("Asia/Tokyo") == "Asia/Tokyo"
    assert zone("Not/There") == "Europe/Stockholm"
    ann = context.people.people["ann"].model_copy(update={"zone": "America/Lima"})
    context.people = context.people.model_copy(update={"people": {**context.people.people, "ann": ann}})
    assert zone(None) == "America/Lima"
    assert zone("UTC") == "UTC"


def test_a_person_chooses_and_takes_it_back(world: World) -> None:
    context = world.context
    choose(context, "ann", locale="de-DE", zone="Europe/Berlin")
    told = manners_told(context, ["ann", "bo"])
    assert (told["ann"].formats.tag, str(told["ann"].zone)) == ("de-DE", "Europe/Berlin")
    assert told["bo"] == context.house
    choose(context, "ann", locale="", zone="")
    assert manners_told(context, ["ann"])["ann"] == context.house


@pytest.mark.parametrize(
    ("locale", "zone"),
    [("xx-XX", ""), ("de_DE", ""), ("", "Berlin"), ("", "../etc/passwd"), ("de-DE", "\x00"), ("\ud800", "")],
)
def test_what_is_not_offered_is_refused_and_changes_nothing(world: World, locale: str, zone: str) -> None:
    choose(world.context, "ann", locale="fr-FR", zone="UTC")
    with pytest.raises(InvalidInput):
        choose(world.context, "ann", locale=locale, zone=zone)
    with world.context.db.read() as connection:
        assert readers.preferences(connection, ["ann"]) == {"ann": Preference("fr-FR", "UTC")}


def test_a_house_that_cannot_be_does_not_start() -> None:
    with pytest.raises(SettingsInvalid, match="not offered"):
        house_of("xx-XX", None)
    with pytest.raises(SettingsInvalid, match="no time zone"):
        house_of(None, "Berlin")
    assert house_of(None, None).formats is PLAIN
    assert chosen("en") is PLAIN


def test_zones_to_choose_from_are_places() -> None:
    assert places()[0] == "UTC"
    assert "Europe/Berlin" in places()
    assert all("/" in name for name in places()[1:])
    assert date(2026, 11, 20) == AT.date()
