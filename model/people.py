"""Who is asking: a person in one workspace, never a display name."""

from pydantic import BaseModel, ConfigDict


class Person(BaseModel):
    """A Slack user; `id` is `team:user`, which is what policies and the journal keep."""

    model_config = ConfigDict(frozen=True)

    team: str
    user: str

    @property
    def id(self) -> str:
        """`T0MUSTER:U0ANA`: unique over workspaces (Slack's user ids are unique only inside one)."""
        return f"{self.team}:{self.user}"

    @property
    def mention(self) -> str:
        """Slack's own markup for the person."""
        return f"<@{self.user}>"
