"""Muster's own log: one JSON object a line, bounded, without the values that stood in its variables."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from bot.views.message import redact

LONGEST = 2_000
"""Characters of one value of a line."""

_READ = 4
"""How many times that is read: half a secret at the cut has no shape, so it is cut after it is struck out."""

MOST_FRAMES = 30
"""Frames of an exception that are kept, outermost and innermost."""

OTHERS = (
    "aiohttp",
    "asyncio",
    "boto3",
    "botocore",
    "httpcore",
    "httpx",
    "kubernetes",
    "matplotlib",
    "slack_bolt",
    "slack_sdk",
    "urllib3",
    "uvicorn",
    "websockets",
)
"""Loggers of libraries: below WARNING they name addresses, some with a password in them."""

_TRACES = structlog.tracebacks.ExceptionDictTransformer(
    show_locals=False, max_frames=MOST_FRAMES, locals_max_length=1, locals_max_string=1
)


_PROCESSORS: list[Any] = []
"""One list for good: loggers keep the one that they first met, also when this is configured anew."""


def configure(level: str) -> None:
    """Lines on standard error: Muster's own, and those of libraries at WARNING and above."""
    shared: list[Any] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_TRACES),
        bounded,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.PositionalArgumentsFormatter(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    handler.addFilter(_is_worth_it)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in OTHERS:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level]))
    _PROCESSORS[:] = [*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]
    structlog.configure(
        processors=_PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _is_worth_it(line: logging.LogRecord) -> bool:
    """Ours, or a library's warning. Held here too, as slack_bolt gives its loggers the root's level."""
    return line.levelno >= logging.WARNING or line.name.split(".")[0] not in OTHERS


def bounded(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Every value of a line, cut to its bound and with what looks like a secret struck out."""
    for key, value in line.items():
        if not key.startswith("_"):
            line[key] = _clean(value)
    return line


def _clean(value: Any, depth: int = 6) -> Any:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, dict) and depth:
        return {str(key): _clean(one, depth - 1) for key, one in list(value.items())[:50]}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  # whatever a line holds
    if isinstance(value, list | tuple) and depth:
        return [_clean(one, depth - 1) for one in value[-50:]]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    text = str(value)  # pyright: ignore[reportUnknownArgumentType]
    clean = redact(text[: _READ * LONGEST])
    return clean if len(text) <= LONGEST else clean[:LONGEST] + "…"
