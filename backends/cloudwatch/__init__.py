"""CloudWatch: how metrics go, and which alarms are on."""

from backends.cloudwatch.adapter import CloudWatch
from backends.cloudwatch.target import CloudWatchTarget
from backends.shared import Kind, Shared

__all__ = ["KIND", "CloudWatch", "CloudWatchTarget"]


def _build(shared: Shared) -> CloudWatch:
    return CloudWatch(shared.aws, shared.settings.clock)


KIND = Kind("cloudwatch", CloudWatchTarget, _build)
