"""A request at the door, whatever way it came."""

from dataclasses import dataclass
from typing import Literal

from model.language.text import LONGEST
from model.people import Person
from model.redaction import redact

Via = Literal["slash", "mention", "button", "modal", "shortcut", "undo", "cli"]


MOST = 4 * LONGEST
"""Characters that are looked at: more, with Slack's `&lt;` for one, is too long however it is read."""

_KEPT = 200
"""Characters of a longer line that are kept, to say which it was."""


@dataclass(frozen=True)
class IncomingRequest:
    """Who, where, what line (without the slash), and how it came.

    claim: the same for every delivery of one request. thread_ts: where the answer belongs.
    step: the runbook's step that this request is, such as `RB-3 2`. about: the incident or alert whose button
    it came from, when a form is to open. seen: the mark of the plan that stood above the button.
    too_long: the characters of a line of which only the beginning was kept; 0 for one that is whole.

    The line is cut to its bound and then freed of what looks like a secret as it is made, so that nobody
    behind the door has it in clear: no log, no message, no journal.
    """

    person: Person
    channel: str
    line: str
    via: Via
    claim: str
    thread_ts: str = ""
    step: str = ""
    about: str = ""
    seen: str | None = None
    too_long: int = 0

    def __post_init__(self) -> None:
        line = self.line
        if len(line) > MOST:
            object.__setattr__(self, "too_long", len(line))
            line = line[:_KEPT]
        object.__setattr__(self, "line", redact(line))
