"""What Lambda holds: functions, versions, aliases and their concurrency."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Version:
    """One version; `settings` are the members of a function configuration that do not move by themselves."""

    number: str
    settings: dict[str, Any]
    modified_at: datetime
    revision_id: str
    ready_revision_id: str = ""
    updating_until: datetime | None = None


@dataclass
class Alias:
    """A name for a version; `weights` sends a share of calls to another version."""

    name: str
    version: str
    revision_id: str
    description: str = ""
    weights: dict[str, float] = field(default_factory=dict[str, float])


@dataclass
class Provisioned:
    """Provisioned concurrency of one qualifier; allocated over time, or failed from the start."""

    qualifier: str
    requested: int
    since: datetime
    has_failed: bool = False


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
