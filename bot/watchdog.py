"""Notices an event loop that stands, and says in which code: while it stands nobody gets an answer."""

import asyncio
import sys
import threading
import time
import traceback
from collections.abc import Generator
from contextlib import contextmanager

import structlog

from bot.metrics import LOOP_STOOD

_LOG = structlog.get_logger()
STOOD_S = 1.0
"""Seconds without a turn after which the loop counts as standing."""

_BEAT_S = 0.2
_MOST_FRAMES = 12


class _Pulse:
    """When the loop last took a turn, in seconds of the monotonic clock; written by the loop alone."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self.at = loop, time.monotonic()
        self._next = loop.call_later(_BEAT_S, self._beat)

    def _beat(self) -> None:
        self.at = time.monotonic()
        self._next = self._loop.call_later(_BEAT_S, self._beat)

    def stop(self) -> None:
        self._next.cancel()


@contextmanager
def watched(stood_s: float = STOOD_S) -> Generator[None]:
    """Watch the running loop from a thread of its own, until the end of the context."""
    pulse = _Pulse(asyncio.get_running_loop())
    ended, thread_of_loop = threading.Event(), threading.get_ident()

    def watch() -> None:
        is_standing = False
        while not ended.wait(_BEAT_S):
            stood = time.monotonic() - pulse.at
            if stood < stood_s:
                is_standing = False
            elif not is_standing:
                is_standing = True
                LOOP_STOOD.inc()
                _LOG.error("the loop stands", seconds=round(stood, 1), code=_code(thread_of_loop))

    thread = threading.Thread(target=watch, name="watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        pulse.stop()
        thread.join()


def _code(thread: int) -> list[str]:
    """Where a thread is, innermost first: file, line and function, without any value."""
    frame = sys._current_frames().get(thread)  # pyright: ignore[reportPrivateUsage]  # documented, and the only way
    if frame is None:
        return []
    found = traceback.extract_stack(frame)[-_MOST_FRAMES:]
    return [f"{one.filename}:{one.lineno} {one.name}" for one in reversed(found)]
