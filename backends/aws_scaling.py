"""Application Auto Scaling: who else sets a count or a capacity. Found by asking, never declared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from backends.aws import AwsTarget
from backends.aws_api import AwsApi
from backends.aws_clients import AwsClients
from model.plan import Warning
from model.planning import AllowedRange
from model.ports.backend import BackendError, Fault, Grant

Json = dict[str, Any]
_API = "application-autoscaling"
LOOKS = Grant((f"{_API}:DescribeScalableTargets", f"{_API}:DescribeScheduledActions"))
"""What it takes to find them; neither is granted by resource."""

MOST_SHOWN = 3


@dataclass(frozen=True)
class Autoscaling:
    """What is registered for one thing. bounds: dimension → minimum and maximum.

    schedules: scheduled actions as DescribeScheduledActions gives them. denied: why nothing of it is known.
    """

    bounds: Mapping[str, AllowedRange] = field(default_factory=dict[str, AllowedRange])
    schedules: Sequence[Json] = ()
    denied: str = ""

    def range_of(self, dimension: str) -> AllowedRange:
        """Minimum and maximum of a dimension; (None, None) where nothing scales it."""
        return self.bounds.get(dimension, (None, None))

    def cautions(self) -> tuple[Warning, ...]:
        """That it could not be found out, and what is set by schedule."""
        if self.denied:
            text = f"Whether something scales it by itself is not known: {self.denied}"
            instead = "Grant what `muster manifest iam` prints."
            return (Warning(level="warn", code="autoscaling-unknown", text=text, instead=instead),)
        if not self.schedules:
            return ()
        told = "; ".join(_schedule(one) for one in self.schedules[:MOST_SHOWN])
        more = len(self.schedules) - MOST_SHOWN
        others = f"; {more} more" if more > 0 else ""
        text = f"A schedule sets its bounds too: {told}{others}."
        return (Warning(level="warn", code="scheduled-scaling", text=text),)


async def autoscaling_of(
    clients: AwsClients, target: AwsTarget, namespace: str, resource: str
) -> Autoscaling:
    """Scalable targets and scheduled actions of one resource. A denied call is told, never raised.

    Raises BackendError where AWS does not answer.
    """
    api, asked = AwsApi(clients, _API), {"ServiceNamespace": namespace}
    try:
        found = await api.read(target, "describe_scalable_targets", **asked, ResourceIds=[resource])
        targets = cast(list[Json], found["ScalableTargets"])
        schedules = await _schedules(api, target, namespace, resource) if targets else []
    except BackendError as error:
        if error.fault in {Fault.THROTTLED, Fault.UNREACHABLE}:
            raise
        return Autoscaling(denied=error.what)
    bounds: dict[str, AllowedRange] = {
        str(one["ScalableDimension"]): (int(one["MinCapacity"]), int(one["MaxCapacity"])) for one in targets
    }
    return Autoscaling(bounds, schedules)


async def _schedules(api: AwsApi, target: AwsTarget, namespace: str, resource: str) -> list[Json]:
    found = await api.read(
        target,
        "describe_scheduled_actions",
        ServiceNamespace=namespace,
        ResourceId=resource,
    )
    return cast(list[Json], found["ScheduledActions"])


def _schedule(one: Json) -> str:
    action = cast(Json, one.get("ScalableTargetAction") or {})
    words = (("MinCapacity", "min"), ("MaxCapacity", "max"))
    sets = [f"{word} {action[key]}" for key, word in words if key in action]
    zone = f" {one['Timezone']}" if one.get("Timezone") else ""
    return f"{one['ScheduledActionName']}, {one['Schedule']}{zone}: {', '.join(sets)}"
