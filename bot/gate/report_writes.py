"""What asking for a report writes."""

from bot.gate.request import IncomingRequest
from model.events import Event
from model.outcomes import MakeReport
from model.reports.pending import ReportAsked, to_event


def asked_for(outcome: MakeReport, incoming: IncomingRequest, line: str) -> Event:
    """The report as it was asked for, and where it is to be shown."""
    return to_event(
        ReportAsked(
            since=outcome.since,
            system=outcome.system,
            line=line,
            channel=incoming.channel,
            thread_ts=incoming.thread_ts,
        )
    )
