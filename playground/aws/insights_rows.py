"""What Logs Insights sees of a log line: its own fields, those of JSON and those of Lambda's reports."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from playground.aws.log_lines import Line

Row = dict[str, Any]
_REPORT = re.compile(
    r"REPORT RequestId: (?P<id>\S+)\s+Duration: (?P<duration>[\d.]+) ms\s+Billed Duration: (?P<billed>\d+) ms"
    r"\s+Memory Size: (?P<size>\d+) MB\s+Max Memory Used: (?P<used>\d+) MB"
    r"(?:\s+Init Duration: (?P<init>[\d.]+) ms)?"
)
_STARTED = re.compile(r"(START|END) RequestId: (\S+)")


def row_of(group: str, line: Line) -> Row:
    """The fields of one line. @timestamp is in milliseconds, memory in bytes, as Insights has them."""
    row: Row = {
        "@timestamp": line.at,
        "@message": line.message,
        "@logStream": line.stream,
        "@log": group,
        "@ptr": f"{line.at}-{line.stream[-6:]}",
    }
    if line.message.startswith("{"):
        row.update(_flat(json.loads(line.message)))
    elif report := _REPORT.match(line.message):
        mega = 1_000_000
        row |= {"@type": "REPORT", "@requestId": report["id"], "@duration": float(report["duration"])}
        row |= {"@billedDuration": float(report["billed"])}
        row |= {"@initDuration": float(report["init"])} if report["init"] else {}
        row |= {"@memorySize": int(report["size"]) * mega, "@maxMemoryUsed": int(report["used"]) * mega}
    elif started := _STARTED.match(line.message):
        row |= {"@type": started[1], "@requestId": started[2]}
    return row


def number(value: object) -> float | None:
    """The value as a number, if it is one."""
    try:
        return None if value is None else float(str(value))
    except ValueError:
        return None


def text(name: str, value: object) -> str:
    """The value as Insights writes it."""
    if name == "@timestamp":
        at = datetime.fromtimestamp(float(str(value)) / 1000, UTC)
        return at.strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1000:03d}"
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _flat(value: Mapping[str, Any], before: str = "") -> Row:
    found: Row = {}
    for key, one in value.items():
        if isinstance(one, dict):
            found |= _flat(cast(dict[str, Any], one), f"{before}{key}.")
        else:
            found[before + key] = int(one) if isinstance(one, bool) else one
    return found
