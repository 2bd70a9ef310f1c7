"""Reports: counted from the journal, shown where they were asked for."""

from bot.gate import streams
from bot.gate.projections import Projection
from bot.reactions import Feature
from bot.reports.reactions import ReportReactions
from bot.reports.reading import ReportReader
from bot.services import Services
from model.reports import pending


def build(services: Services) -> Feature:
    """Streams `rpt:`."""
    ground, slack, journal = services.ground, services.slack, services.journal
    reader = ReportReader(journal.opened.journal, journal.operations, ground.catalog)
    asked = Projection(journal.opened.journal, streams.report, pending.fold)
    return Feature({"rpt": ReportReactions(asked, reader, slack.chat, slack.files)})
