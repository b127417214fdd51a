"""Cases of one vendor, customer or layout are right or wrong together: which of these clusters run alone.

Certificates speak of cases as if each were drawn by itself. Where a vendor's cases come in a row, a hundred
right ones may be one vendor's, and say little about the next. So a cluster is let in by a few answers of its
own, only so many of its answers count in an epoch (unless it was forgotten meanwhile), and one wrong check
puts it out again.
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from typing import Any

from surehand.core.digest import canonical
from surehand.core.guarantee import Judged, Plan


def cluster_of(secret: bytes, value: Any) -> str | None:
    """The cluster of a case, by a fact of it: 16 hex digits that tell nobody the fact; None: it is missing.

    Upper and lower case, width and spaces make no difference.
    """
    if isinstance(value, str):
        value = " ".join(unicodedata.normalize("NFKC", value).casefold().split())
    if value is None or value in ("", [], {}):
        return None
    return hmac.digest(secret, b"cluster\0" + canonical(value), hashlib.sha256)[:8].hex()


@dataclass(frozen=True, slots=True)
class Membership:
    """What is known of the cluster of a case when it is judged.

    name     the fact that tells
    cluster  None: it is missing
    least    probability of a check of what runs alone, at least; None: the cluster is not admitted
    """

    name: str
    cluster: str | None
    least: float | None

    @property
    def stranger(self) -> str | None:
        """Why a person decides, whatever the confidence; None: it is admitted."""
        if self.least is not None:
            return None
        words = self.name.replace("_", " ")
        if self.cluster is None:
            return f"The {words} is missing: people decide, as nothing is known of its cases"
        return f"First cases of this {words}, or first since an error: people decide until five are right"

    def odds(self, odds: float, *, alone: bool) -> float:
        """Probability with which a person is asked blind, where it is `odds` for others."""
        if self.least is None:
            return 1.0
        return max(odds, self.least) if alone else odds

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON, for the evidence."""
        return {"cluster": self.cluster, "admitted": self.least is not None}


def member(secret: bytes, name: str, value: Any, admitted: Mapping[str, float]) -> Membership:
    """The membership of a case whose fact `name` has this value; see `Clusters.admitted`."""
    cluster = cluster_of(secret, value)
    return Membership(name, cluster, admitted.get(cluster) if cluster is not None else None)


@dataclass(slots=True)
class Cluster:
    """What is known of one.

    admitted  its cases are part of what is promised
    heard     answers of the few that are being gathered to admit it
    failed    one of them was wrong
    counted   its judgements of this epoch that are evidence
    alone     its decisions that ran alone since it was admitted
    """

    admitted: bool = False
    heard: int = 0
    failed: bool = False
    counted: int = 0
    alone: int = 0


@dataclass(slots=True)
class Clusters:
    """All of them that were seen lately, the longest unseen first.

    since    judgements before it all began: what was judged earlier was judged by something else
    known    by digest
    pending  numbers of judgements that are evidence and have no answer, the oldest first
    """

    since: int = 0
    known: dict[str, Cluster] = field(default_factory=dict)
    pending: dict[int, None] = field(default_factory=dict)

    def judge(self, one: Judged, plan: Plan) -> None:
        """A judgement was made. Where there are too many clusters, the longest unseen is forgotten."""
        while self.pending and (oldest := next(iter(self.pending))) <= one.number - plan.patience:
            del self.pending[oldest]
        if one.cluster is None:
            return
        # it moves to the end: whoever is first was not seen for longest
        found = self.known[one.cluster] = self.known.pop(one.cluster, Cluster())
        found.alone += one.alone and found.admitted
        if len(self.known) > plan.clusters:
            del self.known[next(iter(self.known))]

    def counts(self, one: Judged, plan: Plan) -> bool:
        """This judgement is evidence, and not one too many of its cluster."""
        if one.cluster is None:
            return True
        found = self.known[one.cluster]
        if found.counted >= plan.of_each:
            return False
        found.counted += 1
        self.pending[one.number] = None
        return True

    def settles(self, one: Judged) -> bool:
        """Its answer is evidence, as the judgement is; each counts once."""
        return one.cluster is None or self.pending.pop(one.number, _NO) is not _NO

    def answer(self, one: Judged, plan: Plan, *, right: bool, fresh: bool) -> None:
        """An unseen answer came.

        fresh  it is about a judgement of now, and not of an epoch before
        """
        found = self.known.get(one.cluster) if one.cluster is not None else None
        if found is None:
            return
        if found.admitted:
            # also where it was asked before it was admitted: wrong ones may take people longer
            if not right and (one.alone or not one.admitted):
                found.admitted, found.heard, found.failed = False, 0, False
        elif not one.admitted and fresh and one.number >= self.since:
            found.heard += 1
            found.failed |= not right
            if found.heard >= plan.admit:
                found.admitted, found.alone = not found.failed, 0
                found.heard, found.failed = 0, False

    def begin(self) -> None:
        """Another epoch: nothing of any of them has counted in it."""
        self.pending.clear()
        for one in self.known.values():
            one.counted = 0

    def admitted(self, plan: Plan) -> dict[str, float]:
        """Those that are admitted, with the least probability of a check of their next decision."""
        found = ((name, self.least(name, plan)) for name in self.known)
        return {name: least for name, least in found if least is not None}

    def least(self, name: str, plan: Plan) -> float | None:
        """Probability of a check of the next decision about it, at least; None: it is not admitted."""
        one = self.known.get(name)
        if one is None or not one.admitted:
            return None
        return plan.most if one.alone < plan.young else 0.0

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON."""
        known = [[name, *astuple(one)] for name, one in self.known.items()]
        return {"since": self.since, "known": known, "pending": list(self.pending)}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Clusters":
        """From its JSON. Raises KeyError, TypeError or ValueError for anything else."""
        known = {str(name): Cluster(*rest) for name, *rest in plain["known"]}
        return cls(int(plain["since"]), known, dict.fromkeys(map(int, plain["pending"])))


_NO = object()
