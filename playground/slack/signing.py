"""How Slack signs what it sends: v0 HMAC SHA-256. https://docs.slack.dev/authentication/verifying-requests-from-slack/"""

import hashlib
import hmac


def sign(secret: str, timestamp: int, body: str) -> dict[str, str]:
    """The two headers that prove a request; `timestamp` is in seconds since 1970."""
    base = f"v0:{timestamp}:{body}".encode()
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": f"v0={digest}"}
