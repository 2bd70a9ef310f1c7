"""What the catalog says of a log group."""

from datetime import timedelta
from typing import Any, Literal

from pydantic import Field

from backends.aws import AwsTarget
from model.catalog.fields import Duration

Json = dict[str, Any]


class LogsTarget(AwsTarget):
    """A log group and the queries that its runbook names."""

    kind: Literal["cloudwatch-logs"] = "cloudwatch-logs"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    group: str = Field(description="the log group's name")
    queries: dict[str, str] = Field(
        default_factory=dict[str, str],
        description="Logs Insights queries by the name that people type; `{trace}` is filled by who asks",
    )
    max_window: Duration = Field(
        default=timedelta(days=7),
        description="the longest stretch that is searched in one go; AWS charges for what is scanned",
    )
    source: str = Field(default="", description="where the facts are from")
