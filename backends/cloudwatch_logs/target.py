"""What the catalog says of a log group."""

from datetime import timedelta
from typing import Any, Literal

from pydantic import Field

from backends.aws import AwsTarget
from model.catalog.schema import Duration, Service

Json = dict[str, Any]


class LogsTarget(AwsTarget):
    """A log group and the queries that its runbook names; `{trace}` in one is filled by who asks.

    max_window: the longest stretch that is searched in one go; AWS charges for what is scanned.
    """

    kind: Literal["cloudwatch-logs"] = "cloudwatch-logs"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    group: str
    queries: dict[str, str] = Field(default_factory=dict[str, str])
    max_window: Duration = timedelta(days=7)
    source: str = ""


def target_of(service: Service) -> LogsTarget:
    """The service's log group, which the loader made of this kind."""
    assert isinstance(service.target, LogsTarget)
    return service.target
