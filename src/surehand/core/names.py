"""Case numbers: a prefix and 80 bits, sortable by time, without letters that look alike."""

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32
_LENGTH = 16


def case_number(prefix: str, *, milliseconds: int, random: int) -> str:
    """A case number such as `exp-01jd8k3m9q2c7x4v`.

    milliseconds  since 1970; the upper 44 bits of the number
    random        36 bits that tell numbers of one millisecond apart
    """
    number = (milliseconds & (1 << 44) - 1) << 36 | random & (1 << 36) - 1
    digits = [_ALPHABET[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5)]
    return f"{prefix}-{''.join(digits)}"
