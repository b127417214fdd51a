"""Bank accounts that do not exist: the form and the check digits are right, the banks are made up."""

import random

#: What follows the check digits, by country: `0` a digit, capital letters as they stand (no bank has them).
_FORMS = {
    "AT": "99" + "0" * 14,
    "BE": "999" + "0" * 9,
    "CH": "99" + "0" * 15,
    "DE": "99" + "0" * 16,
    "DK": "99" + "0" * 12,
    "ES": "99" + "0" * 18,
    "FR": "99" + "0" * 21,
    "GB": "HMXX" + "0" * 14,
    "IE": "HMXX" + "0" * 14,
    "IT": "X99" + "0" * 20,
    "LU": "99" + "0" * 14,
    "NL": "HMXX" + "0" * 10,
    "PL": "99" + "0" * 22,
}


def iban(rng: random.Random, country: str) -> str:
    """An account number without spaces. Raises KeyError for a country without a form here."""
    rest = "".join(str(rng.randrange(10)) if char == "0" else char for char in _FORMS[country])
    return f"{country}{98 - _remainder(rest + country + '00'):02d}{rest}"


def checks(account: str) -> bool:
    """Whether the check digits are right (ISO 7064, mod 97-10). Spaces do not count."""
    bare = account.replace(" ", "")
    return bare.isalnum() and bare.isascii() and len(bare) > 4 and _remainder(bare[4:] + bare[:4]) == 1


def grouped(account: str) -> str:
    """In groups of four, as on paper."""
    return " ".join(account[start : start + 4] for start in range(0, len(account), 4))


def _remainder(text: str) -> int:
    return int("".join(str(int(char, 36)) for char in text)) % 97
