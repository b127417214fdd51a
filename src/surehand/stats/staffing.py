"""How many people a steady stream of work needs: Erlang's formula for those who wait, C.

Cases come at random (Poisson) at one rate, each takes one person a time that is exponential, whoever is free
takes the one that waited longest, and nobody gives up. Rates are cases per unit of time and times are in the
same unit, whichever it is. Where rates change through the day see `stats.rota`.
"""

from math import exp

#: More people than this are not looked for.
MOST = 100_000


class Overloaded(ValueError):
    """More work comes than these people can do: what waits grows without end."""


def chance_to_wait(load: float, people: int) -> float:
    """The share of cases that find nobody free.

    load    work that comes in, in people kept busy (rate x service time), at least 0
    people  who work, at least 1
    returns in [0, 1]
    raises  Overloaded where the load is not below the number of people

    By the recursion of the blocking probability B, in which no number is large and all terms have one sign,
    so that thousands of people are no harder than two.

    Source: Erlang, Solution of some problems in the theory of probabilities, 1917; the recursion as in
    Cooper, Introduction to Queueing Theory, 1981.
    """
    _sound(load, people)
    return _waits(load, people, _blocked(load, people))


def share_begun_within(rate: float, service: float, people: int, within: float) -> float:
    """The share of cases that wait no longer than `within` until somebody begins with them.

    raises Overloaded as `chance_to_wait`
    """
    _not_negative(within=within)
    waits = chance_to_wait(_load(rate, service), people)
    return 1 - waits * exp(-(people / service - rate) * within) if service else 1.0


def mean_wait(rate: float, service: float, people: int) -> float:
    """How long a case waits on average until somebody begins with it, those included that do not wait.

    raises Overloaded as `chance_to_wait`
    """
    waits = chance_to_wait(_load(rate, service), people)
    return waits / (people / service - rate) if service else 0.0


def least_people(rate: float, service: float, *, within: float, share: float) -> int:
    """The smallest number of people with whom at least a share of cases begins within a time.

    share   in [0, 1)
    returns at least 1
    raises  Overloaded where more than MOST people were needed
    """
    _not_negative(within=within)
    if not 0 <= share < 1:
        raise ValueError(f"a share that can be reached lies in [0, 1), not at {share}")
    load = _load(rate, service)
    if load >= MOST:
        raise Overloaded(f"this much work keeps more than {MOST:,} people busy")
    people = int(load) + 1
    blocked = _blocked(load, people)
    while service:
        late = _waits(load, people, blocked) * exp(-(people / service - rate) * within)
        if 1 - late >= share:
            break
        people += 1
        blocked = _next(load, people, blocked)
    return people


def _waits(load: float, people: int, blocked: float) -> float:
    """C from B."""
    used = load / people
    return blocked / (1 - used * (1 - blocked))


def _blocked(load: float, people: int) -> float:
    """Erlang's B: the share that is turned away where nobody may wait."""
    blocked = 1.0
    for number in range(1, people + 1):
        blocked = _next(load, number, blocked)
    return blocked


def _next(load: float, people: int, before: float) -> float:
    return load * before / (people + load * before)


def _load(rate: float, service: float) -> float:
    _not_negative(rate=rate, service=service)
    return rate * service


def _sound(load: float, people: int) -> None:
    _not_negative(load=load)
    if people < 1:
        raise ValueError("there must be somebody: at least one person")
    if load >= people:
        raise Overloaded(f"work that keeps {load:g} people busy is too much for {people}")


def _not_negative(**numbers: float) -> None:
    for name, number in numbers.items():
        if not 0 <= number < float("inf"):
            raise ValueError(f"{name} must be a number of at least 0, not {number}")
