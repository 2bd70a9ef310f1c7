"""The refusal every Web API method may answer."""

from typing import Any


class Refusal(Exception):
    """A Web API call that Slack would answer with `ok: false`; `code` is Slack's error code.

    `why` goes into `response_metadata.messages`; `more` into the body (for example `needed`).
    """

    def __init__(self, code: str, why: list[str] | None = None, **more: Any) -> None:
        super().__init__(code, why or [])
        self.code = code
        self.why = why or []
        self.more = more

    def body(self) -> dict[str, Any]:
        """The JSON body Slack answers."""
        answer: dict[str, Any] = {"ok": False, "error": self.code, **self.more}
        if self.why:
            answer["response_metadata"] = {"messages": [f"[ERROR] {text}" for text in self.why]}
        return answer
