"""How often an app may call: about a post a second in each channel, and a tier for each method."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from playground.slack.errors import Refusal
from playground.slack.seed import Pace
from playground.slack.written import Json


@dataclass
class Bucket:
    """A leaky bucket: `level` calls are in it, and it leaks `per_s` of them a second."""

    per_s: float
    burst: float
    level: float = 0.0
    at: datetime | None = None

    def take(self, now: datetime) -> float:
        """Put one call in; returns 0, or the seconds to wait when it is full."""
        if self.at is not None:
            self.level = max(0.0, self.level - (now - self.at).total_seconds() * self.per_s)
        self.at = now
        if self.level + 1 > self.burst:
            return (self.level + 1 - self.burst) / self.per_s
        self.level += 1
        return 0.0


@dataclass
class Buckets:
    """All buckets of one app; with `pace` None nothing is limited."""

    pace: Pace | None
    now: Callable[[], datetime]
    buckets: dict[str, Bucket] = field(default_factory=dict[str, Bucket])

    def take(self, method: str, per_minute: int, args: Json) -> None:
        """Count one call. Raises Refusal ratelimited with `wait_s`.

        Posts to one channel share a bucket, edits have the tier of chat.update: https://docs.slack.dev/apis/web-api/rate-limits/
        """
        if self.pace is None:
            return
        if method == "chat.postMessage":
            self._fill(f"channel {args.get('channel')}", self.pace.posts_per_s, self.pace.burst)
        if self.pace.tiers and per_minute:
            self._fill(method, per_minute / 60, per_minute)

    def _fill(self, key: str, per_s: float, burst: float) -> None:
        bucket = self.buckets.setdefault(key, Bucket(per_s, burst))
        wait_s = bucket.take(self.now())
        if wait_s:
            raise Refusal("ratelimited", wait_s=wait_s)
