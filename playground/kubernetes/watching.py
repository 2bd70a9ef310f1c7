"""Watches: what changes after a resourceVersion, with bookmarks, selectors and expiry."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from playground.kubernetes.reading import Test, fit_test, version_of
from playground.kubernetes.requests import ApiRequest
from playground.kubernetes.resources import Json
from playground.kubernetes.status import Refusal
from playground.kubernetes.store import Change, Store

MAX_WATCH_S = 1800.0
"""The API server ends a watch without timeoutSeconds after 30 to 60 minutes."""


@dataclass
class Watcher:
    """One client's watch. `closing` ends it early; bookmarks come every `bookmark_s` when asked for."""

    store: Store
    ask: ApiRequest
    closing: asyncio.Event
    bookmark_s: float
    fits: Test = field(init=False)
    seen: int = field(init=False)
    waker: asyncio.Event = field(init=False)

    def __post_init__(self) -> None:
        """Read the selectors and the start. Raises Refusal 400 or 504."""
        self.fits = fit_test(self.ask)
        text = self.ask.query.get("resourceVersion", "")
        self.seen = self.store.version if text in ("", "0") else version_of(self.store, text)
        self.waker = asyncio.Event()

    async def events(self) -> AsyncIterator[Json]:
        """Watch events until the timeout, the end of the server, or the one that says 410."""
        self.store.wakers.add(self.waker)
        try:
            for event in self._initial():
                yield event
            loop = asyncio.get_running_loop()
            end = loop.time() + (self.ask.number("timeoutSeconds") or MAX_WATCH_S)
            bookmark_at = loop.time() + self.bookmark_s
            while not self.closing.is_set() and loop.time() < end:
                self.waker.clear()
                try:
                    changes = self.store.since(self.seen, self.ask.resource)
                except Refusal as refusal:
                    yield {"type": "ERROR", "object": refusal.body()}
                    return
                self.seen = self.store.version
                for event in filter(None, map(self._event, changes)):
                    yield event
                if self.ask.flag("allowWatchBookmarks") and loop.time() >= bookmark_at:
                    yield self._bookmark()
                    bookmark_at = loop.time() + self.bookmark_s
                await self._wait(min(end, bookmark_at) - loop.time())
        finally:
            self.store.wakers.discard(self.waker)

    async def _wait(self, wait_s: float) -> None:
        try:
            async with asyncio.timeout(max(wait_s, 0.001)):
                await self.waker.wait()
        except TimeoutError:
            return

    def _initial(self) -> list[Json]:
        streams = self.ask.flag("sendInitialEvents")
        if not streams and self.ask.query.get("resourceVersion", "") not in ("", "0"):
            return []
        items = self.store.every(self.ask.resource, self.ask.namespace)
        self.seen = self.store.version
        events: list[Json] = [{"type": "ADDED", "object": item} for item in items if self.fits(item)]
        return [*events, self._bookmark(last_initial=True)] if streams else events

    def _event(self, change: Change) -> Json | None:
        """The change as this watch sees it: leaving the selector is DELETED, entering it ADDED."""
        was = change.before is not None and self.fits(change.before)
        is_now = change.type != "DELETED" and self.fits(change.after)
        if is_now:
            return {"type": "MODIFIED" if was else "ADDED", "object": change.after}
        return {"type": "DELETED", "object": change.after} if was else None

    def _bookmark(self, *, last_initial: bool = False) -> Json:
        meta: Json = {"resourceVersion": str(self.seen), "creationTimestamp": None}
        if last_initial:
            meta["annotations"] = {"k8s.io/initial-events-end": "true"}
        kind, api_version = self.ask.resource.kind, self.ask.resource.api_version
        return {"type": "BOOKMARK", "object": {"kind": kind, "apiVersion": api_version, "metadata": meta}}
