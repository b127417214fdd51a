"""What comes to a queue in a usual week, when people work on it, and how long a review takes them.

From what was recorded; where that is little, from what the map says of the volume. Either way it says which.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

#: Hours of a week; the first begins on Monday at 0:00 of the place's clock.
WEEK = 168

#: Reviews, and verdicts, from which on the record of a queue speaks for itself.
ENOUGH = 200

#: Verdicts of which is known how long they took at most, from which on they say how long a review takes.
_TIMED = 30

#: A longer time between two verdicts of a person is a pause, and not work on the later case; or so many times
#: what the map says that one takes by hand, where that is more.
PAUSE = timedelta(minutes=15)
_SLOW = 3

#: A share of the slowest, and of the quickest, that the mean leaves out.
_TRIMMED = 0.05

#: An hour belongs to the working time if it has at least this share of the verdicts of a full one.
_USUAL = 0.2

#: Where nothing shows when people work: Monday to Friday from 9 to 17.
OFFICE = tuple(9 <= hour % 24 < 17 and hour < 5 * 24 for hour in range(WEEK))

#: Values that stand for how long reviews take, each as likely as another.
_QUANTILES = 9

_WEEKS_A_MONTH = 365.25 / 12 / 7


@dataclass(frozen=True, slots=True)
class Past:
    """What was recorded of a queue.

    weeks    that it is of, whole ones
    came     (168,) reviews that came in each hour of the week, over all these weeks; none without a week
    decided  (168,) verdicts in each, of the latest
    seconds  that verdicts took: since the later of the person's verdict before it and the coming of the case.
             No more than that, since a person may have done something else as well
    """

    weeks: int
    came: Sequence[float]
    decided: Sequence[float]
    seconds: Sequence[float]


@dataclass(frozen=True, slots=True)
class Volume:
    """How much of it there is.

    by_map     cases a month as the maps say; None: they do not
    by_hand    minutes of a person for one case, as the maps say
    measured   cases a month as they came; None: too few
    automated  share of these, at the queue's decision points, that asked for nobody; None: too few
    judged     cases that this share is of
    """

    by_map: float | None = None
    by_hand: float | None = None
    measured: float | None = None
    automated: float | None = None
    judged: int = 0

    @property
    def per_month(self) -> float | None:
        """Cases a month, as they came or else as the maps say."""
        return self.measured or self.by_map


@dataclass(frozen=True, slots=True)
class Service:
    """How long a review takes.

    mean, median  seconds; of the mean the longest and the shortest are left out
    count         verdicts that it is from; 0: it is what the map says
    values        seconds that stand for all, each as likely as another
    """

    mean: float
    median: float
    count: int
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """What comes in a usual week, and who could be there for it.

    rates    (168,) reviews in each hour
    open     (168,) people work in that hour
    service  how long one takes
    reviews  recorded ones that `rates` are from, in so many `weeks`; 0: they are what the map says, spread
             over working time
    watched  the working time is when verdicts were given, and not Monday to Friday from 9 to 17
    """

    rates: tuple[float, ...]
    open: tuple[bool, ...]
    service: Service
    reviews: int
    weeks: int
    watched: bool

    @property
    def a_week(self) -> float:
        """Reviews in a week."""
        return sum(self.rates)

    @property
    def days(self) -> int:
        """Days of the week on which people work."""
        return len({hour // 24 for hour, there in enumerate(self.open) if there})

    @property
    def work(self) -> float:
        """Hours of work in a week."""
        return self.a_week * self.service.mean / 3600

    @property
    def hours(self) -> int:
        """Hours of a week in which people work."""
        return sum(self.open)


def demanded(
    past: Past, volume: Volume, *, per_month: float | None = None
) -> tuple[Demand | None, list[str]]:
    """What is to be expected, and what is missing for it.

    per_month  cases a month in place of what there was: more or fewer of the same
    returns    None where something is missing, which the sentences then say
    """
    if per_month is not None and not 0 < per_month < float("inf"):
        raise ValueError("cases a month are a number above 0")
    missing = []
    service = timed(past.seconds, volume.by_hand)
    if service is None:
        missing.append(
            f"Nobody knows how long a review takes: {len(past.seconds)} of {_TIMED} verdicts that would show "
            "it, and the map has no 'volume.minutes_by_hand'."
        )
    watched = sum(past.decided) >= ENOUGH
    open_ = _working_time(past.decided) if watched else OFFICE
    reviews = round(sum(past.came))
    rates = _recorded(past, volume, per_month) if past.weeks and reviews >= ENOUGH else None
    from_map = rates is None
    if rates is None:
        rates = _as_mapped(volume, per_month, open_)
    if rates is None:
        missing.append(
            f"Nobody knows how much comes: {reviews} of {ENOUGH} reviews in whole weeks that would show it, "
            "and the map has no 'volume.per_month'."
        )
    if service is None or rates is None:
        return None, missing
    recorded = (0, 0) if from_map else (reviews, past.weeks)
    return Demand(rates, open_, service, *recorded, watched), []


def timed(seconds: Sequence[float], by_hand: float | None) -> Service | None:
    """How long a review takes, from verdicts or else by the map.

    seconds  see `Past`; long ones are pauses
    by_hand  minutes
    returns  None where neither says it
    """
    longest = max(PAUSE.total_seconds(), _SLOW * 60 * (by_hand or 0))
    known = sorted(one for one in seconds if 0 < one <= longest)
    if len(known) >= _TIMED:
        cut = int(len(known) * _TRIMMED)
        kept = known[cut : len(known) - cut]
        mean = sum(kept) / len(kept)
        values = [kept[int((place + 0.5) / _QUANTILES * len(kept))] for place in range(_QUANTILES)]
        return Service(mean, known[len(known) // 2], len(known), tuple(values))
    if not by_hand:
        return None
    return Service(by_hand * 60, by_hand * 60, 0, (by_hand * 60,))


def _working_time(decided: Sequence[float]) -> tuple[bool, ...]:
    """Hours that have not many fewer verdicts than a full one; the two fullest may be odd."""
    full = sorted(decided)[-3]
    return tuple(count > 0 and count >= _USUAL * full for count in decided)


def _recorded(past: Past, volume: Volume, per_month: float | None) -> tuple[float, ...] | None:
    factor = 1.0
    if per_month is not None:
        if not volume.per_month:
            return None
        factor = per_month / volume.per_month
    return tuple(count / past.weeks * factor for count in past.came)


def _as_mapped(volume: Volume, per_month: float | None, open_: Sequence[bool]) -> tuple[float, ...] | None:
    """Volume x (1 - share that runs alone), spread evenly over the working time."""
    cases = per_month or volume.per_month
    if not cases:
        return None
    each = cases / _WEEKS_A_MONTH * (1 - (volume.automated or 0.0)) / sum(open_)
    return tuple(each * there for there in open_)
