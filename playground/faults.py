"""The board of faults that a person may switch on while playing."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fault:
    """One thing that can go wrong; `explains` is what the player will see happen."""

    id: str
    title: str
    explains: str


FAULTS = (
    Fault("deploy-fails", "Deployments fail", "New tasks and pods crash on start; the rollout stalls."),
    Fault("cloud-throttles", "Clouds throttle", "Two of three cloud calls answer with a throttling error."),
    Fault("cloud-slow", "Clouds are slow", "Every cloud call takes three seconds more."),
    Fault("slack-429", "Slack rate limits", "Every second Web API call answers 429 with Retry-After 1."),
    Fault("slack-5xx", "Slack is failing", "Half of the Web API calls answer 500, two at a time."),
    Fault(
        "slack-no-here",
        "@here is restricted",
        "Slack answers restricted_action to messages that mention @here.",
    ),
    Fault(
        "slack-no-announcing",
        "#incidents may not be posted in",
        "Slack answers restricted_action to every message in the channel with everybody in it.",
    ),
    Fault(
        "slack-no-channels",
        "Apps may not make channels",
        "Slack answers restricted_action to conversations.create.",
    ),
    Fault("slack-no-inviting", "Apps may not invite", "Slack answers no_permission to conversations.invite."),
    Fault("slack-no-topics", "Apps may not set topics", "Slack answers user_is_restricted to setTopic."),
    Fault("slack-no-pins", "Apps may not pin", "Slack answers restricted_action to pins.add."),
    Fault(
        "slack-no-groups",
        "A plan without user groups",
        "Slack answers plan_upgrade_required to usergroups.list; groups are the catalog's own.",
    ),
    Fault(
        "slack-no-files",
        "Uploads are switched off",
        "Slack answers file_uploads_disabled to files.getUploadURLExternal.",
    ),
    Fault(
        "slack-no-people",
        "Slack tells nothing of people",
        "users.info, users.list and usergroups.list answer 503, as when that part of Slack is down.",
    ),
    Fault("health-down", "Services are unhealthy", "The health URLs of all systems answer 503."),
    Fault(
        "errors-rise", "Errors rise", "A third of delivery-standard's requests fail; metrics and logs say so."
    ),
    Fault("pager-down", "PagerDuty is failing", "PagerDuty answers 500 to every event."),
)


@dataclass
class FaultBoard:
    """Which faults are on; listeners are told of every change with (fault id, on)."""

    on: set[str] = field(default_factory=set[str])
    listeners: list[Callable[[str, bool], None]] = field(default_factory=list[Callable[[str, bool], None]])

    def switch(self, fault_id: str, on: bool) -> None:
        """Turn a fault on or off. Raises KeyError for an id that is not in FAULTS."""
        if fault_id not in {fault.id for fault in FAULTS}:
            raise KeyError(fault_id)
        (self.on.add if on else self.on.discard)(fault_id)
        for listener in self.listeners:
            listener(fault_id, on)

    def is_on(self, fault_id: str) -> bool:
        """Whether the fault with this id is on now."""
        return fault_id in self.on
