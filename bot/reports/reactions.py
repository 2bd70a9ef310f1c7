"""Makes a report that was asked for, and shows it: words and chart, the CSV file in its thread."""

import asyncio
from collections.abc import Sequence

from bot.gate.projections import Projection
from bot.reactions import SLOW_S, soon
from bot.reports.reading import ReportReader
from bot.slack.files import Files
from bot.slack.messages import Chat, SlackRefused, SlackUnreachable
from bot.slack.refusals import NO_FILES, mend
from bot.views.chart.picture import chart_png, in_words
from bot.views.message import redact
from bot.views.report import making, report_shown
from model.events import RecordedEvent
from model.extras import NotInstalled
from model.query_result import Chart
from model.reports.chart import chart_of
from model.reports.pending import PendingReport
from model.reports.report import Report
from model.reports.sheet import sheet


class ReportReactions:
    """Reaction to `rpt:` streams. A report that is made again edits the same message."""

    def __init__(
        self, asked: Projection[PendingReport], reader: ReportReader, chat: Chat, files: Files
    ) -> None:
        self._asked, self._reader, self._chat, self._files = asked, reader, chat, files

    async def follow(self, id: str, news: Sequence[RecordedEvent]) -> None:
        """Count up to the moment it was asked, so that once more gives the same."""
        pending = await self._asked.get(id)
        if pending is None:
            return
        asked, key = pending.asked, f"rpt:{id}"

        async def say_so() -> None:
            await self._chat.put(key, asked.channel, making(asked.line), asked.thread_ts)

        counting = self._reader.report(asked.since, pending.at, asked.system)
        report = await soon(counting, SLOW_S, say_so)
        chart = chart_of(report)
        image = await self._image(chart) if chart else None
        note = "" if image or chart is None else in_words(chart)
        shown = report_shown(report, asked.line, image, note)
        posted = await self._chat.put(key, asked.channel, shown, asked.thread_ts)
        if report.incidents:
            trouble = await self._sheet(report, posted.channel, asked.thread_ts or posted.ts)
            if trouble:
                shown = report_shown(report, asked.line, image, f"{note} No file: {trouble}".strip())
                await self._chat.put(key, asked.channel, shown, asked.thread_ts)

    async def _image(self, chart: Chart) -> tuple[str, str] | None:
        """The chart in Slack; None where nothing draws it or Slack takes no files."""
        alt = redact(in_words(chart))
        try:
            picture = await asyncio.to_thread(chart_png, chart)
            return await self._files.keep("incidents.png", picture, alt, chart.title), alt
        except (SlackRefused, SlackUnreachable, NotInstalled):
            return None

    async def _sheet(self, report: Report, channel: str, thread: str) -> str:
        """Share the CSV file; why it could not be, in words, where a workspace takes none."""
        content = await asyncio.to_thread(lambda: redact(sheet(report)).encode())
        name = f"incidents-{report.since:%Y-%m-%d}-{report.until:%Y-%m-%d}.csv"
        try:
            await self._files.share(channel, thread, name, content, "Every incident of the report")
        except SlackRefused as refused:
            if refused.error not in NO_FILES:
                raise
            return mend(refused.error)
        return ""
