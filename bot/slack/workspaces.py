"""Which workspaces are served: the token's own, or those of an organization that a setting names."""

from dataclasses import dataclass
from typing import Any, cast

from model.people import Person

Body = dict[str, Any]


@dataclass(frozen=True)
class Workspaces:
    """The workspaces whose requests are read, by their ids (`T…`).

    The first is home: Muster's channels and the groups that give rights are its. People of the others may
    ask, and are the same people there: an organization knows everybody by one id.
    enterprise: the organization's id (`E…`) where the app is installed for all of it, else empty.
    """

    teams: tuple[str, ...]
    enterprise: str = ""

    @property
    def home(self) -> str:
        """The workspace of #incidents."""
        return self.teams[0]

    def origin(self, body: Body) -> str:
        """The workspace that a request comes from; empty where Slack names none.

        In an organization `team` is null for what was not done in a channel, and `team_id` may name the
        organization (docs.slack.dev, Developing for Enterprise organizations; slackapi/bolt-python,
        extract_team_id).
        """
        event = part(body, "event")
        named = (
            body.get("team_id"),
            part(body, "team").get("id"),
            part(body, "user").get("team_id"),
            part(body, "view").get("team_id"),
            event.get("team"),
        )
        return next((str(one) for one in named if one and str(one) != self.enterprise), "")

    def serves(self, team: str) -> bool:
        """Whether requests of this workspace are read."""
        return team in self.teams

    def is_of_organization(self, body: Body) -> bool:
        """Whether a request comes from somewhere in the organization that has the app."""
        named = (body.get("enterprise_id"), part(body, "enterprise").get("id"))
        return bool(self.enterprise) and self.enterprise in named

    def person(self, user: str, team: str = "") -> Person:
        """Who asks: by one name from every workspace, as approvals are counted by person.

        team: what Slack calls the person's own workspace. In an organization it may be any of it, or the
        organization's id, so that `users.info` alone tells who is a stranger.
        """
        own = self.home if self.enterprise or not team else team
        return Person(team=own, user=user)

    def has(self, card: Body) -> bool:
        """Whether someone (`users.info`) is in one of the workspaces; not those of a shared channel alone."""
        teams = {card.get("team_id"), *(part(card, "enterprise_user").get("teams") or ())}
        return not card.get("is_stranger") and bool(teams & set(self.teams))


def part(body: Body, name: str) -> Body:
    """An object within a payload; an empty one where there is none."""
    found = body.get(name)
    return cast("Body", found) if isinstance(found, dict) else {}
