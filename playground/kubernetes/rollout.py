"""The arithmetic of a rolling update: how many pods each ReplicaSet should have next."""

from collections.abc import Sequence
from dataclasses import dataclass

from playground.kubernetes.resources import Json, part
from playground.kubernetes.validation import whole


@dataclass(frozen=True)
class Size:
    """A ReplicaSet's wanted and available pods."""

    wanted: int
    available: int


@dataclass(frozen=True)
class RolloutBounds:
    """A Deployment's replicas, and how far a rollout may leave them, in pods."""

    desired: int
    surge: int
    unavailable: int

    @property
    def most(self) -> int:
        """The most pods there may be; none over zero when nothing is wanted."""
        return self.desired + self.surge if self.desired else 0

    @property
    def least_available(self) -> int:
        """The fewest available pods there may be."""
        return self.desired - self.unavailable


def bounds_of(deployment: Json) -> RolloutBounds:
    """The bounds of a Deployment; when both limits round to zero one pod may be missing."""
    spec = deployment["spec"]
    desired = spec["replicas"]
    rolling = part(spec["strategy"], "rollingUpdate")
    if spec["strategy"]["type"] != "RollingUpdate":
        return RolloutBounds(desired, 0, desired)
    surge = whole(rolling["maxSurge"], desired, up=True)
    unavailable = min(whole(rolling["maxUnavailable"], desired, up=False), desired)
    if surge == 0 and unavailable == 0:
        unavailable = min(1, desired)
    return RolloutBounds(desired, surge, unavailable)


def next_new(bounds: RolloutBounds, new: Size, old: Sequence[Size]) -> int:
    """The pods the new ReplicaSet should have now."""
    if new.wanted >= bounds.desired:
        return bounds.desired
    room = bounds.most - new.wanted - sum(one.wanted for one in old)
    return min(new.wanted + max(room, 0), bounds.desired)


def next_old(bounds: RolloutBounds, new: Size, old: Sequence[Size]) -> list[int]:
    """The pods each old ReplicaSet (oldest first) should have now: unhealthy ones go first."""
    wanted = [one.wanted for one in old]
    total = new.wanted + sum(wanted)
    may_go = total - bounds.least_available - (new.wanted - new.available)
    for place, one in enumerate(old):
        gone = max(min(may_go, one.wanted - one.available), 0)
        wanted[place] -= gone
        may_go -= gone
    spare = new.available + sum(one.available for one in old) - bounds.least_available
    for place, one in enumerate(old):
        gone = max(min(spare, may_go, wanted[place], one.available), 0)
        wanted[place] -= gone
        may_go -= gone
        spare -= gone
    return wanted


def proportional(bounds: RolloutBounds, wanted: Sequence[int]) -> list[int]:
    """A resize in the middle of a rollout: each ReplicaSet keeps its share, the rest goes to the largest."""
    total = sum(wanted)
    if total == 0:
        return list(wanted)
    shares = [one * bounds.most // total for one in wanted]
    largest = max(range(len(wanted)), key=lambda place: wanted[place])
    shares[largest] += bounds.most - sum(shares)
    return shares
