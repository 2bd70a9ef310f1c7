"""Refuses to start on a server that could lose what it acknowledged."""

import re
from collections.abc import Mapping
from typing import cast

from journal.redis_connection import RedisConnection
from model.ports.journal import JournalUnavailable

NEEDED = {
    "appendonly": ("yes", "without an append-only file a restart of the server loses everything"),
    "appendfsync": ("always", "a power cut may lose what was already acknowledged"),
    "maxmemory-policy": ("noeviction", "the server may throw away history when memory is short"),
}


class ServerUnfit(Exception):
    """The server does not keep what it acknowledges. `problems`: one sentence each, with what to do."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


async def require_durable(wire: RedisConnection) -> None:
    """Check version and settings. Raises ServerUnfit, or JournalUnavailable when nothing answers."""
    info = cast("Mapping[str, object]", await wire.call("INFO", "server"))
    problems = [version_problem(info), *await _setting_problems(wire)]
    found = tuple(problem for problem in problems if problem)
    if found:
        raise ServerUnfit(found)


def version_problem(info: Mapping[str, object]) -> str | None:
    """What is wrong with the version in a server's INFO, if anything. Valkey began at 7.2."""
    if "valkey_version" in info:
        return None
    version = str(info.get("redis_version", "0"))
    if int((re.match(r"\d+", version) or ["0"])[0]) >= 7:
        return None
    return f"The server is Redis {version}. Point MUSTER_REDIS_URL at Redis 7 or newer, or at Valkey."


def setting_problem(name: str, found: str | None) -> str | None:
    """What is wrong with one setting (None = the server would not say), if anything."""
    wanted, why = NEEDED[name]
    if found == wanted:
        return None
    if found is None:
        return (
            f"The server at MUSTER_REDIS_URL does not let Muster read {name}. Allow this user CONFIG GET, or "
            f"set MUSTER_REDIS_UNCHECKED=true after you have made sure that it is {wanted!r}."
        )
    return (
        f"{name} is {found!r}: {why}. On the server at MUSTER_REDIS_URL run CONFIG SET {name} {wanted} "
        f"and write it to its configuration."
    )


async def _setting_problems(wire: RedisConnection) -> list[str | None]:
    try:
        settings = cast("dict[str, str]", await wire.call("CONFIG GET", *NEEDED))
    except JournalUnavailable:  # managed servers forbid CONFIG
        settings = {}
    return [setting_problem(name, settings.get(name)) for name in NEEDED]
