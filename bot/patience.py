"""How long each part of an answer may take, of the time that Slack waits for it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """slack_s: seconds that Slack waits for an answer and keeps a trigger; some are the network's."""

    slack_s: float = 3.0

    @property
    def answer_s(self) -> float:
        """Seconds in which the gate answers."""
        return self.slack_s * 0.8

    @property
    def dialog_s(self) -> float:
        """Seconds that are left for opening a dialog; trying on after them would open nothing."""
        return self.slack_s * 2 / 3

    @property
    def people_s(self) -> float:
        """Seconds that a request waits for Slack's word on who asks."""
        return self.slack_s / 2
