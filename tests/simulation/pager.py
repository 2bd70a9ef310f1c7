"""PagerDuty's Events API as far as pages go: each event taken, refused, or taken with its answer lost."""

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx

from tests.simulation.faults import Faults


@dataclass(frozen=True)
class Page:
    """An event that PagerDuty took."""

    at_s: float
    key: str
    action: str


class SimulatedPager:
    """`taken`: in the order in which they came. It stands where an HTTP client does."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self.taken: list[Page] = []

    async def post(self, url: str, *, json: dict[str, Any], timeout: float) -> httpx.Response:
        """Late, up to the client's own patience."""
        await asyncio.sleep(self._faults.dice.uniform(0.05, timeout * 0.9))
        if self._faults.happens(self._faults.pager_refuses):
            return httpx.Response(500, text="try again")
        now_s = asyncio.get_running_loop().time()
        self.taken.append(Page(now_s, str(json["dedup_key"]), str(json["event_action"])))
        if self._faults.happens(self._faults.pager_loses):
            raise httpx.ReadTimeout("the answer was lost")
        return httpx.Response(202, text="accepted")

    def alerts(self) -> dict[str, list[str]]:
        """What became of each alert: its key → the actions, first to last."""
        found = dict[str, list[str]]()
        for page in self.taken:
            found.setdefault(page.key, []).append(page.action)
        return found
