"""Whose form of numbers and dates is whose: a person's own, their browser's, the house's, or English.

The signs of each locale come from Babel, once per locale and process. Nothing of it is loaded while nobody
asks for a form other than the house's plain one.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

from surehand.core.formats import PLAIN, Formats, Manner
from surehand.errors import Fault, InvalidInput, SettingsInvalid
from surehand.flow.context import Context
from surehand.maps.calendars import zones
from surehand.store import readers
from surehand.store.readers import CHOSE_NOTHING, Preference

#: The forms that can be chosen, by tag. A short list of our own: what a browser sends chooses among these and
#: loads nothing else. Of one language, the first is taken where no country is named.
OFFERED = {
    "en-GB": "English (United Kingdom)", "en-US": "English (United States)", "en-AU": "English (Australia)",
    "en-CA": "English (Canada)", "en-IE": "English (Ireland)", "en-IN": "English (India)",
    "en-NZ": "English (New Zealand)", "en-SG": "English (Singapore)", "en-ZA": "English (South Africa)",
    "ar-EG": "Arabic (Egypt)", "ar-AE": "Arabic (United Arab Emirates)", "ar-MA": "Arabic (Morocco)",
    "ar-SA": "Arabic (Saudi Arabia)", "bg-BG": "Bulgarian", "bn-BD": "Bangla (Bangladesh)",
    "ca-ES": "Catalan", "cs-CZ": "Czech", "da-DK": "Danish", "de-DE": "German (Germany)",
    "de-AT": "German (Austria)", "de-CH": "German (Switzerland)", "el-GR": "Greek",
    "es-ES": "Spanish (Spain)",
    "es-AR": "Spanish (Argentina)", "es-CL": "Spanish (Chile)", "es-CO": "Spanish (Colombia)",
    "es-MX": "Spanish (Mexico)", "et-EE": "Estonian", "fa-IR": "Persian", "fi-FI": "Finnish",
    "fr-FR": "French (France)", "fr-BE": "French (Belgium)", "fr-CA": "French (Canada)",
    "fr-CH": "French (Switzerland)", "he-IL": "Hebrew", "hi-IN": "Hindi (India)", "hr-HR": "Croatian",
    "hu-HU": "Hungarian", "id-ID": "Indonesian", "is-IS": "Icelandic", "it-IT": "Italian (Italy)",
    "it-CH": "Italian (Switzerland)", "ja-JP": "Japanese", "ko-KR": "Korean", "lt-LT": "Lithuanian",
    "lv-LV": "Latvian", "ms-MY": "Malay (Malaysia)", "nb-NO": "Norwegian", "nl-NL": "Dutch (Netherlands)",
    "nl-BE": "Dutch (Belgium)", "pl-PL": "Polish", "pt-PT": "Portuguese (Portugal)",
    "pt-BR": "Portuguese (Brazil)", "ro-RO": "Romanian", "ru-RU": "Russian", "sk-SK": "Slovak",
    "sl-SI": "Slovenian", "sr-RS": "Serbian", "sv-SE": "Swedish (Sweden)", "sv-FI": "Swedish (Finland)",
    "th-TH": "Thai", "tr-TR": "Turkish", "uk-UA": "Ukrainian", "vi-VN": "Vietnamese",
    "zh-CN": "Chinese (China)", "zh-HK": "Chinese (Hong Kong)", "zh-TW": "Chinese (Taiwan)",
}  # fmt: skip

_BY_TAG = {tag.lower(): tag for tag in OFFERED}
_BY_LANGUAGE = {tag.partition("-")[0]: tag for tag in reversed(OFFERED)} | {"no": "nb-NO", "nn": "nb-NO"}

#: What a browser says of its languages is read this far: so many letters, so many languages.
_LONGEST, _MOST = 400, 12
_ENTRY = re.compile(
    r"\s{0,9}([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4})\s{0,9}(?:;\s{0,9}q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s{0,9})?",
    re.ASCII,
)

#: Marks that turn the direction of text. Digits and signs of English text need none.
_MARKS = str.maketrans("", "", "\u061c\u200e\u200f")


@lru_cache(maxsize=len(OFFERED) + 1)
def formats_of(tag: str) -> Formats:
    """The form of a locale that is offered; the plain one for ''. Raises KeyError for another."""
    if not tag:
        return PLAIN
    OFFERED[tag]
    from babel import Locale

    found = Locale.parse(tag.replace("-", "_"))
    symbols = found.number_symbols
    signs = symbols.get("latn", symbols)
    first, rest = found.decimal_formats[None].grouping
    before, _, behind = _percent(found.percent_formats[None].pattern)
    order, clock = _bare(found.date_formats["long"].pattern), _bare(found.time_formats["short"].pattern)
    halves = None
    if "h" in clock or "K" in clock:
        words = found.day_periods["format"]["abbreviated"]
        halves = (words["am"], words["pm"]) if found.language == "en" else ("AM", "PM")
    return Formats(
        tag=tag, point=signs["decimal"], group=signs["group"], first=first, rest=rest,
        minus=signs["minusSign"].translate(_MARKS), percent=(before, behind),
        month_first=order.index("M") < order.index("d"), halves=halves,
    )  # fmt: skip


def _percent(pattern: str) -> tuple[str, str, str]:
    """'#,##0 %' -> what stands before and behind the number."""
    digits = re.search(r"[#0,.]+", pattern)
    assert digits is not None, "every pattern has a number"
    return pattern[: digits.start()].translate(_MARKS), digits[0], pattern[digits.end() :].translate(_MARKS)


def _bare(pattern: str) -> str:
    """A pattern without the words that stand in it."""
    return re.sub("'[^']*'", "", pattern)


@lru_cache(maxsize=512)
def asked_for(header: str) -> str:
    """The form that a browser's Accept-Language asks for: a tag that is offered, or ''.

    Whatever it sends, so much is read of it and no more; what is no list of languages asks for nothing.
    """
    wanted: list[tuple[float, str]] = []
    for part in header[:_LONGEST].split(",")[:_MOST]:
        found = _ENTRY.fullmatch(part)
        if found is None:
            continue
        quality = float(found[2]) if found[2] else 1.0
        if quality > 0 and (tag := _nearest(found[1])) is not None:
            wanted.append((quality, tag))
    # of equals, the first
    return max(wanted, key=lambda one: one[0])[1] if wanted else ""


def _nearest(tag: str) -> str | None:
    """The tag that is offered for one that is asked for; '' for English of no country; None for none.

    A country that is not offered has its language's first form, except English: that of another country may
    have any form, so that it is the plain one.
    """
    language, *more = tag.lower().split("-")
    country = next((part for part in more if len(part) == 2), "")
    if f"{language}-{country}" in _BY_TAG:
        return _BY_TAG[f"{language}-{country}"]
    if language == "en":
        return ""
    if language == "zh" and "hant" in more:
        return "zh-TW"
    return _BY_LANGUAGE.get(language)


def manner_of(context: Context, person: str | None, mine: Preference, header: str = "") -> Manner:
    """How somebody reads.

    person  who; None: nobody is signed in
    mine    their own choice. One that is not offered any more counts as none
    header  Accept-Language of their browser
    """
    house, own = context.house, mine.zone
    formats = chosen(mine.locale)
    if formats is None:
        tag = asked_for(header[:_LONGEST]) if header else ""
        formats = formats_of(tag) if tag else house.formats
    if own is None and person in context.people.people:
        theirs = context.people.people[person].zone
        own = theirs if theirs != "UTC" else None  # as nobody need have said it
    return Manner(formats, ZoneInfo(own) if own in zones() else house.zone)


def chosen(locale: str | None) -> Formats | None:
    """The form of a tag, `en` being the plain one; None where it is not offered."""
    if locale == "en":
        return PLAIN
    return formats_of(locale) if locale in OFFERED else None


def manners(context: Context, people: Collection[str]) -> dict[str, Manner]:
    """How these people read what is sent to them: no browser says anything then."""
    with context.db.read() as connection:
        mine = readers.preferences(connection, people)
    return {name: manner_of(context, name, mine.get(name, CHOSE_NOTHING)) for name in people}


def house_of(locale: str | None, zone: str | None) -> Manner:
    """How a house reads, by its settings. Raises SettingsInvalid."""
    if locale is not None and locale not in OFFERED and locale != "en":
        raise SettingsInvalid(f"locale: {locale} is not offered; choose one of: en, {', '.join(OFFERED)}")
    if zone is not None and zone not in zones():
        raise SettingsInvalid(f"timezone: {zone} is no time zone: write one such as Europe/Berlin")
    return Manner(chosen(locale) or PLAIN, ZoneInfo(zone or "UTC"))


@lru_cache(maxsize=1)
def places() -> Sequence[str]:
    """The zones that are named after a place, in order, and UTC."""
    named = (name for name in zones() if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/")))
    return ("UTC", *sorted(named))


def choose(context: Context, person: str, *, locale: str, zone: str) -> None:
    """A person says how they want to read; '' for what others decide. Raises InvalidInput."""
    faults = []
    if locale and locale not in OFFERED and locale != "en":
        faults.append(Fault("numbers and dates", "must be a form that is offered"))
    if zone and zone not in zones():
        faults.append(Fault("time zone", "must be the name of a time zone, such as Europe/Berlin"))
    if faults:
        raise InvalidInput(faults)
    wanted = Preference(locale or None, zone or None)
    context.db.write(lambda connection: readers.prefer(connection, person, wanted))
