"""What goes wrong, how often, by the world's own dice."""

from dataclasses import dataclass
from random import Random


@dataclass
class Faults:
    """Shares of calls, 0 to 1. `off` ends them: after that everything answers."""

    dice: Random
    cloud_refuses: float = 0.0
    cloud_loses: float = 0.0
    cloud_unreachable: float = 0.0
    slack_fails: float = 0.0
    slack_loses: float = 0.0
    journal_pauses: float = 0.0

    @classmethod
    def of(cls, dice: Random) -> "Faults":
        """A quiet world, or one in which some of it fails."""
        shares = {
            name: dice.choice((0.0, 0.0, 0.1, 0.3)) for name in cls.__dataclass_fields__ if name != "dice"
        }
        return cls(dice, **shares)

    def happens(self, share: float) -> bool:
        """Whether it happens this time."""
        return share > 0 and self.dice.random() < share

    def off(self) -> None:
        """From now on nothing fails."""
        for name in self.__dataclass_fields__:
            if name != "dice":
                setattr(self, name, 0.0)
