"""Log lines that look lived-in: the same for the same minute of the same group, in every run."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MINUTE_MS = 60_000


@dataclass(frozen=True)
class Line:
    """One event of a log group; `at` in milliseconds since the epoch."""

    at: int
    stream: str
    message: str


@dataclass(frozen=True)
class Trouble:
    """A while in which many requests fail, and say so."""

    start: datetime
    end: datetime
    says: str

    def is_on(self, at_ms: int) -> bool:
        """Whether it goes on at a moment in milliseconds since the epoch."""
        return self.start.timestamp() * 1000 <= at_ms < self.end.timestamp() * 1000


@dataclass(frozen=True)
class Request:
    """One request that a program served, from which it makes its lines.

    duration: in milliseconds. is_first: the first of a fresh environment, which had to start for it.
    """

    at: int
    id: str
    method: str
    path: str
    status: int
    duration: float
    error: str
    nth: int
    is_first: bool

    @property
    def trace(self) -> str:
        """Its trace id, such as `abc-123-def`."""
        return f"{self.id[:3]}-{self.id[3:6]}-{self.id[6:9]}"


@dataclass(frozen=True)
class Program:
    """What writes into a group: how many requests a minute, on which paths, and how it words them."""

    name: str
    a_minute: int
    paths: tuple[tuple[str, str, float], ...]
    errors: tuple[str, ...]
    write: Callable[["Program", Request], list[Line]]
    trouble: tuple[Trouble, ...] = ()

    def minute(self, start_ms: int) -> list[Line]:
        """The lines of the minute that begins then, the oldest first."""
        lines = [line for n in range(self.a_minute) for line in self.write(self, self._request(start_ms, n))]
        return sorted(lines, key=lambda line: line.at)

    def _request(self, start_ms: int, n: int) -> Request:
        digest = hashlib.sha256(f"{self.name}/{start_ms}/{n}".encode()).hexdigest()
        dice = [int(digest[k : k + 4], 16) / 0xFFFF for k in range(0, 24, 4)]
        at = start_ms + int((n + dice[0]) * MINUTE_MS / self.a_minute) % MINUTE_MS
        method, path, usual = self.paths[int(dice[1] * len(self.paths)) % len(self.paths)]
        slow = 9.0 if dice[3] > 0.985 else 1.0
        going = next((one for one in self.trouble if one.is_on(at)), None)
        share = 0.02 if going is None else 0.45
        error = "" if dice[4] > share else self.errors[int(dice[5] * len(self.errors)) % len(self.errors)]
        if error and going is not None:
            error = going.says
        status = 500 if error else 200
        duration = round(usual * (0.6 + 0.8 * dice[2]) * (slow if going is None else 4.0), 2)
        return Request(at, digest[32:], method, path, status, duration, error, n, dice[3] < 0.02)


def web_lines(program: Program, request: Request) -> list[Line]:
    """A web service's JSON line a request, and one for its error."""
    task = hashlib.sha256(f"{program.name}/{request.nth % 2}".encode()).hexdigest()[:32]
    stream = f"{program.name}/{program.name}/{task}"
    said = {
        "level": "info",
        "time": _written(request.at),
        "method": request.method,
        "path": request.path,
        "statusCode": request.status,
        "duration": request.duration,
        "traceId": request.trace,
        "message": "request completed",
    }
    lines = [Line(request.at, stream, json.dumps(said))]
    if request.error:
        failed = {**said, "level": "error", "message": f"ERROR {request.error}"}
        lines.append(Line(request.at + 1, stream, json.dumps(failed)))
    return lines


def function_lines(program: Program, request: Request) -> list[Line]:
    """A function's lines: START, what it says itself, END and the REPORT of Lambda."""
    day = datetime.fromtimestamp(request.at / 1000, UTC).strftime("%Y/%m/%d")
    stream = f"{day}/[42]{hashlib.sha256(program.name.encode()).hexdigest()[:32]}"
    id = "-".join((request.id[:8], request.id[8:12], request.id[12:16], request.id[16:20], request.id[20:32]))
    ended = request.at + int(request.duration)
    memory = 512
    used = 96 + int(request.id[:2], 16) // 2
    report = [
        f"REPORT RequestId: {id}",
        f"Duration: {request.duration:.2f} ms",
        f"Billed Duration: {int(request.duration) + 1} ms",
        f"Memory Size: {memory} MB",
        f"Max Memory Used: {used} MB",
        *([f"Init Duration: {180 + used / 2:.2f} ms"] if request.is_first else []),
    ]
    lines = [
        Line(request.at, stream, f"START RequestId: {id} Version: 42\n"),
        Line(ended, stream, f"END RequestId: {id}\n"),
        Line(ended, stream, "\t".join(report) + "\t\n"),
    ]
    if request.error:
        at = datetime.fromtimestamp(request.at / 1000, UTC).isoformat(timespec="milliseconds")
        said = (
            f"{at.replace('+00:00', 'Z')}\t{id}\tERROR\t{request.error} ({request.method} {request.path})\n"
        )
        lines.insert(1, Line(request.at + 1, stream, said))
    return lines


def _written(at_ms: int) -> str:
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def lately(now: datetime, says: str) -> Trouble:
    """Trouble that lasted twelve minutes, two and a half hours before the playground began."""
    start = (now - timedelta(hours=2, minutes=30)).replace(second=0, microsecond=0)
    return Trouble(start, start + timedelta(minutes=12), says)
