"""CloudWatch Logs: lines found, queries run, and groups kept for as long as is asked."""

from backends.cloudwatch_logs.adapter import CloudWatchLogs
from backends.cloudwatch_logs.target import LogsTarget
from backends.shared import Kind, Shared

__all__ = ["KIND", "CloudWatchLogs", "LogsTarget"]


def _build(shared: Shared) -> CloudWatchLogs:
    told = shared.settings
    return CloudWatchLogs(shared.aws, told.clock, told.poll_s, told.sleep)


KIND = Kind("cloudwatch-logs", LogsTarget, _build)
