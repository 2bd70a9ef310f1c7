"""The report's incidents as CSV (RFC 4180), a line each, for a spreadsheet."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

from model.reports.facts import IncidentFacts
from model.reports.report import Report, took

COLUMNS = (
    *("incident", "title", "system", "service", "severity", "declared", "acknowledged", "mitigated"),
    *("resolved", "detect_min", "acknowledge_min", "mitigate_min", "resolve_min", "response_in_time"),
    *("promises_kept", "promises_broken", "pages"),
)
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def sheet(report: Report) -> str:
    """Times as ISO 8601 in UTC, lengths in minutes; what is not known is empty."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(_row(one) for one in report.incidents)
    return out.getvalue()


def _row(one: IncidentFacts) -> list[str]:
    lengths = [_minutes(long) for long in took(one).values()]
    return [
        *map(_text, (one.id, one.title, one.system, one.service, one.severity)),
        *map(_time, (one.declared_at, one.acknowledged_at, one.mitigated_at, one.resolved_at)),
        *lengths,
        {True: "yes", False: "no", None: ""}[one.in_time],
        str(one.kept),
        str(one.broken),
        str(len(one.pages)),
    ]


def _text(text: str) -> str:
    """What people wrote is no formula: a spreadsheet would run it (owasp.org, CSV Injection)."""
    flat = " ".join(text.split())
    return f"'{flat}" if flat.startswith(_FORMULAS) else flat


def _time(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else ""


def _minutes(length: timedelta | None) -> str:
    return f"{length.total_seconds() / 60:.1f}" if length is not None else ""
