"""Whether a request over HTTP is Slack's own (docs.slack.dev, Verifying requests from Slack)."""

import hashlib
import hmac
from datetime import datetime

FRESH_S = 300
"""Seconds that a request's timestamp may lie off; older ones may be replays."""

_LONGEST_STAMP = 12


def is_signed(secret: str, body: bytes, stamp: str, signature: str, now: datetime) -> bool:
    """Whether the raw bytes carry a signature of the secret that is fresh. Anything malformed is not."""
    if not secret or not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _LONGEST_STAMP):
        return False
    if abs(now.timestamp() - int(stamp)) > FRESH_S:
        return False
    wanted = "v0=" + hmac.digest(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hex()
    return hmac.compare_digest(wanted.encode(), signature.encode(errors="replace"))
