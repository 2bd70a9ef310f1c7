"""Small makers of what the journal's tests commit."""

from datetime import UTC, datetime, timedelta
from typing import Any

from model.events import Actor, Event
from model.ports.journal import Commit, IndexChange, Write

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANN = Actor(team="T1", user="UANN", via="slash")


class Clock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, span: timedelta) -> None:
        self.now += span


def event(number: int = 1, type_: str = "note.added") -> Event:
    return Event(type=type_, data={"number": number, "text": "héllo 世界 \ud83d"})


def write(stream: str, *numbers: int, expect: int | None = None) -> Write:
    return Write(stream=stream, expect=expect, events=tuple(event(number) for number in numbers))


def commit(*writes: Write, claim: str | None = None, result: str = "", **more: Any) -> Commit:
    return Commit(at=NOW, who=ANN, writes=writes, claim=claim, result=result, **more)


def put(index: str, key: str, value: str) -> IndexChange:
    return IndexChange(op="put", index=index, key=key, value=value)


def add(index: str, key: str, score: float) -> IndexChange:
    return IndexChange(op="add", index=index, key=key, score=score)
