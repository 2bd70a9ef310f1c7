"""What operators are told of Slack's token."""

from bot.views.message import Message, safe


def token_refused(why: str) -> Message:
    """Muster will be without a token soon."""
    return Message(
        text=f"🛑 Slack's token was not renewed: {safe(why, 300)}. The one in use lasts two hours at most; "
        "after them Muster says nothing. Install the app again, set MUSTER_SLACK_REFRESH_TOKEN to its new "
        "refresh token, and start Muster again."
    )


def token_renewed() -> Message:
    """It is well again."""
    return Message(text="✅ Slack's token is renewed again.")
