"""What Redis' own figures say: the most important thing first."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from backends.redis_cache.target import RedisTarget
from model.health import Check, Verdict
from model.query_result import QueryResult, Table

Info = Mapping[str, Any]
_UNITS = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))


def size(count: float) -> str:
    """`12.5 MiB`."""
    for unit, name in _UNITS:
        if count >= unit:
            return f"{count / unit:,.1f} {name}"
    return f"{count:.0f} B"


def keys(info: Info) -> dict[str, int]:
    """How many keys each database has, by `db0`."""
    return {name: int(value["keys"]) for name, value in info.items() if _is_database(name, value)}


def _is_database(name: str, value: object) -> bool:
    return name.startswith("db") and name[2:].isdecimal() and isinstance(value, Mapping)


def hits_percent(info: Info) -> float | None:
    """The share of reads that found a key, None before the first read."""
    hits, misses = int(info.get("keyspace_hits", 0)), int(info.get("keyspace_misses", 0))
    return 100 * hits / (hits + misses) if hits + misses else None


def fullness(info: Info) -> float | None:
    """Percent of the memory that is taken, None where Redis may take all there is."""
    most = int(info.get("maxmemory", 0))
    return 100 * int(info["used_memory"]) / most if most else None


def signs(target: RedisTarget, info: Info) -> tuple[Check, ...]:
    """Memory, evictions, the hit ratio and whether it answers."""
    full, hits = fullness(info), hits_percent(info)
    used = size(float(info["used_memory"]))
    is_full = full is not None and full >= target.fullest_percent
    found = [
        Check(name="Redis", value=f"{info.get('redis_version')}, answers", verdict=Verdict.OK),
        Check(
            name="memory",
            value=used if full is None else f"{used} of {size(float(info['maxmemory']))} ({full:.0f} %)",
            verdict=Verdict.DEGRADED if is_full else Verdict.OK,
            why=f"{full:.0f} % of the memory is taken, from {target.fullest_percent:g} % it is too full"
            if is_full
            else "",
            number=full,
        ),
    ]
    if hits is not None:
        least = target.least_hits_percent
        is_low = least is not None and hits < least
        why = f"only {hits:.0f} % of the reads find a key, under {least:g} %" if is_low else ""
        verdict = Verdict.DEGRADED if is_low else Verdict.OK
        found.append(Check(name="hit ratio", value=f"{hits:.0f} %", verdict=verdict, why=why, number=hits))
    evicted = int(info.get("evicted_keys", 0))
    found.append(Check(name="evicted", value=f"{evicted:,} keys since its start", verdict=Verdict.OK))
    return tuple(found)


def told(target: RedisTarget, info: Info) -> QueryResult:
    """Server, memory, keyspace."""
    databases = keys(info)
    full, hits = fullness(info), hits_percent(info)
    rows = {
        "version": str(info.get("redis_version")),
        "up": _up(int(info.get("uptime_in_seconds", 0))),
        "role": str(info.get("role")),
        "clients": str(info.get("connected_clients")),
        "memory": size(float(info["used_memory"])),
        "memory limit": size(float(info["maxmemory"])) if full is not None else "none",
        "when full": str(info.get("maxmemory_policy")),
        "commands a second": str(info.get("instantaneous_ops_per_sec")),
        "hit ratio": "no reads yet" if hits is None else f"{hits:.1f} %",
        "evicted": f"{int(info.get('evicted_keys', 0)):,}",
        "expired": f"{int(info.get('expired_keys', 0)):,}",
        **{name: f"{count:,} key{'s' * (count != 1)}" for name, count in databases.items()},
    }
    is_full = full is not None and full >= target.fullest_percent
    percent = f" ({full:.0f} % of its limit)" if full is not None else ""
    said = f"{sum(databases.values()):,} keys in {size(float(info['used_memory']))}{percent}"
    table = Table(columns=("what", "value"), rows=tuple(rows.items()))
    return QueryResult(headline=said, verdict=Verdict.DEGRADED if is_full else Verdict.OK, tables=(table,))


def slow(entries: Sequence[Mapping[str, Any]]) -> QueryResult:
    """The slowest commands, the newest first; their arguments may hold data and are cut."""
    rows = tuple(
        (
            f"{int(one['duration']) / 1000:,.1f} ms",
            datetime.fromtimestamp(int(one["start_time"]), UTC).strftime("%m-%d %H:%M:%S"),
            _text(one["command"])[:100],
        )
        for one in entries
    )
    slowest = max((int(one["duration"]) / 1000 for one in entries), default=0.0)
    said = f"{len(rows)} slow commands; the slowest took {slowest:,.1f} ms" if rows else "no slow commands"
    return QueryResult(headline=said, tables=(Table(columns=("took", "at (UTC)", "command"), rows=rows),))


def big(found: Sequence[tuple[str, str, int]], scanned: int, altogether: int) -> QueryResult:
    """The biggest keys of what was scanned. found: name, type, bytes."""
    rows = tuple((size(count), kind, name[:100]) for name, kind, count in found)
    part = "" if scanned >= altogether else f", of {scanned:,} of {altogether:,} keys that were looked at"
    said = f"the biggest key has {rows[0][0]}{part}" if rows else "there are no keys"
    note = "MEMORY USAGE of keys found by SCAN; the server goes on meanwhile"
    return QueryResult(headline=said, tables=(Table(columns=("size", "type", "key"), rows=rows),), note=note)


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _up(seconds: int) -> str:
    """`3 min`, `5 h`, `12 days`."""
    if seconds < 7200:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 172_800 else f"{seconds // 86_400} days"
