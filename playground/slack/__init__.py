"""A local Slack: Web API, signed deliveries and Socket Mode, for tests and the demo."""

from playground.slack.seed import Channel, Enterprise, Group, Pace, Rotating, Team, User, WorkspaceConfig
from playground.slack.server import Running, serve
from playground.slack.written import Ack, Call, Delivered, Failed, Refused

__all__ = [
    "Ack",
    "Call",
    "Channel",
    "Delivered",
    "Enterprise",
    "Failed",
    "Group",
    "Pace",
    "Refused",
    "Rotating",
    "Running",
    "Team",
    "User",
    "WorkspaceConfig",
    "serve",
]
