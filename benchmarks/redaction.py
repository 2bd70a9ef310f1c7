"""How fast secrets are struck out, beside the backtracking patterns that did it before, in one run.

python -m benchmarks.redaction
"""

import re
import time
from collections.abc import Callable

from model.redaction import redact

LINE = (
    "2026-11-27T06:00:00Z INFO request id=8f14e45f-ceea-467f-a1e6-0d5ae9d3c9b2 took 340 ms "
    "path=/api/v1/orders status=200 trace_id=4bf92f3577b34da6a3ce929d0e0e4736\n"
)
TEXTS = {
    "log lines": LINE * 1_000,
    "log lines with secrets": (LINE + "password=hunter2 Authorization: Bearer abc.def.0123456789abcdef\n")
    * 500,
    "eyJ, 40,000 characters": "eyJ" * 13_333,
}
_BEFORE = (
    re.compile(r"xox[abeoprs]-[\w-]{10,}"),
    re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{16}"),
    re.compile(r"eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}"),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s:@]+(?=@)"),
    re.compile(r"(?i)(?<![\w-])([\w-]{0,60}(?:secret|token|password|passwd|api[_-]?key)[\w-]{0,60}[\"']?\s*[=:])\S+"),
)  # fmt: skip


def before(text: str) -> str:
    """The patterns as they were, without their finer points."""
    for pattern in _BEFORE:
        text = pattern.sub("[secret removed]", text)
    return text


def rate(strike: Callable[[str], str], text: str) -> float:
    """Megabytes a second: the best of three."""
    best = 1e9
    for _ in range(3):
        start = time.process_time()
        strike(text)
        best = min(best, time.process_time() - start)
    return len(text.encode()) / best / 1e6


if __name__ == "__main__":
    for name, text in TEXTS.items():
        print(f"{name:24} {rate(before, text):8.2f} MB/s before {rate(redact, text):8.2f} MB/s now")
