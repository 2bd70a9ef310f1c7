"""Slack's Web API as far as Muster's messages go: posted, edited, found; slow, failing, losing answers."""

import asyncio
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from tests.simulation.faults import Faults


class SimulatedSlack:
    """`messages`: channel → ts → message as it stands. `whispers`: what single people were shown."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self.messages: dict[str, dict[str, dict[str, Any]]] = {}
        self.whispers: list[tuple[str, str]] = []
        self._number = 0

    async def api_call(
        self,
        api_method: str,
        *,
        http_verb: str = "POST",
        json: dict[str, Any] | None = None,
        params: dict[str, Any] | None = None,
        **_: Any,
    ) -> AsyncSlackResponse:
        await asyncio.sleep(self._faults.dice.uniform(0.05, 0.8))
        if self._faults.happens(self._faults.slack_fails):
            raise SlackApiError(
                "failing", self._answer(api_method, {"ok": False, "error": "internal_error"}, 500)
            )
        data = self._done(api_method, json or params or {})
        if self._faults.happens(self._faults.slack_loses):
            raise TimeoutError("the answer was lost")
        return self._answer(api_method, data)

    def _done(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = str(arguments.get("channel", ""))
        posted = self.messages.setdefault(channel, {})
        match method:
            case "chat.postMessage":
                self._number += 1
                ts = f"{asyncio.get_running_loop().time():.0f}.{self._number:06}"
                posted[ts] = {**arguments, "ts": ts}
                return {"ok": True, "channel": channel, "ts": ts}
            case "chat.update":
                posted[str(arguments["ts"])] |= arguments
                return {"ok": True, "channel": channel, "ts": arguments["ts"]}
            case "chat.postEphemeral":
                self.whispers.append((str(arguments["user"]), str(arguments["text"])))
                return {"ok": True}
            case "conversations.history" | "conversations.replies":
                return {"ok": True, "messages": list(reversed(posted.values()))}
            case _:
                return {"ok": True, "permalink": "https://slack.example/1"}

    def _answer(self, method: str, data: dict[str, Any], status: int = 200) -> AsyncSlackResponse:
        return AsyncSlackResponse(
            client=None,
            http_verb="POST",
            api_url=method,
            req_args={},
            data=data,
            headers={},
            status_code=status,
        )

    def shown(self, id: str) -> list[str]:
        """The messages of an operation as they stand, each as its text."""
        key = f"op:{id}"
        return [
            one["text"]
            for posted in self.messages.values()
            for one in posted.values()
            if one.get("metadata", {}).get("event_payload", {}).get("key") == key
        ]
