"""What became of pages in PagerDuty: its own incidents, by the key that the events had.

`GET /incidents` with `incident_key` and `include[]=acknowledgers` (developer.pagerduty.com/api-reference,
"List incidents"). A 202 of the Events API says only that the event was taken: of a service that is disabled
or in maintenance no incident comes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from bot.on_call.pagerduty_rest import PagerDutyRest


@dataclass(frozen=True)
class PageAnswer:
    """outcome: see PageSeen. by, email: who acknowledged it; empty where nobody did or PagerDuty hides it."""

    outcome: Literal["nothing", "opened", "acknowledged"]
    by: str = ""
    email: str = ""


class PagerDutyPages:
    """Asks with a read-only token; without one nothing is known."""

    def __init__(self, rest: PagerDutyRest) -> None:
        self._rest = rest

    @property
    def is_on(self) -> bool:
        """Whether it can be asked."""
        return self._rest.is_on

    async def of(self, key: str) -> PageAnswer:
        """What became of the page with this key. Raises PagerDutyRefused."""
        query = {"incident_key": key, "date_range": "all", "include[]": "acknowledgers"}
        found = await self._rest.pages("/incidents", query, "incidents")
        if not found:
            return PageAnswer("nothing")
        newest = found[-1]
        given = cast(Sequence[dict[str, Any]], newest.get("acknowledgements") or [])
        people = [cast(dict[str, Any], one.get("acknowledger") or {}) for one in given]
        by = next((one for one in people if str(one.get("type", "")).startswith("user")), None)
        if by is None:
            return PageAnswer("opened")
        return PageAnswer("acknowledged", str(by.get("summary") or "")[:80], str(by.get("email") or "")[:200])
