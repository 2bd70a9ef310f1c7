"""The token rotation that the settings ask for."""

from collections.abc import Callable
from datetime import datetime

from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Settings
from bot.slack.rotation import Credentials, Rotation
from journal.opening import Opened


def rotation_of(
    settings: Settings, opened: Opened, clock: Callable[[], datetime], client: AsyncWebClient
) -> Rotation | None:
    """None where the token lasts."""
    given = Credentials(
        settings.slack_client_id,
        settings.slack_client_secret.get_secret_value(),
        settings.slack_refresh_token.get_secret_value(),
    )
    if not given.refresh:
        return None
    return Rotation(client, given, opened.kept, opened.leases, opened.key_for("slack tokens"), clock)
