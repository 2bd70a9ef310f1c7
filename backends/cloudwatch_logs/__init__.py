"""CloudWatch Logs: lines found, queries run, and groups kept for as long as is asked."""

from backends.cloudwatch_logs.adapter import CloudWatchLogs
from backends.cloudwatch_logs.target import LogsTarget
from backends.shared import Kind

__all__ = ["KIND", "CloudWatchLogs", "LogsTarget"]


KIND = Kind("cloudwatch-logs", LogsTarget, CloudWatchLogs.build)
