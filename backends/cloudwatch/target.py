"""What the catalog says of a service's metrics and alarms."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from model.catalog import Frozen, Service, Sourced, Target
from model.change import Verdict

Json = dict[str, Any]


class Stat(Frozen):
    """One statistic of one metric, with exactly the dimensions that CloudWatch keeps it under."""

    namespace: str
    metric: str
    dimensions: dict[str, str] = Field(default_factory=dict[str, str])
    stat: str = Field("Average", pattern=r"^(Average|Sum|Minimum|Maximum|SampleCount|p\d{1,2}(\.\d+)?)$")


class Bound(Frozen):
    """From where on a value is bad, and how bad; in the metric's unit."""

    value: float
    verdict: Literal[Verdict.DEGRADED, Verdict.DOWN] = Verdict.DEGRADED
    says: str = ""


class Metric(Sourced):
    """A figure that people ask for by name: one statistic, or (`math`) arithmetic over several.

    math: a CloudWatch expression over the names in `of`, such as `100 * FILL(errors, 0) / requests`.
    scale: what CloudWatch's values are multiplied by to be in `unit`. period: the shortest, in seconds.
    missing: what no data means; counters of errors are not sent at all while there are none.
    over, under: what its runbook calls too much or too little.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
    title: str
    unit: Literal["percent", "ms", "s", "bytes", "count", "per s"]
    namespace: str = ""
    metric: str = ""
    dimensions: dict[str, str] = Field(default_factory=dict[str, str])
    stat: str = "Average"
    math: str = ""
    of: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,20}$")], Stat] = Field(
        default_factory=dict[str, Stat]
    )
    scale: float = Field(1.0, gt=0)
    period: int = Field(60, ge=60, multiple_of=60)
    missing: Literal["gap", "zero"] = "gap"
    over: tuple[Bound, ...] = ()
    under: tuple[Bound, ...] = ()

    @model_validator(mode="after")
    def is_one_or_the_other(self) -> "Metric":
        """Either a metric of its own or arithmetic over others."""
        if bool(self.math) == bool(self.metric) or bool(self.math) != bool(self.of):
            raise ValueError("needs either `namespace` and `metric`, or `math` and `of`")
        return self

    @property
    def stats(self) -> dict[str, Stat]:
        """What is read for it, by name; a metric of its own has the name ``."""
        own = {"namespace": self.namespace, "metric": self.metric, "stat": self.stat}
        return self.of if self.math else {"": Stat(dimensions=self.dimensions, **own)}

    def verdict(self, value: float) -> tuple[Verdict, str]:
        """How bad a value is, and why in words; the worst bound that it breaks decides."""
        broken = [(one, "over") for one in self.over if value > one.value]
        broken += [(one, "under") for one in self.under if value < one.value]
        for verdict in (Verdict.DOWN, Verdict.DEGRADED):
            for one, way in broken:
                if one.verdict is verdict:
                    return verdict, one.says or f"{way} {shown(one.value, self.unit)}"
        return Verdict.OK, ""


class CloudWatchTarget(Target):
    """Metrics by name, and the alarms whose names begin with `alarms` (none if it is empty).

    role_arn: the role to take for it; the process's own credentials when empty.
    """

    kind: Literal["cloudwatch"] = "cloudwatch"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    region: str
    account: str = "*"
    role_arn: str = ""
    alarms: str = ""
    metrics: tuple[Metric, ...] = ()


def target_of(service: Service) -> CloudWatchTarget:
    """The service's metrics, which the loader made of this kind."""
    assert isinstance(service.target, CloudWatchTarget)
    return service.target


def shown(value: float, unit: str) -> str:
    """A value with its unit, as short as it can be told on a phone."""
    if unit == "bytes":
        for size in ("B", "KiB", "MiB", "GiB"):
            if abs(value) < 1024:
                return f"{figure(value)} {size}"
            value /= 1024
        return f"{figure(value)} TiB"
    return figure(value) + {"percent": "%", "count": "", "per s": "/s"}.get(unit, f" {unit}")


def figure(value: float) -> str:
    """Three digits that matter; whole numbers from a hundred on."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"
