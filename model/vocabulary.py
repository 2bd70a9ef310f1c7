"""The events of one kind of stream: typed in the code, a type and JSON in the journal."""

from typing import Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from model.events import UNDECODED, Event, RecordedEvent
from model.refusal import Refused

E = TypeVar("E", bound=BaseModel)


class Vocabulary(Generic[E]):
    """Made of an adapter of the union of its events, which a literal `type` tells apart."""

    def __init__(self, adapter: TypeAdapter[E]) -> None:
        self._adapter = adapter

    def to_event(self, event: E) -> Event:
        """The journal's form of an event."""
        data = event.model_dump(mode="json")
        return Event(type=data.pop("type"), data=data)

    def from_recorded(self, recorded: RecordedEvent) -> E:
        """The event behind a journal entry.

        Raises Refused for a type that is not known here, and pydantic.ValidationError for other data than
        that type has: nobody but a newer version writes the one, and nobody but a stranger the other.
        """
        if recorded.type == UNDECODED:
            raise Refused(
                f"Event {recorded.version} of {recorded.stream} has a form that this version of Muster does "
                "not know, so it cannot be read. Nothing was done.",
                "If a newer version of Muster ran here, start it again. If none did, somebody wrote it "
                "beside Muster: whoever runs Muster looks with `muster audit verify`.",
            )
        try:
            return self._adapter.validate_python({"type": recorded.type, **recorded.data})
        except ValidationError as error:
            if all(one["type"] == "union_tag_invalid" for one in error.errors()):
                raise Refused(
                    f"A newer version of Muster wrote `{recorded.type}` into {recorded.stream}, and this one "
                    "cannot read it. Nothing was done.",
                    "Start the newer version again, or a later one.",
                ) from error
            raise
