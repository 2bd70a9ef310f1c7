"""A request at the door, whatever way it came."""

from dataclasses import dataclass
from typing import Literal

from model.people import Person

Via = Literal["slash", "mention", "button", "modal", "shortcut", "undo", "cli"]


@dataclass(frozen=True)
class Knock:
    """Who, where, what line (without the slash), and how it came.

    claim: the same for every delivery of one request. thread_ts: where the answer belongs.
    step: the runbook's step that this request is, such as `RB-3 2`. about: the incident whose button it came
    from, when a form is to open. seen: the mark of the plan that stood above the button.
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
