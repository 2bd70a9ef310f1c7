"""What containers print: start-up lines, requests, a few errors, and the last words of a crash."""

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

KEPT = 500

_ROUTES = (
    "GET /api/projects",
    "GET /api/diagrams/812",
    "POST /api/diagrams",
    "GET /health",
    "GET /api/users/me",
)
_ERRORS = (
    "ERROR db.pool connection timed out after 5000 ms (pool 20/20 busy)",
    "ERROR http POST /api/diagrams 500 1204ms upstream=architect-db",
    "ERROR cache redis GET session failed: i/o timeout",
)


@dataclass(frozen=True)
class Line:
    """One line of a log and when it was printed."""

    at: datetime
    text: str


@dataclass
class Log:
    """A container's output: of this run, and of the one before it."""

    lines: deque[Line] = field(default_factory=lambda: deque[Line](maxlen=KEPT))
    previous: list[Line] | None = None
    printed: int = 0
    listeners: set[Callable[[], None]] = field(default_factory=set[Callable[[], None]])

    def print(self, at: datetime, text: str) -> None:
        """Add a line and tell the followers."""
        self.lines.append(Line(at, text))
        self.printed += 1
        for listener in list(self.listeners):
            listener()

    def restart(self) -> None:
        """Begin a new run; this one becomes the previous."""
        self.previous = list(self.lines)
        self.lines.clear()


class PodLogs:
    """The logs of every container, by pod UID and container name."""

    def __init__(self, seed: int = 7) -> None:
        self._logs: dict[tuple[str, str], Log] = {}
        self._random = random.Random(seed)

    def of(self, uid: str, container: str) -> Log:
        """The log of a container, empty when it never printed."""
        return self._logs.setdefault((uid, container), Log())

    def drop(self, uid: str) -> None:
        """Forget a pod that is gone."""
        for key in [key for key in self._logs if key[0] == uid]:
            del self._logs[key]

    def start(self, uid: str, container: str, image: str, at: datetime) -> None:
        """A container came up well."""
        log = self.of(uid, container)
        version = image.rpartition(":")[2]
        for text in (
            f"INFO  server {container} {version} starting",
            "INFO  db.pool connected to architect-db (20 connections)",
            "INFO  server listening on :8080",
        ):
            log.print(at, text)

    def crash(self, uid: str, container: str, image: str, at: datetime) -> None:
        """A container came up and fell over."""
        log = self.of(uid, container)
        log.lines.clear()
        version = image.rpartition(":")[2]
        for text in (
            f"INFO  server {container} {version} starting",
            "ERROR config: required setting DATABASE_POOL_URL is not set",
            "FATAL server exits with code 1",
        ):
            log.print(at, text)
        log.previous = list(log.lines)

    def serve(self, uid: str, container: str, at: datetime) -> None:
        """One more request line, one in forty an error."""
        chosen = self._random
        if chosen.random() < 1 / 40:
            text = chosen.choice(_ERRORS)
        else:
            text = f"INFO  http {chosen.choice(_ROUTES)} 200 {chosen.randint(4, 180)}ms"
        self.of(uid, container).print(at, text)

    def fill(self, uid: str, container: str, image: str, until: datetime, lines: int) -> None:
        """A past for a container that has run for a while: a line each 20 s, some of them errors."""
        self.start(uid, container, image, until - timedelta(seconds=20 * (lines + 1)))
        for number in range(lines):
            at = until - timedelta(seconds=20 * (lines - number))
            if number % 23 == 20:
                self.of(uid, container).print(at, _ERRORS[number % len(_ERRORS)])
            else:
                self.serve(uid, container, at)
