"""Signatures as Standard Webhooks says (standardwebhooks.com, specification 1.0.0, symmetric `v1`)."""

import base64
import binascii
import hashlib
import hmac
from urllib.parse import urlsplit

PREFIX = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64
"""What the specification asks of a secret's length."""


def key_of(secret: str) -> bytes:
    """The key of a `whsec_…` secret. Raises ValueError that says what is wrong with it."""
    if not secret.startswith(PREFIX):
        raise ValueError(f"it does not begin with {PREFIX}")
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"what stands behind {PREFIX} is no base64") from error
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise ValueError(f"it has {len(key)} bytes; it takes {LEAST_BYTES} to {MOST_BYTES}")
    return key


def headers(key: bytes, id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a delivery. timestamp: of this attempt, in seconds since 1970."""
    signed = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }


def must_be_endpoint(url: str) -> None:
    """Only https, or http on this machine. Raises ValueError that says what is wrong with it."""
    parts = urlsplit(url)
    is_here = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if not parts.hostname or parts.scheme not in {"https", "http"}:
        raise ValueError("it is no address, such as https://example.com/hooks")
    if parts.scheme == "http" and not is_here:
        raise ValueError("it is not https, and what happens to incidents is nobody else's business")
    if parts.username or parts.password:
        raise ValueError("it has a password in it; the secret of the signature says who sends")
