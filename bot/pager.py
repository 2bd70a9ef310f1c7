"""Pages through PagerDuty's Events API v2: triggered, acknowledged and resolved with the incident."""

import httpx

from model.incidents.state import Incident

_SEVERITY = {1: "critical", 2: "error", 3: "warning"}
"""PagerDuty's severities by the rank of ours; lower ones are `info`."""


class NotPaged(Exception):
    """PagerDuty did not take the event; says what it answered."""


class Pager:
    """`dedup_key` is the incident's id, so that repeating an event changes nothing."""

    def __init__(self, url: str, routing_key: str, client: httpx.AsyncClient) -> None:
        self._url, self._routing_key, self._client = url, routing_key, client

    @property
    def is_on(self) -> bool:
        """Whether a routing key is configured."""
        return bool(self._routing_key)

    async def page(self, incident: Incident) -> None:
        """Bring PagerDuty's alert to the incident's state. Raises NotPaged."""
        event = {
            "routing_key": self._routing_key,
            "dedup_key": incident.id,
            "event_action": _action(incident),
        }
        if event["event_action"] == "trigger":
            event |= {"payload": _payload(incident)}
        try:
            answer = await self._client.post(self._url, json=event, timeout=5)
        except httpx.HTTPError as error:
            raise NotPaged(f"PagerDuty was not reached: {type(error).__name__}") from error
        if answer.status_code != 202:
            raise NotPaged(f"PagerDuty answered {answer.status_code}: {answer.text[:200]}")


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
