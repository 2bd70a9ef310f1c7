"""Which workspaces an install serves, by what Slack says of its token and what is set."""

from collections.abc import Sequence

from bot.settings import NotConfigured
from bot.slack.workspaces import Body, Workspaces


def workspaces_of(answer: Body, wanted: Sequence[str]) -> Workspaces:
    """What `auth.test` answered, with the workspaces that MUSTER_TEAMS names. Raises NotConfigured."""
    enterprise, team = str(answer.get("enterprise_id") or ""), str(answer.get("team_id") or "")
    if not answer.get("is_enterprise_install"):
        if wanted and list(wanted) != [team]:
            raise NotConfigured(
                f"The token is of one workspace, {team}, and MUSTER_TEAMS names {', '.join(wanted)}. Leave "
                "MUSTER_TEAMS out, or install the app for the whole organization (docs/install.md)."
            )
        return Workspaces((team,))
    if not wanted:
        raise NotConfigured(
            f"The app is installed for the whole organization {enterprise}. Set MUSTER_TEAMS to the ids of "
            "the workspaces to serve, the one with #incidents first: MUSTER_TEAMS=T012AB3CD,T045EF6GH "
            "(a workspace's id stands in its address: app.slack.com/client/T…). It serves no other."
        )
    return Workspaces(tuple(dict.fromkeys(wanted)), enterprise or team)
