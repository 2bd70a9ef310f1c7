"""What a post-mortem tells beside the incident's own timeline."""

from datetime import datetime, timedelta

from model.plan import Value

BEFORE = timedelta(hours=24)
"""How far before the declaration changes are told."""


class ChangeBefore(Value):
    """A change through Muster, of the service or of its system, that began before the declaration."""

    at: datetime
    operation: str
    service: str
    summary: str
    verdict: str = ""


class Background(Value):
    """began_at: the earliest moment noted. mitigated_at: None where it was not said. Both in UTC."""

    began_at: datetime | None = None
    mitigated_at: datetime | None = None
    before: tuple[ChangeBefore, ...] = ()
    left_out: int = 0
