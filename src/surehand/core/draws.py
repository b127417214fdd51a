"""Random draws that nobody can choose or repeat until they suit: a keyed hash in place of dice."""

import hashlib
import hmac

#: A float holds this many bits exactly.
_BITS = 53


def draw(secret: bytes, *, case_id: str, point: str, round: int) -> float:
    """A number in [0, 1) for one decision of one case.

    The same decision always draws the same number, so trying a step again cannot draw again, and an auditor
    who is given the secret can repeat every draw. Without the secret it cannot be foreseen.
    """
    # lengths first, so that no two decisions run into the same bytes
    parts = (case_id.encode(), point.encode(), str(round).encode())
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    number = int.from_bytes(hmac.digest(secret, message, hashlib.sha256)[:8], "big") >> (64 - _BITS)
    return float(number / 2**_BITS)
