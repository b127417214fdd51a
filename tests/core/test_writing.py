"""A typed number or day means one thing, or is asked about: never another one than was meant."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surehand.core.formats import PLAIN, Formats
from surehand.core.values import parsed
from surehand.core.writing import meant

GERMAN = Formats(tag="de-DE", point=",", group=".")
FRENCH = Formats(tag="fr-FR", point=",", group="\N{NARROW NO-BREAK SPACE}")
SWEDISH = Formats(tag="sv-SE", point=",", group="\N{NO-BREAK SPACE}", minus="−")
SWISS = Formats(tag="de-CH", group="’")
INDIAN = Formats(tag="hi-IN", rest=2)
FORMS = [PLAIN, GERMAN, FRENCH, SWEDISH, SWISS, INDIAN]


@pytest.mark.parametrize(
    ("form", "typed", "money"),
    [
        (GERMAN, "1.234,56", "1234.56"),
        (GERMAN, "1234,56", "1234.56"),
        (GERMAN, "1234.56", "1234.56"),
        (GERMAN, "12,5", "12.5"),
        (GERMAN, "0,125", "0.125"),
        (GERMAN, "1234,567", "1234.567"),
        (GERMAN, "1.234.567", "1234567"),
        (GERMAN, "1.234.567,89", "1234567.89"),
        (GERMAN, "1,234.56", "1234.56"),
        (GERMAN, "1,234,567", "1234567"),
        (GERMAN, "-1.234,50", "-1234.50"),
        (GERMAN, "1 234,56", "1234.56"),
        (GERMAN, " 1.234,56 usd ", "1234.56 USD"),
        (FRENCH, "1\u202f234\u202f567,8", "1234567.8"),
        (FRENCH, "1 234", "1234"),
        (SWEDISH, "−1\u00a0234,50", "-1234.50"),
        (SWISS, "1’234.50", "1234.50"),
        (SWISS, "1'234.500", "1234.500"),
        (INDIAN, "12,34,567.50", "1234567.50"),
        (INDIAN, "1,234,567.50", "1234567.50"),
        (PLAIN, "1,234.56", "1234.56"),
        (PLAIN, "1,234", "1234"),
        (PLAIN, "1.234", "1.234"),
        (PLAIN, "12.50 EUR", "12.50 EUR"),
    ],
)
def test_what_can_mean_one_thing_is_taken(form: Formats, typed: str, money: str) -> None:
    assert meant("money", typed, form) == money
    amount, _, currency = money.partition(" ")
    assert parsed("money", meant("money", typed, form), currency="EUR") == {
        "amount": amount,
        "currency": currency or "EUR",
    }


@pytest.mark.parametrize("form", [GERMAN, FRENCH, SWEDISH])
@pytest.mark.parametrize("typed", ["1.234", "1,234", "12.345 EUR", "-999,999", "12,000", "1.000"])
def test_what_can_mean_two_is_asked_about(form: Formats, typed: str) -> None:
    for kind in ("money", "number"):
        with pytest.raises(ValueError, match="may mean"):
            meant(kind, typed, form)


def test_the_question_says_both_and_how_to_write_them() -> None:
    with pytest.raises(ValueError, match="write") as asked:
        meant("money", "1.234", GERMAN)
    assert (
        str(asked.value) == "'1.234' may mean 1234 or 1.234: write 1234 for the first, 1.2340 for the second"
    )
    assert meant("money", "1.2340", GERMAN) == "1.2340"
    assert meant("money", "1234", GERMAN) == "1234"


@pytest.mark.parametrize(
    ("form", "typed"),
    [
        (PLAIN, "12,50"),
        (PLAIN, "1.234,56"),
        (PLAIN, "1,2345"),
        (PLAIN, "1.234.567"),
        (GERMAN, "1.23,45"),
        (GERMAN, "12.34.567"),
        (GERMAN, "1,234,56"),
        (GERMAN, "1..234"),
        (GERMAN, "1 23,45"),
        (GERMAN, "1 2345"),
        (GERMAN, "12 34 567"),
        (INDIAN, "1,23,45"),
        (FRENCH, "1 234.567,8"),
        (GERMAN, "1,5 Mill."),
        (GERMAN, "1e5,0"),
        (GERMAN, "EUR 1.234,56"),
    ],
)
def test_what_is_no_number_in_a_form_is_refused_by_what_takes_it(form: Formats, typed: str) -> None:
    assert meant("money", typed, form) == typed
    with pytest.raises(ValueError, match="must be"):
        parsed("money", typed, currency="EUR")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-02-27", "2026-02-27"),
        ("2026/2/27", "2026-02-27"),
        ("2026.02.27", "2026-02-27"),
        ("27.2.2026", "2026-02-27"),
        ("03.04.2026", "2026-04-03"),
        ("27/02/2026", "2026-02-27"),
        ("02/27/2026", "2026-02-27"),
        ("27-2-2026", "2026-02-27"),
        ("4/4/2026", "2026-04-04"),
        # of the day that stood there, what is not typed stays
        ("27", "2026-05-27"),
        ("5", "2026-05-05"),
        ("5.", "2026-05-05"),
        ("12-27", "2026-12-27"),
        ("03-04", "2026-03-04"),
        ("3.4.", "2026-04-03"),
        ("27/2", "2026-02-27"),
        ("2/27", "2026-02-27"),
    ],
)
def test_a_day_that_can_mean_one_thing_is_taken(typed: str, day: str) -> None:
    for form in FORMS:
        assert meant("date", f" {typed} ", form, stood="2026-05-22") == day
    assert parsed("date", day, currency=None) == day


@pytest.mark.parametrize("typed", ["03/04/2026", "3-4-2026", "3/4"])
def test_a_day_that_can_mean_two_is_asked_about(typed: str) -> None:
    with pytest.raises(ValueError, match="write the one that is right") as asked:
        meant("date", typed, PLAIN, stood="2026-05-22")
    assert str(asked.value).startswith(f"'{typed}' may mean 2026-04-03 or 2026-03-04")


@pytest.mark.parametrize(
    "typed",
    ["27.02.26", "3/4/26", "32", "13-13", "31.2.2026", "2026-02-30", "0", "20260227", "2026", "2-2026",
     "27.2/2026", "Feb 27", "", "٢٧"],
)  # fmt: skip
def test_what_is_no_day_is_refused_by_what_takes_it(typed: str) -> None:
    assert meant("date", typed, GERMAN, stood="2026-05-22") == typed
    if typed:
        with pytest.raises(ValueError, match="year-month-day"):
            parsed("date", typed, currency=None)


@pytest.mark.parametrize("stood", ["", "22 May 2026", "2026-13-01", "0000-00-00", "2026-5-2", "None"])
@pytest.mark.parametrize("typed", ["27", "02-27", "27.2.", "2/27"])
def test_where_no_day_stood_nothing_is_made_up(stood: str, typed: str) -> None:
    assert meant("date", typed, PLAIN, stood=stood) == typed


@given(st.dates(), st.dates().map(str) | st.text(max_size=12))
def test_a_day_that_a_field_shows_is_never_taken_for_another(day: date, stood: str) -> None:
    assert meant("date", str(day), GERMAN, stood=stood) == str(day)


@pytest.mark.parametrize("kind", ["text", "timestamp", "yes_no", "texts"])
def test_other_kinds_are_left_alone(kind: str) -> None:
    assert meant(kind, "1.234,56", GERMAN) == "1.234,56"


def test_a_whole_number() -> None:
    assert meant("integer", "1.234", GERMAN) == "1234"
    assert meant("integer", "1,234", PLAIN) == "1234"
    for form, typed in ((GERMAN, "1,234"), (PLAIN, "1.234")):
        with pytest.raises(ValueError, match="whole number"):
            meant("integer", typed, form)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12),
    st.sampled_from(FORMS),
)
def test_what_is_written_for_a_reader_is_taken_from_them(amount: Decimal, form: Formats) -> None:
    written = form.money(amount, "EUR")
    assert Decimal(parsed("money", meant("money", written, form), currency="EUR")["amount"]) == amount


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3), st.sampled_from(FORMS))
def test_what_a_field_shows_is_never_taken_for_another_number(amount: Decimal, form: Formats) -> None:
    shown = f"{amount:f}"
    try:
        plain = meant("money", shown, form)
    except ValueError as asked:
        assert "may mean" in str(asked)  # noqa: PT017 - asked about, or right
    else:
        assert Decimal(plain) == amount


@given(st.text(alphabet="0123456789.,/'’ −-EUR\u00a0\u202f٤", max_size=70), st.sampled_from(FORMS))
def test_nothing_that_is_typed_breaks_it(text: str, form: Formats) -> None:
    for kind in ("money", "number", "integer", "date"):
        try:
            meant(kind, text, form, stood="2026-05-22")
        except ValueError as asked:
            assert "may mean" in str(asked)  # noqa: PT017 - the only question there is
