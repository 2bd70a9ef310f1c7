"""Reads what a post-mortem tells beside the timeline: milestones, and what changed before."""

from bot.gate import streams
from bot.gate.incident_links import in_words
from bot.gate.projections import Projection
from model.catalog.schema import Catalog
from model.incidents.background import BEFORE, Background, ChangeBefore
from model.incidents.state import Incident
from model.operations.state import Operation
from model.ports.journal import Journal
from model.reports.facts import facts_of

LONGEST_WAIT = BEFORE
"""How long before it began an operation may have been asked for: approvals and queues take hours at most."""

EACH, SERVICES, SHOWN = 200, 200, 40
"""Operations read of one service, services read of one system, changes shown: the latest."""


class BackgroundReader:
    """Reads only."""

    def __init__(self, journal: Journal, operations: Projection[Operation], catalog: Catalog) -> None:
        self._journal, self._operations, self._catalog = journal, operations, catalog

    async def of(self, incident: Incident) -> Background:
        """As it is recorded now. Raises JournalUnavailable."""
        facts = facts_of(await self._journal.read(incident.stream), incident.declared_at)
        found = await self._before(incident)
        return Background(
            began_at=facts.began_at if facts else None,
            mitigated_at=facts.mitigated_at if facts else None,
            before=tuple(found[:SHOWN]),
            left_out=max(0, len(found) - SHOWN),
        )

    async def _before(self, incident: Incident) -> list[ChangeBefore]:
        """What began in that time, the last first; what nobody ran changed nothing."""
        changes: list[ChangeBefore] = []
        since = (incident.declared_at - BEFORE - LONGEST_WAIT).timestamp()
        for service in self._services(incident):
            ids = await self._journal.members(
                streams.operations_of(service), newest=EACH, min_score=since,
                max_score=incident.declared_at.timestamp(),
            )  # fmt: skip
            for one in (await self._operations.read(ids)).states.values():
                at = one.started_at
                if at is not None and incident.declared_at - BEFORE <= at <= incident.declared_at:
                    changes.append(
                        ChangeBefore(
                            at=at,
                            operation=one.id,
                            service=one.service,
                            summary=in_words(one),
                            verdict=one.verdict,
                        )
                    )
        return sorted(changes, key=lambda one: (one.at, one.operation), reverse=True)

    def _services(self, incident: Incident) -> list[str]:
        """The incident's own first, then the others of its system."""
        beside = [one.id for one in self._catalog.services if one.system == incident.system]
        return list(dict.fromkeys([incident.service, *beside]))[:SERVICES]
