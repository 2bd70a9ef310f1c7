"""How a database is, from its own figures."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backends.postgres.looks import span
from backends.postgres.target import PostgresTarget
from model.health import Check, Verdict

LAG_S = 30.0
"""Seconds behind the primary from which a standby is degraded; the runbook names no figure."""


def signs(target: PostgresTarget, figures: Mapping[str, Any]) -> tuple[Check, ...]:
    """Connections, the longest query, locks, and of a standby its lag."""
    sessions, allowed = int(figures["sessions"]), int(figures["allowed"])
    percent = 100 * sessions / allowed
    found = [
        _sign(
            "connections",
            f"{sessions} of {allowed}",
            percent >= target.fullest_percent,
            f"{percent:.0f} % of the connections are taken, from {target.fullest_percent:g} % it is too full",
            percent,
        ),
        _sign(
            "longest query",
            span(timedelta(seconds=float(figures["longest_s"]))),
            float(figures["longest_s"]) >= target.longest_query_s,
            f"a query runs for longer than {target.longest_query_s:g} s",
            float(figures["longest_s"]),
        ),
        _sign(
            "locks",
            f"{figures['waiting']} waiting",
            int(figures["waiting"]) > 0,
            "sessions wait for a lock",
            float(figures["waiting"]),
        ),
    ]
    if figures["lag_s"] is not None:
        lag = float(figures["lag_s"])
        found.append(_sign("replication lag", f"{lag:.0f} s", lag >= LAG_S, f"it is {lag:.0f} s behind", lag))
    return (*found, Check(name="PostgreSQL", value=str(figures["version"]), verdict=Verdict.OK))


def _sign(name: str, value: str, is_bad: bool, why: str, number: float) -> Check:
    verdict = Verdict.DEGRADED if is_bad else Verdict.OK
    return Check(name=name, value=value, verdict=verdict, why=why if is_bad else "", number=number)
