"""`muster check`: whether Slack takes the token, serves the workspaces, and grants the scopes."""
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false
# (slack_sdk's responses are untyped)

from collections.abc import AsyncIterator
from typing import Any, cast

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.check_result import CheckResult
from bot.clock import utc_now
from bot.open_journal import journal_of
from bot.rotating import rotation_of
from bot.settings import NotConfigured, Settings
from bot.slack.install import workspaces_of
from bot.slack.methods import scopes
from bot.slack.workspaces import Workspaces


async def check_slack(settings: Settings) -> AsyncIterator[CheckResult]:
    """One finding never hides another, but for a token that is not taken."""
    client = AsyncWebClient(settings.slack_bot_token.get_secret_value(), base_url=settings.slack_api_url)
    if settings.slack_refresh_token.get_secret_value():
        refused = await _renewed(settings, client)
        if refused is not None:
            yield refused
            return
    try:
        answer = await client.auth_test()
    except Exception as error:  # a refusal and an unreachable Slack both end here
        yield CheckResult(
            "Slack", False, str(error).splitlines()[0], "Set MUSTER_SLACK_BOT_TOKEN; see docs/install.md."
        )
        return
    granted = set(str(answer.headers.get("x-oauth-scopes", "")).split(",")) - {""}
    missing = sorted(set(scopes(private=settings.private_channels)) - granted) if granted else []
    if missing:
        mend = "Reinstall the app with `muster manifest slack`."
        yield CheckResult("Slack scopes", False, f"missing {', '.join(missing)}", mend)
    try:
        workspaces = workspaces_of(cast("dict[str, Any]", answer.data), settings.teams)
    except NotConfigured as error:
        yield CheckResult("Slack workspaces", False, str(error), "Set MUSTER_TEAMS as it says.")
    else:
        if workspaces.enterprise:
            yield await _teams(client, workspaces, str(answer.get("team")))
        elif not missing:
            yield CheckResult("Slack", True, f"workspace {answer.get('team')}")
    if settings.transport == "http" and not settings.slack_signing_secret.get_secret_value():
        yield CheckResult("Slack signing secret", False, "not set", "Set MUSTER_SLACK_SIGNING_SECRET.")


async def _renewed(settings: Settings, client: AsyncWebClient) -> CheckResult | None:
    """Give the client its token; what is wrong where that fails. A new one is kept for the next start."""
    try:
        settings.require_slack()
        async with journal_of(settings, utc_now) as opened:
            rotation = rotation_of(settings, opened, utc_now, client)
            assert rotation is not None
            await rotation.renew()
    except Exception as error:  # whatever keeps the token from being renewed is this finding
        mend = "Install the app again, and set MUSTER_SLACK_REFRESH_TOKEN to its new refresh token."
        return CheckResult("Slack token", False, str(error).splitlines()[0], mend)
    return None


async def _teams(client: AsyncWebClient, workspaces: Workspaces, name: str) -> CheckResult:
    """Whether the app was added to each workspace that it is to serve: installing it for all does not.

    https://docs.slack.dev/reference/methods/auth.teams.list
    """
    try:
        names = {str(one["id"]): str(one["name"]) for one in await _added(client)}
    except (SlackApiError, OSError, TimeoutError) as error:
        return CheckResult("Slack workspaces", False, str(error).splitlines()[0], "Try again.")
    absent = [one for one in workspaces.teams if one not in names]
    if absent:
        mend = "Have an admin of the organization add the app to them, or take them out of MUSTER_TEAMS."
        return CheckResult("Slack workspaces", False, f"the app was not added to {', '.join(absent)}", mend)
    served = ", ".join(names[one] for one in workspaces.teams)
    return CheckResult("Slack", True, f"organization {name}, workspaces {served}; #incidents in the first")


async def _added(client: AsyncWebClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = await client.auth_teams_list(limit=1000, cursor=cursor or None)
        found += cast("list[dict[str, Any]]", answer["teams"])
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return found
