"""Which settings are secrets, how one is named without being shown, and how two are compared."""

import hashlib
import hmac
import re
from collections.abc import Callable

from model.linear import over_bytes
from model.token_shapes import LONG_SHAPES, SHAPES

REFERENCE = "secret:"
"""What stands before the name of a secret in Secrets Manager, where its value would stand."""

REMOVED = "[secret removed]"
"""What stands where a secret was struck out."""

_WORDS = frozenset(
    {"PASSWD", "PASSPHRASE", "PWD", "KEY", "KEYS", "PRIVATE", "CREDENTIAL", "CREDENTIALS", "DSN"}
)
_STORES = frozenset(
    {"DATABASE", "DB", "REDIS", "POSTGRES", "POSTGRESQL", "MYSQL", "MONGO", "MONGODB", "AMQP", "RABBITMQ"}
)
_ADDRESSES = frozenset({"URL", "URI", "CONNECTION"})
_NAME = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
_VALUES = tuple(
    over_bytes(shape)
    for shape in (
        "|".join(SHAPES),
        *(shape for _, shape in LONG_SHAPES),
        r"://[^/\s@]*:[^/\s@]+@|sk_live_|-----BEGIN",
    )
)


def is_secret_name(key: str) -> bool:
    """Whether a variable of this name holds a secret: `JWT_SECRET`, `apiKey`, `DATABASE_URL`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key)
    parts = {part for part in re.split(r"[^A-Za-z0-9]+", spaced.upper()) if part}
    holds = any(word in part for part in parts for word in ("SECRET", "PASSWORD", "APIKEY", "TOKEN"))
    return holds or bool(parts & _WORDS) or bool(parts & _STORES and parts & _ADDRESSES)


def is_secret_value(value: str) -> bool:
    """Whether a value looks like a secret whatever it is called: a key of AWS, a URL with a password."""
    raw = value.encode("utf-8", "surrogatepass")
    return any(shape.search(raw) is not None for shape in _VALUES)


def is_secret(key: str, value: str) -> bool:
    """Whether a variable is a secret, by its name or by its value."""
    return is_secret_name(key) or is_secret_value(value)


def referred(value: str) -> str | None:
    """The name of the secret that a value refers to (`secret:NAME`); None for a value that is none."""
    name = value.removeprefix(REFERENCE)
    return name if name != value and _NAME.fullmatch(name) else None


Prints = Callable[[str], str]
"""Gives the fingerprint of a secret, or of a configuration that may hold one."""


def fingerprints_with(key: bytes) -> Prints:
    """Eight hex digits of HMAC-SHA-256: equal secrets, equal fingerprints, and no guessing without the key.

    A bare digest of a short secret is found by trying them all.
    """

    def fingerprint_of(value: str) -> str:
        return hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:8]

    return fingerprint_of


def is_fingerprint_of(kept: str, bare: str, fingerprint_of: Prints) -> bool:
    """Whether the kept fingerprint is of this configuration, given by its bare digest.

    Operations of versions before keys kept the bare digest itself.
    """
    return hmac.compare_digest(kept, fingerprint_of(bare)) or hmac.compare_digest(kept, bare)
