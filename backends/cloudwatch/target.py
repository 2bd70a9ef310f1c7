"""What the catalog says of a service's metrics and alarms."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from backends.aws import AwsTarget
from model.catalog.fields import CatalogModel, hints
from model.metrics import Measured

Json = dict[str, Any]


class Stat(CatalogModel):
    """One statistic of one metric, with exactly the dimensions that CloudWatch keeps it under."""

    namespace: str = Field(description="CloudWatch's namespace, such as AWS/ECS")
    metric: str = Field(description="its name there")
    dimensions: dict[str, str] = Field(default_factory=dict[str, str], description="every dimension, by name")
    stat: str = Field(
        default="Average",
        pattern=r"^(Average|Sum|Minimum|Maximum|SampleCount|p\d{1,2}(\.\d+)?)$",
        description="Average, Sum, Minimum, Maximum, SampleCount, or a percentile such as p95",
    )


class Metric(Measured):
    """A figure that people ask for by name: one statistic, or (`math`) arithmetic over several."""

    namespace: str = Field(default="", description="CloudWatch's namespace, such as AWS/ECS")
    metric: str = Field(default="", description="its name there; either this or `math`")
    dimensions: dict[str, str] = Field(default_factory=dict[str, str], description="every dimension, by name")
    stat: str = Field(
        default="Average",
        description="Average, Sum, Minimum, Maximum, SampleCount, or a percentile such as p95",
    )
    math: str = Field(
        default="",
        description="an expression over the names in `of`, such as `100 * FILL(errors, 0) / requests`",
    )
    of: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,20}$")], Stat] = Field(
        default_factory=dict[str, Stat], description="the statistics that `math` names"
    )
    scale: float = Field(
        default=1.0, gt=0, description="what CloudWatch's values are multiplied by to be in `unit`"
    )
    period: int = Field(
        default=60,
        ge=60,
        multiple_of=60,
        description="the shortest stretch that a value is for",
        json_schema_extra=hints(unit="seconds"),
    )
    missing: Literal["gap", "zero"] = Field(
        default="gap",
        description="what no data means; counters of errors are not sent at all while there are none",
    )

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


class CloudWatchTarget(AwsTarget):
    """Metrics by name, and the alarms whose names begin with `alarms` (none if it is empty)."""

    kind: Literal["cloudwatch"] = "cloudwatch"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    alarms: str = Field(default="", description="what the names of its alarms begin with; none if empty")
    metrics: tuple[Metric, ...] = Field(default=(), description="the metrics that people ask for by name")
