"""What can be wrong with the levels at which nothing waits for a person: windows, samples, taking back."""

from surehand.core import bands as presets
from surehand.core.oversight import Level
from surehand.core.policy import Acts, OnError
from surehand.core.process import Process
from surehand.core.steps import Act, DecisionPoint, Draft
from surehand.maps.faults import Faults
from surehand.maps.source import DataPath


def overseen(process: Process, number: int, faults: Faults) -> None:
    """A decision point says how its levels work, and only of those that it has."""
    step = process.steps[number]
    assert isinstance(step, DecisionPoint)
    path: DataPath = ("steps", number)
    reached = _levels(step)
    if Level.NOTIFY in reached and step.notify is None:
        faults.add(
            path,
            f"Cases at '{step.name}' can be routed to notify, and nothing says for how long a person may "
            "override: write notify: {window: PT4H}.",
        )
    if step.guarantee is not None:
        _promised(step, path, faults)
    elif step.slices:
        faults.add((*path, "slices"), "A guarantee is reported by them, and there is none here: remove them.")
    if Level.SPOT_CHECK in reached and step.checking is None:
        faults.add(
            path,
            f"Cases at '{step.name}' can be routed to spot_check, and nothing says how many are checked: "
            "write spot_check: {share: 0.05}.",
        )
    if step.notify is not None and Level.NOTIFY not in reached:
        faults.add((*path, "notify"), "Nothing is routed to notify here, so this has no effect: remove it.")
    if step.spot_check is not None and step.guarantee is None and Level.SPOT_CHECK not in reached:
        faults.add(
            (*path, "spot_check"), "Nothing is routed to spot_check here, so this has no effect: remove it."
        )
    _taken_back(process, number, step, path, faults)


def _promised(step: DecisionPoint, path: DataPath, faults: Faults) -> None:
    """Nothing but evidence lets decisions run under a guarantee, and their answers can be compared."""
    if isinstance(step, Draft):
        faults.add(
            (*path, "guarantee"),
            "Only a person can compare two texts, so there is no guarantee for a draft: write bands.",
        )
    if step.spot_check is not None:
        faults.add(
            (*path, "spot_check"),
            "The guarantee says how many are checked: remove it, and write 'within' and 'on_error' there.",
        )
    for number, rule in enumerate(step.rules):
        if not rule.route.waits:
            faults.add(
                (*path, "rules", number, "route"),
                "Under a guarantee a rule can only ask for more people: nothing but evidence lets cases run.",
            )
    for number, limit in enumerate(step.limits):
        place: DataPath = (*path, "limits", number)
        if not limit.route.waits:
            faults.add(
                (*place, "route"),
                "Under a guarantee a limit asks for people who decide: write review, assist or human.",
            )
        if limit.when is not None and limit.passes:
            faults.add(
                place,
                "Under a guarantee a limit with a condition cannot end or rest: its cases were not counted "
                "when the rest was certified. Leave out 'when', or 'first' and 'peak'.",
            )


def _levels(step: DecisionPoint) -> set[str]:
    """The levels that cases can be routed to."""
    reached = {str(rule.route) for rule in step.rules} | {str(limit.route) for limit in step.limits}
    if step.guarantee is not None:
        reached.add(Level.SPOT_CHECK)
    elif step.level is not None:
        reached.add(step.level)
    elif not isinstance(step.bands, str):
        reached |= {str(band.route) for band in step.bands or ()}
    elif step.bands in presets.PRESETS:
        reached |= {str(band.route) for band in presets.PRESETS[step.bands]}
    return reached


def _taken_back(process: Process, number: int, step: DecisionPoint, path: DataPath, faults: Faults) -> None:
    """What is to be taken back without asking anybody can be taken back."""
    stuck = [one.act for one in process.steps[number + 1 :] if isinstance(one, Act) and one.undo is None]
    if not stuck:
        return
    names = ", ".join(stuck)
    if step.notify is not None and step.notify.acts is Acts.NOW:
        faults.add(
            (*path, "notify", "acts"),
            f"An override could not take {names} back: name an undo, or write acts: after_window.",
        )
    if step.checking is not None and step.checking.on_error is OnError.UNDO:
        faults.add(
            (*path, "guarantee" if step.guarantee is not None else "spot_check", "on_error"),
            f"A finding could not take {names} back: name an undo, or write on_error: ask.",
        )
