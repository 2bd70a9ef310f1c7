"""What goes wrong, how often, by the world's own dice."""

from dataclasses import dataclass, field
from random import Random

REFUSALS = {
    "conversations.create": "restricted_action",
    "conversations.setTopic": "no_permission",
    "conversations.invite": "cant_invite",
    "pins.add": "too_many_pins",
    "announcing": "restricted_action",
}
"""What a workspace may forbid until somebody changes that; `announcing` is to post in #incidents."""


@dataclass
class Faults:
    """Shares of calls, 0 to 1, and what the workspace forbids. After `off` everything answers."""

    dice: Random
    cloud_refuses: float = 0.0
    cloud_loses: float = 0.0
    cloud_unreachable: float = 0.0
    slack_fails: float = 0.0
    slack_loses: float = 0.0
    journal_pauses: float = 0.0
    pager_refuses: float = 0.0
    pager_loses: float = 0.0
    forbidden: set[str] = field(default_factory=set[str])

    @classmethod
    def of(cls, dice: Random) -> "Faults":
        """A quiet world, or one in which some of it fails."""
        shares = {name: dice.choice((0.0, 0.0, 0.1, 0.3)) for name in _SHARES}
        forbidden = {name for name in REFUSALS if dice.random() < 0.1}
        return cls(dice, **shares, forbidden=forbidden)

    @property
    def slack_ails(self) -> bool:
        """Whether Slack fails, loses answers, or forbids something."""
        return bool(self.slack_fails or self.slack_loses or self.forbidden)

    def happens(self, share: float) -> bool:
        """Whether it happens this time."""
        return share > 0 and self.dice.random() < share

    def off(self) -> None:
        """From now on nothing fails, and nothing is forbidden."""
        for name in _SHARES:
            setattr(self, name, 0.0)
        self.forbidden.clear()


_SHARES = tuple(name for name in Faults.__dataclass_fields__ if name not in {"dice", "forbidden"})
