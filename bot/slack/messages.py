"""Messages to Slack: each posted once, edited in place, at Slack's pace, channel by channel."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (slack_sdk's responses are untyped)

import asyncio
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.metrics import SLACK_CALLS
from bot.slack.methods import FORMS, OF_A_WORKSPACE, PERSONAL, READS
from bot.slack.refusals import GONE, LASTING, PREFERENCES, mend
from bot.stillness import NeverStill, Stillness
from bot.views.message import Message
from model.ports.journal import Posted, PostIntent, Posts

_LOG = structlog.get_logger()
EVENT_TYPE = "muster_message"
"""The metadata event type by which a message of ours is found again."""

NO_ENTRY = frozenset({"channel_not_found", "is_archived", "not_in_channel", "user_not_in_channel"})
"""Refusals of a channel that Muster or the person is not in."""

PATIENCE = timedelta(minutes=2)
"""How long one write is tried again before its caller is told."""


Look = Callable[[], Awaitable[Posted | None]]
"""Asks where a message stands that may have been posted; None when it was not."""

REMEMBERED = 2_000
"""Messages whose last content is kept, so that the same is not written twice."""


class SlackRefused(Exception):
    """Slack said no and will say so again; `error` is its own code, such as `channel_not_found`.

    errors: what it said of each of several people, where it did.
    """

    def __init__(self, method: str, error: str, errors: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(f"Slack refused {method}: {mend(error, method)}")
        self.method, self.error, self.errors = method, error, tuple(errors)

    @property
    def is_preference(self) -> bool:
        """Whether the workspace keeps this from apps by a preference or its plan."""
        return (self.method, self.error) in PREFERENCES

    @property
    def is_lasting(self) -> bool:
        """Whether it stays so until somebody changes something in the workspace."""
        codes = {str(one.get("error")) for one in self.errors} or {self.error}
        return codes <= LASTING


class SlackUnreachable(Exception):
    """Slack could not be asked, or not in time; trying later may help."""


@dataclass
class _Write:
    """One message on its way; a newer one of the same key takes its place.

    begun: as of when it was to be written, as `Stillness` counts.
    """

    key: str
    message: Message
    thread_ts: str
    begun: int
    is_broadcast: bool = False
    done: list[asyncio.Future[Posted]] = field(default_factory=list[asyncio.Future[Posted]])


@dataclass
class _Lane:
    """One channel's queue: newest content of a key wins, first come first served between keys."""

    writes: OrderedDict[str, _Write] = field(default_factory=OrderedDict[str, _Write])
    task: asyncio.Task[None] | None = None


class Chat:
    """Writes to Slack. `every_s` is the least time between two writes to one channel, in seconds.

    team: the workspace to act in, for an organization's token; empty for a workspace's own.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        posts: Posts,
        clock: Callable[[], datetime],
        every_s: float = 1.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        stillness: Stillness | None = None,
    ) -> None:
        self._stillness = stillness or NeverStill()
        self.client, self._posts, self._clock = client, posts, clock
        self._every_s, self._sleep = every_s, sleep
        self.team = ""
        self._lanes: dict[str, _Lane] = {}
        self._shown: OrderedDict[str, tuple[Message, Posted]] = OrderedDict()

    async def put(
        self, key: str, channel: str, message: Message, thread_ts: str = "", *, is_broadcast: bool = False
    ) -> Posted:
        """Post the message `key`, or edit it where it stands; returns when this or a newer one is shown.

        is_broadcast: a reply that is shown to the whole channel too (`reply_broadcast`, chat.postMessage).
        Raises SlackRefused or SlackUnreachable.
        """
        done: asyncio.Future[Posted] = asyncio.get_running_loop().create_future()
        lane = self._lanes.setdefault(channel, _Lane())
        waiting = lane.writes.get(key)
        if waiting:
            waiting.message, waiting.begun = message, self._stillness.begun()
            waiting.done.append(done)
        else:
            begun = self._stillness.begun()
            lane.writes[key] = _Write(key, message, thread_ts, begun, is_broadcast, [done])
        if lane.task is None:
            lane.task = asyncio.create_task(self._drain(channel, lane))
        return await done

    async def post_ephemeral(self, channel: str, user: str, message: Message, thread_ts: str = "") -> None:
        """Show a message to one person only: where they asked, or where Muster may not post, directly.

        Raises SlackRefused or SlackUnreachable.
        """
        shown = {"text": message.text, "blocks": message.blocks}
        more = {"thread_ts": thread_ts} if thread_ts else {}
        try:
            await self.call("chat.postEphemeral", channel=channel, user=user, **shown, **more)
        except SlackRefused as refused:
            if refused.error not in NO_ENTRY:
                raise
            await self.call("chat.postMessage", channel=user, **shown)

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call a Web API method, obeying Retry-After and waiting out failures for a bounded time.

        A public channel that Muster was taken out of, and that it is to write in, is joined again.
        Raises SlackRefused for an answer that will not change, SlackUnreachable after PATIENCE.
        """
        return await self._joined(method, arguments, None)

    async def _joined(self, method: str, arguments: dict[str, Any], look: Look | None) -> dict[str, Any]:
        """As `call`. look: asks whether it has happened, before it is tried again after a lost answer."""
        try:
            return await self._call(method, arguments, look)
        except SlackRefused as refused:
            channel = arguments.get("channel") or arguments.get("channel_id")
            if refused.error != "not_in_channel" or method in PERSONAL or not channel:
                raise
            try:
                await self._call("conversations.join", {"channel": channel})
            except SlackRefused:  # a private channel takes in nobody by themselves
                raise refused from None
            return await self._call(method, arguments, look)

    async def _call(self, method: str, arguments: dict[str, Any], look: Look | None = None) -> dict[str, Any]:
        """Raises like `call`."""
        until = self._clock() + PATIENCE
        wait_s = 0.5
        while True:
            is_lost = False
            try:
                answer = await self._send(method, arguments)
                SLACK_CALLS.labels(method, "ok").inc()
                return cast(dict[str, Any], answer.data)
            except SlackApiError as refused:
                SLACK_CALLS.labels(method, str(refused.response.get("error"))).inc()
                wait_s = _wait_s(refused, wait_s)
                if wait_s < 0:
                    raise _refusal(method, refused.response) from refused
                is_lost = refused.response.status_code != 429
            except (OSError, TimeoutError) as error:
                is_lost = True
                _LOG.warning("slack unreachable", method=method, error=str(error))
            if self._clock() + timedelta(seconds=wait_s) > until:
                raise SlackUnreachable(f"{method} found no answer in {PATIENCE.total_seconds():.0f} s")
            await self._sleep(wait_s)
            wait_s = min(wait_s * 2, 15)
            if is_lost and look is not None and (found := await look()) is not None:
                return {"channel": found.channel, "ts": found.ts}

    async def _send(self, method: str, arguments: dict[str, Any]) -> Any:
        """Methods that read take no JSON body: Slack would not see their arguments.

        Raises SlackUnreachable rather than writing what another process may have written meanwhile.
        """
        if self.team and method in OF_A_WORKSPACE:
            arguments = {**arguments, "team_id": self.team}
        if method in READS:
            return await self.client.api_call(method, http_verb="GET", params=arguments)
        if self._stillness.has_stood():
            raise SlackUnreachable(f"this process stood still before {method}; what it began is begun anew")
        if method in FORMS:
            return await self.client.api_call(method, data=_form(arguments))
        return await self.client.api_call(method, json=arguments)

    async def where(self, key: str) -> Posted | None:
        """Where the message `key` stands, once it is posted. Raises JournalUnavailable."""
        found = await self._posts.find(key)
        return found if isinstance(found, Posted) else None

    async def has_begun(self, key: str) -> bool:
        """Whether the message `key` is posted, may be, or is about to be. Raises JournalUnavailable."""
        is_waiting = any(key in lane.writes for lane in self._lanes.values())
        return is_waiting or await self._posts.find(key) is not None

    async def close(self) -> None:
        """Stop; what is on its way is found again and finished at the next start."""
        for lane in self._lanes.values():
            if lane.task:
                lane.task.cancel()

    async def _drain(self, channel: str, lane: _Lane) -> None:
        """Write what waits, one after the other; ends when nothing does."""
        try:
            while lane.writes:
                _, write = lane.writes.popitem(last=False)
                try:
                    with self._stillness.work(write.begun):
                        _settle(write, await self._write(channel, write), None)
                except Exception as error:  # every waiter must be told, whatever it was
                    _settle(write, None, error)
                if self._every_s:
                    await self._sleep(self._every_s)
        finally:
            lane.task = None
            for write in lane.writes.values():
                _settle(write, None, SlackUnreachable("stopped before it was posted"))
            if not lane.writes:
                self._lanes.pop(channel, None)

    async def _write(self, channel: str, write: _Write) -> Posted:
        """Post or edit, unless exactly this is shown already."""
        shown = self._shown.get(write.key)
        if shown is not None and shown[0] == write.message:
            return shown[1]
        posted = await self._posted(channel, write)
        self._shown[write.key] = (write.message, posted)
        while len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)
        return posted

    async def _posted(self, channel: str, write: _Write) -> Posted:
        known = await self._posts.intend(write.key, channel, self._clock())
        if isinstance(known, PostIntent):
            known = await self._search(channel, write, known)
        if known is None:
            return await self._post(channel, write)
        try:
            await self.call(
                "chat.update",
                channel=known.channel,
                ts=known.ts,
                text=write.message.text,
                blocks=write.message.blocks,
                metadata=_metadata(write.key),
            )
        except SlackRefused as refused:
            if refused.error not in GONE:
                raise
            # Somebody deleted it, or the workspace closes edits: what is true now is posted anew.
            await self._posts.forget(write.key)
            await self._posts.intend(write.key, channel, self._clock())
            return await self._post(channel, write)
        return known

    async def _post(self, channel: str, write: _Write) -> Posted:
        """Post it; where the answer is lost it is looked for, as Slack may have taken it."""
        arguments = {
            "channel": channel,
            "text": write.message.text,
            "blocks": write.message.blocks,
            "metadata": _metadata(write.key),
            "unfurl_links": False,
            "unfurl_media": False,
            **({"thread_ts": write.thread_ts} if write.thread_ts else {}),
            **({"reply_broadcast": True} if write.thread_ts and write.is_broadcast else {}),
        }
        intended = PostIntent(channel=channel, at=self._clock())

        async def look() -> Posted | None:
            return await self._search(channel, write, intended)

        try:
            answer = await self._joined("chat.postMessage", arguments, look)
        except SlackRefused:
            await self._posts.forget(write.key)
            raise
        posted = Posted(channel=str(answer["channel"]), ts=str(answer["ts"]))
        await self._posts.remember(write.key, posted.channel, posted.ts)
        return posted

    async def _search(self, channel: str, write: _Write, intended: PostIntent) -> Posted | None:
        """After a crash or a lost answer between posting and remembering: look for it by its metadata."""
        oldest = f"{(intended.at - timedelta(minutes=1)).timestamp():.6f}"
        where = {"channel": channel, "oldest": oldest, "include_all_metadata": True, "limit": 200}
        method = "conversations.history"
        if write.thread_ts:
            method, where = "conversations.replies", {**where, "ts": write.thread_ts}
        try:
            answer = await self.call(method, **where)
        except SlackRefused as refused:
            if refused.error not in NO_ENTRY:
                raise
            return None  # Muster may post here and not read: posting twice is better than not at all
        for message in cast(list[dict[str, Any]], answer.get("messages", [])):
            payload = message.get("metadata", {}).get("event_payload", {})
            if payload.get("key") == write.key:
                posted = Posted(channel=channel, ts=str(message["ts"]))
                await self._posts.remember(write.key, posted.channel, posted.ts)
                return posted
        return None


def _form(arguments: dict[str, Any]) -> dict[str, str]:
    """Arguments of a form; what is not text is JSON inside it."""
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in arguments.items()}


def _refusal(method: str, response: Any) -> SlackRefused:
    """Slack's answer; some methods list in `errors` what is wrong with each person."""
    each = [one for one in response.get("errors") or () if isinstance(one, dict)]
    return SlackRefused(method, str(response.get("error")), cast("list[dict[str, Any]]", each))


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def _wait_s(refused: SlackApiError, wait_s: float) -> float:
    """Seconds until trying again makes sense, or -1 when it never will."""
    status = refused.response.status_code
    if status == 429:
        return float(refused.response.headers.get("Retry-After", 1))
    transient = {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"}
    return wait_s if status >= 500 or refused.response.get("error") in transient else -1


def _settle(write: _Write, posted: Posted | None, error: Exception | None) -> None:
    for waiter in write.done:
        if waiter.done():
            continue
        if posted is not None:
            waiter.set_result(posted)
        elif error is not None:
            waiter.set_exception(error)
