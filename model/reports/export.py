"""Everything that is recorded of an incident, as JSON and Markdown for people and tools elsewhere."""

import json
from collections.abc import Mapping, Sequence

from pydantic import JsonValue

from model.events import RecordedEvent
from model.incidents.postmortem import postmortem
from model.incidents.state import Incident
from model.redaction import redact

FORMAT = 1
"""Rises when the shape of the JSON changes for whoever reads it."""


def as_json(
    id: str, records: Sequence[RecordedEvent], operations: Mapping[str, Sequence[RecordedEvent]]
) -> str:
    """The events as they were recorded, its operations' too. Secrets are struck out of every text."""
    whole = {
        "format": FORMAT,
        "incident": id,
        "events": [_event(one) for one in records],
        "operations": {name: [_event(one) for one in told] for name, told in operations.items()},
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def as_markdown(incident: Incident) -> str:
    """The document of its timeline; people by their ids, which is all that the journal knows of them."""
    return redact(postmortem(incident, lambda person: person.user))


def _event(record: RecordedEvent) -> JsonValue:
    return _clean(record.model_dump(mode="json"))


def _clean(value: JsonValue) -> JsonValue:
    """Each text by itself, so that what is struck out never takes the JSON around it along."""
    match value:
        case str():
            return redact(value).encode("utf-8", "replace").decode()
        case list():
            return [_clean(one) for one in value]
        case dict():
            return {_key(name): _named(name, one) for name, one in value.items()}
        case _:
            return value


def _key(name: str) -> str:
    return redact(name).encode("utf-8", "replace").decode()


def _named(name: str, value: JsonValue) -> JsonValue:
    """What a secret's name says is a secret goes, however it looks by itself."""
    if isinstance(value, str) and value and redact(f"{name}={value}") != f"{name}={redact(value)}":
        return redact(f"{name}={value}").partition("=")[2]
    return _clean(value)
