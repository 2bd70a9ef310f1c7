"""What can happen to an operation; each event is kept in the stream `op:<id>`."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from model.health import Health
from model.plan import Change, Plan, Progress, Value
from model.vocabulary import Vocabulary

Outcome = Literal["succeeded", "failed", "unknown"]


class Proposed(Value):
    """Someone asked. `line` is the canonical command; `undoes` is the operation it takes back.

    step: the runbook's step that asks, such as `RB-3 2`; empty where somebody typed it.
    """

    type: Literal["op.proposed"] = "op.proposed"
    id: str
    service: str
    change: Change
    line: str
    channel: str
    thread_ts: str = ""
    because: str = ""
    dry: bool = False
    incident: str = ""
    assumed: bool = False
    undoes: str = ""
    break_glass: bool = False
    queue: bool = False
    step: str = ""


class Planned(Value):
    """The target was read. `needs` approvals by people of `needs_from`; `policy_version` judged it.

    supersedes: the operation on the same target that ends when this one starts.
    stands: it says the same as the plan before it, which people had agreed to, and so their word stands.

    needs_reason: it may run only with a reason, which Run then asks for.
    needs_typed: what Run asks to be typed once more, such as a large count; empty for nothing.
    breaks_glass: it is allowed only because the glass is broken.
    """

    type: Literal["op.planned"] = "op.planned"
    plan: Plan
    needs: int = 0
    needs_from: tuple[str, ...] = ()
    needs_reason: bool = False
    needs_typed: str = ""
    breaks_glass: bool = False
    reason: str = ""
    policy_version: str = ""
    supersedes: str = ""
    stands: bool = False


class TurnedDown(Value):
    """The plan may not or cannot be carried out; nothing was changed."""

    type: Literal["op.turned_down"] = "op.turned_down"
    what: str
    instead: str = ""


class Confirmed(Value):
    """Someone pressed Run on the plan with this fingerprint; `typed` is what they typed once more."""

    type: Literal["op.confirmed"] = "op.confirmed"
    fingerprint: str
    because: str = ""
    typed: str = ""


class Approved(Value):
    """Another person agreed to exactly this plan, under exactly these policies."""

    type: Literal["op.approved"] = "op.approved"
    fingerprint: str
    policy_version: str


class Voided(Value):
    """The target or the policies moved: approvals are gone, a new plan follows."""

    type: Literal["op.voided"] = "op.voided"
    why: str


class GlassAnnounced(Value):
    """Everybody was told that the glass is broken, before the first call."""

    type: Literal["op.glass_announced"] = "op.glass_announced"


class Waits(Value):
    """It may be planned or started and is not yet; says for what."""

    type: Literal["op.waits"] = "op.waits"
    why: str


class Started(Value):
    """The runner took the target's lease; `token` fences what follows, `before` is how the service was.

    watches: for how long it is watched at most, once all calls are made.
    """

    type: Literal["op.started"] = "op.started"
    token: int
    before: Health | None = None
    watches: timedelta = timedelta()


class StepBegun(Value):
    """The call is about to be made: written before it, so that a crash leaves a question, not a lie."""

    type: Literal["op.step_begun"] = "op.step_begun"
    index: int
    token: str


class StepDone(Value):
    """The call was accepted; `found` says that a restart found it already in effect.

    fingerprint: after the last call, of the target as it left it; empty where it could not be read.
    """

    type: Literal["op.step_done"] = "op.step_done"
    index: int
    found: bool = False
    fingerprint: str = ""


class StepFailed(Value):
    """The call did not work. `sent` says whether it may have had an effect all the same."""

    type: Literal["op.step_failed"] = "op.step_failed"
    index: int
    fault: str
    what: str
    next: str = ""
    sent: bool = False


class Failing(Value):
    """All calls are made and something fails: `progress.why` says what. It may recover by itself."""

    type: Literal["op.failing"] = "op.failing"
    progress: Progress


class WatchStopped(Value):
    """Somebody freed the target: how it came out is not known, and is not looked at any more."""

    type: Literal["op.watch_stopped"] = "op.watch_stopped"
    because: str = ""


class Superseded(Value):
    """Another operation started on the same target, and made this one's end its own business."""

    type: Literal["op.superseded"] = "op.superseded"
    by: str


class Ended(Value):
    """Nothing more will happen. `fingerprint` is the target's afterwards, for undo's comparison."""

    type: Literal["op.ended"] = "op.ended"
    outcome: Outcome
    why: str = ""
    next: str = ""
    progress: Progress | None = None
    fingerprint: str = ""


class Verified(Value):
    """The service's own figures afterwards, held against those before."""

    type: Literal["op.verified"] = "op.verified"
    verdict: Literal["helped", "no change", "worse", "unknown"]
    after: Health
    says: str


class Cancelled(Value):
    """Someone pressed Cancel before anything was applied."""

    type: Literal["op.cancelled"] = "op.cancelled"
    because: str = ""


class Expired(Value):
    """Nobody ran or approved the plan in time, or it could not start in time; nothing was changed."""

    type: Literal["op.expired"] = "op.expired"
    why: str = ""


class Dropped(Value):
    """Its incident was resolved before it began; whoever resolved it did this too. Nothing was changed."""

    type: Literal["op.dropped"] = "op.dropped"
    incident: str


class Undone(Value):
    """Another operation took this one back."""

    type: Literal["op.undone"] = "op.undone"
    by: str


OperationEvent = Annotated[
    Proposed
    | Planned
    | TurnedDown
    | Confirmed
    | Approved
    | Voided
    | GlassAnnounced
    | Waits
    | Started
    | StepBegun
    | StepDone
    | StepFailed
    | Failing
    | WatchStopped
    | Superseded
    | Ended
    | Verified
    | Cancelled
    | Expired
    | Dropped
    | Undone,
    Field(discriminator="type"),
]

VOCABULARY: Vocabulary[OperationEvent] = Vocabulary(TypeAdapter(OperationEvent))
to_event, from_recorded = VOCABULARY.to_event, VOCABULARY.from_recorded
