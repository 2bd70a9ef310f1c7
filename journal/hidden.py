"""Texts that are kept where others may look: unreadable without the key. Who may have altered them is the
seal's affair, under which they are kept."""

import base64
import hmac
import secrets

_NONCE, _BLOCK = 16, 32


def hide(key: bytes, text: str) -> str:
    """The text, enciphered: HMAC-SHA-256 of a fresh nonce and a counter is its key stream (CTR mode)."""
    nonce, data = secrets.token_bytes(_NONCE), text.encode()
    return base64.b64encode(nonce + _mixed(key, nonce, data)).decode()


def reveal(key: bytes, hidden: str) -> str:
    """What `hide` was given. Raises ValueError for another key's, or for what is no such text."""
    data = base64.b64decode(hidden, validate=True)
    return _mixed(key, data[:_NONCE], data[_NONCE:]).decode()


def _mixed(key: bytes, nonce: bytes, data: bytes) -> bytes:
    blocks = range(-(-len(data) // _BLOCK))
    stream = b"".join(hmac.digest(key, nonce + number.to_bytes(8), "sha256") for number in blocks)
    return bytes(one ^ other for one, other in zip(data, stream, strict=False))
