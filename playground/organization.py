"""An Enterprise organization around the local workspace: two more workspaces, and people of several."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from playground.people import GROUPS
from playground.slack import Channel, Enterprise, Group, Team, User

SECOND, THIRD = "T0SECOND", "T0THIRD"
_LIKE_SLACKS = ("T0MUSTER", SECOND)


@dataclass(frozen=True)
class Organization:
    """Who and what there is besides the local workspace; `groups` stand in place of its own."""

    enterprise: Enterprise
    users: Sequence[User]
    groups: Sequence[Group]
    channels: Sequence[Channel]


ORGANIZATION = Organization(
    Enterprise("E0MUSTER", "Muster Group", (Team(SECOND, "Second", "second"), Team(THIRD, "Third", "third"))),
    users=(
        User("W0OLA", "ola", "Ola Berg", "Engineer in two workspaces", teams=_LIKE_SLACKS),
        User("W0KAI", "kai", "Kai Brandt", "Engineer of the second workspace", teams=(SECOND,)),
        User("W0LIV", "liv", "Liv Dahl", "Engineer of the third workspace", teams=(THIRD,)),
        User("W0MAX", "max", "Max Stone", "Of another organization", team_id="T9OTHER"),
    ),
    groups=(
        *(
            replace(one, users=(*one.users, "W0OLA")) if one.handle in {"operators", "engineers"} else one
            for one in GROUPS
        ),
        Group("S2OPS", "operators", "Operators of the second workspace", ("W0KAI",), team_id=SECOND),
    ),
    channels=(
        Channel("C0SEC", "second-ops", ("W0OLA", "W0KAI", "W0MAX", "UBOT"), team_id=SECOND),
        Channel("C0THI", "third-ops", ("W0LIV", "UBOT"), team_id=THIRD),
        Channel("C1INC", "incidents", ("W0KAI", "UBOT"), team_id=SECOND),
    ),
)
"""`W0OLA` is an operator and engineer of the first workspace who also works in the second."""
