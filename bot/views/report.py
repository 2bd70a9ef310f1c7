"""How a report reads: the answer in one line, then what it is made of; the rest is in the file."""

from datetime import timedelta

from slack_sdk.models.blocks import Block, ImageBlock
from slack_sdk.models.blocks.basic_components import SlackFile

from bot.views.blocks import context, message, section
from bot.views.message import Message, elapsed, safe
from bot.views.query.table import table_words
from model.query_result import Table
from model.reports.report import Report
from model.slash import slash

_GROUPS = 200
"""Rows of services and severities; the message shows the first of them."""


def report_shown(report: Report, line: str, image: tuple[str, str] | None = None, note: str = "") -> Message:
    """line: what was typed. image: Slack's id of the chart, and its words. note: what is missing, and why."""
    first = _headline(report)
    blocks: list[Block] = [section(f"*{first}*")]
    if facts := _facts(report):
        blocks.append(section("\n".join(facts)))
    if image is not None:
        blocks.append(ImageBlock(alt_text=image[1][:2000], slack_file=SlackFile(id=image[0])))
    blocks += [section(table_words(table)) for table in _tables(report)]
    foot = (f"`{safe(slash(line.removeprefix('/')), 300)}`", *_missing(report), safe(note, 600))
    blocks.append(context(" · ".join(part for part in foot if part)))
    said = f"{first}\n{safe(image[1], 1500)}" if image else first
    return message(said, blocks)


def making(line: str) -> Message:
    """What is shown while the journal is read."""
    first = "Counting; the report follows."
    return message(first, [section(first), context(f"`{safe(slash(line.removeprefix('/')), 300)}`")])


def _headline(report: Report) -> str:
    """`12 incidents in 30 days of architect · 1 still open · resolved in 42 min 0 s (median)`."""
    number = len(report.incidents)
    of = f" of {safe(report.system, 80)}" if report.system else ""
    many = "No incidents" if not number else "1 incident" if number == 1 else f"{number:,} incidents"
    parts = [f"{many} in {_length(report.until - report.since)}{of}"]
    if report.still_open:
        parts.append(f"{report.still_open:,} still open")
    if (resolve := report.times.get("resolve")) is not None:
        parts.append(f"resolved in {elapsed(resolve.median)} (median)")
    return " · ".join(parts)


def _length(length: timedelta) -> str:
    hours = round(length / timedelta(hours=1))
    amount, unit = (hours // 24, "day") if hours % 24 == 0 else (hours, "hour")
    return f"{amount} {unit}{'' if amount == 1 else 's'}"


def _facts(report: Report) -> list[str]:
    """What there is something to say of, a line each."""
    lines: list[str] = []
    if report.answered:
        lines.append(f"Response within target: {_share(report.in_time, report.answered)}")
    if report.promised:
        lines.append(f"Promised updates kept: {_share(report.kept, report.promised)}")
    if report.changes:
        told = [f"{number:,} {verdict}" for verdict, number in sorted(report.changes.items())]
        lines.append(f"Changes during incidents: {', '.join(told)}")
    if report.night_pages:
        told = [f"{safe(team, 80)} {number:,}" for team, number in list(report.night_pages.items())[:10]]
        lines.append(f"Pages at night (22–08 UTC): {', '.join(told)}")
    return lines


def _share(number: int, of: int) -> str:
    return f"{number:,} of {of:,} ({100 * number / of:.0f} %)"


def _tables(report: Report) -> list[Table]:
    if not report.incidents:
        return []
    times = Table(
        title="Time to each milestone",
        columns=("to", "median", "p90", "of"),
        rows=tuple(
            (name, elapsed(one.median), elapsed(one.p90), str(one.count))
            for name, one in report.times.items()
        ),
        empty="None came to a milestone yet.",
    )
    groups = Table(
        title="By service and severity",
        columns=("service", "severity", "incidents"),
        rows=tuple((one.service, one.severity, str(one.count)) for one in report.groups[:_GROUPS]),
        left_out=max(0, len(report.groups) - _GROUPS),
    )
    return [times, groups]


def _missing(report: Report) -> list[str]:
    said: list[str] = []
    if report.left_out:
        said.append(f"{report.left_out:,} older incidents are not counted; ask for a shorter time")
    if report.unreadable:
        said.append(f"{report.unreadable:,} incidents cannot be read by this version and are not counted")
    return said
