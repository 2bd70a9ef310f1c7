"""A company around the people of the local workspace, who never hear of Muster."""

from dataclasses import dataclass

from playground.slack import Channel, Group, User


@dataclass(frozen=True)
class Crowd:
    """So many further people and channels; everybody is in one large group, as companies have them."""

    people: int = 0
    rooms: int = 0

    @property
    def users(self) -> tuple[User, ...]:
        """U1000000, U1000001 …"""
        return tuple(User(f"U{1_000_000 + n}", f"person-{n}", f"Person {n}") for n in range(self.people))

    @property
    def groups(self) -> tuple[Group, ...]:
        """All of them, under one handle."""
        everybody = tuple(f"U{1_000_000 + n}" for n in range(self.people))
        return (Group("S1ALL", "everybody", "Everybody", everybody),) if everybody else ()

    @property
    def channels(self) -> tuple[Channel, ...]:
        """C1000000, C1000001 …, before the ones that Muster looks for in the order of Slack's list."""
        return tuple(Channel(f"C{1_000_000 + n}", f"a-team-{n}") for n in range(self.rooms))


NOBODY_ELSE = Crowd()
