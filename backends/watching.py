"""How backends watch a change: look, say what is new, pause."""

from collections.abc import AsyncGenerator, Awaitable, Callable

from model.plan import Progress

Look = Callable[[], Awaitable[Progress]]
Pause = Callable[[], Awaitable[None]]


async def until_over(look: Look, pause: Pause) -> AsyncGenerator[Progress]:
    """Every look that differs from the one before, until the change is over."""
    last: Progress | None = None
    while last is None or not last.is_over:
        progress = await look()
        if progress != last:
            yield progress
        last = progress
        if not progress.is_over:
            await pause()
