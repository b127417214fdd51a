"""How much of what is required is there."""

from surehand.core.signal import SignalView


def read(view: SignalView) -> float | None:
    """Share of the required facts that are not missing; 1.0 when nothing is required."""
    if not view.required:
        return 1.0
    present = [name for name in view.required if view.facts.get(name) is not None]
    return len(present) / len(view.required)
