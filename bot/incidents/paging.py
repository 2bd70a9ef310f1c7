"""Pages through PagerDuty's Events API v2: triggered, acknowledged and resolved with the incident."""

from collections.abc import Mapping

import httpx

from model.incidents.events import PageTaken
from model.incidents.state import Incident

_SEVERITY = {1: "critical", 2: "error", 3: "warning"}
"""PagerDuty's severities by the rank of ours; lower ones are `info`."""


class NotPaged(Exception):
    """PagerDuty did not take the event; says what it answered."""


class Pager:
    """`dedup_key` is the incident's id (and the team), so that repeating an event changes nothing.

    of_teams: routing keys by the team's handle, for teams that have their own.
    """

    def __init__(
        self, url: str, routing_key: str, client: httpx.AsyncClient, of_teams: Mapping[str, str] | None = None
    ) -> None:
        self._url, self._routing_key, self._client = url, routing_key, client
        self._of_teams = of_teams or {}

    @property
    def is_on(self) -> bool:
        """Whether a routing key is configured."""
        return bool(self._routing_key)

    async def page(self, incident: Incident) -> PageTaken | None:
        """Bring PagerDuty's alerts, the incident's own and those of teams, to its state.

        What it took that was not known to be taken; None where that is nothing. Raises NotPaged.
        """
        if self._routing_key:
            await self._send(self._routing_key, incident.id, _action(incident), _payload(incident))
        for one in (page for page in incident.paged if not page.person):
            key = self._of_teams.get(one.team) or self._routing_key
            if not key:
                raise NotPaged("no routing key is set: MUSTER_PAGERDUTY_ROUTING_KEY")
            said = f"@{one.team}: {one.text or incident.title}"
            payload = {**_payload(incident), "summary": f"{incident.severity} {said}"[:1024]}
            action = "trigger" if incident.is_open else "resolve"
            await self._send(key, f"{incident.id}:{one.team}", action, payload)
        if not incident.is_open:
            for team in sorted(_alerted(incident) - {one.team for one in incident.paged}):
                if key := self._of_teams.get(team):
                    await self._send(key, f"{incident.id}:{team}", "resolve", {})
            return None
        is_new = incident.page_taken_at is None and _action(incident) == "trigger"
        is_own = bool(self._routing_key) and is_new
        teams = tuple(one.team for one in incident.paged if one.taken_at is None and not one.person)
        return PageTaken(teams=teams, is_own=is_own) if teams or is_own else None

    def has_own_key(self, team: str) -> bool:
        """Whether a team has a service of its own in the pager."""
        return team in self._of_teams

    async def alert(self, incident: Incident, team: str, text: str) -> None:
        """Trigger a team's own service; `page` resolves it with the incident. Raises NotPaged."""
        said = f"{incident.severity} @{team}: {text}"[:1024]
        payload = {**_payload(incident), "summary": said}
        await self._send(self._of_teams[team], f"{incident.id}:{team}", "trigger", payload)

    async def _send(self, routing_key: str, dedup_key: str, action: str, payload: dict[str, str]) -> None:
        event: dict[str, object] = {
            "routing_key": routing_key,
            "dedup_key": dedup_key,
            "event_action": action,
        }
        if action == "trigger":
            event |= {"payload": payload}
        try:
            answer = await self._client.post(self._url, json=event, timeout=5)
        except httpx.HTTPError as error:
            raise NotPaged(f"PagerDuty was not reached: {type(error).__name__}") from error
        if answer.status_code != 202:
            raise NotPaged(f"PagerDuty answered {answer.status_code}: {answer.text[:200]}")


def _alerted(incident: Incident) -> set[str]:
    """Teams whose service an escalation triggered."""
    told = (one for level in incident.levels for one in level.told)
    return {one.target for one in told if one.how == "pager" and one.is_told}


def _action(incident: Incident) -> str:
    if not incident.is_open:
        return "resolve"
    return "acknowledge" if incident.is_acknowledged else "trigger"


def _payload(incident: Incident) -> dict[str, str]:
    return {
        "summary": f"{incident.severity} {incident.title}"[:1024],
        "severity": _SEVERITY.get(incident.rank, "info"),
        "source": incident.service,
        "component": incident.service_name,
    }
