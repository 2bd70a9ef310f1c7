"""What an earlier version wrote opens in this one, and reads as it did then.

`tests/journal/recorded/streams.jsonl` holds a stream a line, as version 0.1.0 of 2026-11-30 wrote it, and
what it made of it. Together they have every event, in every shape that the end-to-end tests bring about.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from model import pending_query
from model.events import RecordedEvent
from model.incidents import state as incidents
from model.maintenance import state as maintenance
from model.operations import state as operations
from model.runbooks import state as runbooks

RECORDED = Path(__file__).parents[1] / "journal" / "recorded"
STREAMS = [json.loads(line) for line in (RECORDED / "streams.jsonl").read_text(encoding="utf-8").splitlines()]


def of_incident(it: incidents.Incident) -> dict[str, Any]:
    return {
        "status": it.status,
        "severity": it.severity,
        "title": it.title,
        "service": it.service,
        "channel": it.channel,
        "roles": {role: person.user for role, person in it.roles.items() if person},
        "timeline": [entry.text for entry in it.timeline],
        "operations": [one.id for one in it.operations],
    }


def of_operation(it: operations.Operation) -> dict[str, Any]:
    return {
        "phase": str(it.phase),
        "service": it.service,
        "change": it.change.kind,
        "approved_by": [person.user for person in it.approved_by],
        "undone_by": it.undone_by,
    }


READ: dict[str, tuple[Callable[[Iterable[RecordedEvent]], Any], Callable[[Any], dict[str, Any]]]] = {
    "inc": (incidents.fold, of_incident),
    "op": (operations.fold, of_operation),
    "mnt": (maintenance.fold, lambda it: {"phase": str(it.phase), "service": it.service}),
    "guide": (runbooks.fold, lambda it: {"runbook": it.runbook, "taken": len(it.taken)}),
    "look": (pending_query.fold, lambda it: {"service": it.service, "question": it.question.kind}),
}


@pytest.mark.parametrize("line", STREAMS, ids=lambda line: line["stream"])
def test_a_stream_of_an_earlier_version_reads_as_it_did_then(line: dict[str, Any]):
    records = [
        RecordedEvent(stream=line["stream"], version=version, **json.loads(event))
        for version, event in enumerate(line["events"], 1)
    ]
    if "is" in line:
        fold, summary = READ[line["stream"].partition(":")[0]]
        assert json.loads(json.dumps(summary(fold(records)))) == line["is"]


def test_every_event_that_there_was_is_in_them():
    types = {json.loads(event)["type"] for line in STREAMS for event in line["events"]}
    assert len(types) == 41
