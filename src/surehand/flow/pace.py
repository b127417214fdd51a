"""How quick the steps of a process are, as measured here."""

#: Seconds. Steps that take less run before a new case is saved, where the caller waits for them anyway: were
#: the process to die meanwhile, no more than this is lost, and nothing that was acknowledged.
QUICK = 0.1

#: A slow run is forgotten slowly.
_FADES = 0.9


class Pace:
    """Seconds that the steps up to the first wait or action took, by version of a process."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    def took(self, version: str, seconds: float) -> None:
        """Measured on one case or a chunk of them."""
        self._seconds[version] = max(seconds, self._seconds.get(version, 0.0) * _FADES)

    def quick(self, version: str) -> bool:
        """Known to be quick; unknown is not."""
        return self._seconds.get(version, QUICK) < QUICK
