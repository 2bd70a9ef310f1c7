"""The journal that the settings name, opened as they say."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime

from bot.settings import Settings
from journal.opening import Opened, open_journal


def journal_of(
    settings: Settings, clock: Callable[[], datetime], *, strict: bool = True
) -> AbstractAsyncContextManager[Opened]:
    """Raises what opening the journal raises. strict: refuse a log that does not follow its anchor."""
    return open_journal(
        settings.redis_url.get_secret_value() if settings.redis_url else None,
        settings.data_dir,
        clock,
        settings.audit_key.get_secret_value().encode() or None,
        unchecked=settings.redis_unchecked,
        unguarded=settings.redis_unguarded,
        accept=settings.accept_log,
        strict=strict,
        anchor=settings.anchor_file,
    )
