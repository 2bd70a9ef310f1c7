"""Whether this process stood still: what it had begun may be another's by now, and is given up.

A machine that is suspended, or a container that gets no processor, goes on later where it was, and knows
nothing of it. Its turns and leases have run out meanwhile, and others have done what it was about to do.
"""

import asyncio
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

LONGEST_S = 10.0
"""Seconds without a turn of the loop after which it stood still: less than any turn or lease lasts."""

_BEAT_S = 1.0


@dataclass
class _Begun:
    """Work that is being done, and how often the process had stood still when it began."""

    times: int
    is_over: bool = False


_WORK: ContextVar[_Begun | None] = ContextVar("work", default=None)


class Stillness:
    """Counts how often this process stood still; `now` is a clock that nobody sets, in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic, longest_s: float = LONGEST_S) -> None:
        self._now, self._longest_s = now, longest_s
        self._last, self._times = now(), 0

    def times(self) -> int:
        """How often so far. Whoever looks first after it stood still finds out."""
        now = self._now()
        if now - self._last > self._longest_s:
            self._times += 1
        self._last = now
        return self._times

    @contextmanager
    def work(self, begun: int | None = None) -> Generator[None]:
        """Something is done that another process may take over. begun: as of when, else as of now."""
        work = _Begun(self.times() if begun is None else begun)
        before = _WORK.set(work)
        try:
            yield
        finally:
            work.is_over = True  # what goes on without it, in tasks of its own, is not held to it
            _WORK.reset(before)

    def begun(self) -> int:
        """As of when what is done now was begun."""
        work = _WORK.get()
        return self.times() if work is None or work.is_over else work.times

    def has_stood(self) -> bool:
        """Whether it stood still since what is done now was begun."""
        return self.begun() != self.times()

    @contextmanager
    def watched(self) -> Generator[None]:
        """Look every second, so that a process with nothing to do is not taken for one that stood."""
        loop = asyncio.get_running_loop()

        def beat() -> None:
            nonlocal waiting
            self.times()
            waiting = loop.call_later(_BEAT_S, beat)

        waiting = loop.call_later(_BEAT_S, beat)
        try:
            yield
        finally:
            waiting.cancel()


class NeverStill(Stillness):
    """For whom no other process is."""

    def times(self) -> int:
        """Never."""
        return 0
