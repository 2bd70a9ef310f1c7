"""What Lambda holds: functions, versions, aliases and their concurrency."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any


@dataclass
class Version:
    """One version; `settings` are the members of its configuration that do not move by themselves.

    An update is in progress until `updating_until`; then the revision id becomes `next_revision_id`.
    """

    number: str
    settings: dict[str, Any]
    modified_at: datetime
    revision_id: str
    next_revision_id: str = ""
    updating_until: datetime | None = None

    def is_updating(self, at: datetime) -> bool:
        """Whether an update is in progress then."""
        return self.updating_until is not None and at < self.updating_until

    def revision_at(self, at: datetime) -> str:
        """The revision id then: it changes once more when an update has come through."""
        is_through = self.updating_until is not None and at >= self.updating_until
        return self.next_revision_id if is_through else self.revision_id


@dataclass
class Alias:
    """A name for a version; `weights` sends a share of calls to another version.

    is_warming: the weights are AWS's own, from the version before to this one while its provisioned
    environments are made.
    """

    name: str
    version: str
    revision_id: str
    description: str = ""
    weights: dict[str, float] = field(default_factory=dict[str, float])
    is_warming: bool = False


@dataclass
class Provisioned:
    """Provisioned concurrency of one qualifier, allocated over five paces, or failed from the start."""

    qualifier: str
    requested: int
    since: datetime
    has_failed: bool = False

    def allocated(self, at: datetime, pace: timedelta) -> int:
        """How many environments are up then."""
        if self.has_failed:
            return 0
        share = min((at - self.since) / (5 * pace), 1.0)
        return int(self.requested * share)

    def status(self, at: datetime, pace: timedelta) -> str:
        """IN_PROGRESS, READY or FAILED."""
        if self.has_failed:
            return "FAILED"
        return "READY" if self.allocated(at, pace) == self.requested else "IN_PROGRESS"


@dataclass
class Function:
    """One function; `latest` is $LATEST, `versions` are the published ones by number."""

    name: str
    arn: str
    latest: Version
    versions: dict[str, Version] = field(default_factory=dict[str, Version])
    aliases: dict[str, Alias] = field(default_factory=dict[str, Alias])
    reserved: int | None = None
    provisioned: dict[str, Provisioned] = field(default_factory=dict[str, Provisioned])
    tags: dict[str, str] = field(default_factory=dict[str, str])
