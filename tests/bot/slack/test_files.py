"""Files reach Slack in its three steps, whatever fails in between, and are shown only when they can be."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import utc_now
from bot.slack.files import LOOKS, TRIES, Files
from bot.slack.messages import Chat, SlackRefused, SlackUnreachable
from journal.memory import MemoryPosts
from playground.faults import FaultBoard
from playground.slack import Channel, Running, User, WorkspaceConfig, serve

SCOPES = ["channels:join", "chat:write", "chat:write.public", "files:read", "files:write"]
CONFIG = WorkspaceConfig(
    users=(User("U0ANA", "ana"),),
    channels=(
        Channel("C0OPS", "ops", ("U0ANA", "UBOT")),
        Channel("C0OUT", "out", ("U0ANA",)),
        Channel("G0SECRET", "secret", ("U0ANA",), is_private=True),
    ),
    manifest={"display_information": {"name": "Muster"}, "oauth_config": {"scopes": {"bot": SCOPES}}},
)
PNG = b"\x89PNG\r\n\x1a\n and more"


class Naps:
    """A sleep that takes no time and counts."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


@pytest.fixture
async def slack() -> AsyncIterator[Running]:
    async with serve(replace(CONFIG, faults=FaultBoard())) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


def chat(slack: Running, kind: type[Chat] = Chat) -> Chat:
    client = AsyncWebClient("xoxb-local-muster", base_url=slack.api_url)
    return kind(client, MemoryPosts(), utc_now, 0.0, Naps())


def shared(slack: Running, channel: str) -> list[dict[str, Any]]:
    return [message for message in slack.workspace.messages(channel) if message.get("files")]


async def test_a_kept_picture_can_be_shown_in_a_block_at_once_and_is_posted_nowhere(slack, http):
    speaking = chat(slack)
    id = await Files(speaking, http).keep("cpu.png", PNG, "CPU, last hour", "CPU")
    assert slack.workspace.messages("C0OPS") == []
    block = {"type": "image", "alt_text": "CPU, last hour", "slack_file": {"id": id}}
    await speaking.call("chat.postMessage", channel="C0OPS", text="CPU", blocks=[block])
    file = slack.workspace.files[id]
    assert (file.content, file.title, file.alt_txt) == (PNG, "CPU", "CPU, last hour")
    assert slack.workspace.refused == []


async def test_a_kept_file_is_called_by_its_name_and_its_description_is_cut_to_what_slack_takes(slack, http):
    file = slack.workspace.files[await Files(chat(slack), http).keep("cpu.png", PNG, "x" * 2_000)]
    assert (file.title, len(file.alt_txt)) == ("cpu.png", 1_000)


async def test_a_shared_file_stands_in_its_thread_with_title_and_comment(slack, http):
    speaking = chat(slack)
    parent = await speaking.call("chat.postMessage", channel="C0OPS", text="logs")
    files = Files(speaking, http)
    await files.share("C0OPS", parent["ts"], "app.log", b"one\ntwo\n", "Logs of miyabi-api", "All of it")
    [message] = await slack.wait_for(lambda: shared(slack, "C0OPS"))
    assert (message["thread_ts"], message["text"]) == (parent["ts"], "All of it")
    assert (message["files"][0]["title"], message["files"][0]["preview"]) == (
        "Logs of miyabi-api",
        "one\ntwo",
    )


async def test_muster_joins_a_public_channel_to_share_a_file_there(slack, http):
    await Files(chat(slack), http).share("C0OUT", "", "app.log", b"one", "Logs")
    assert await slack.wait_for(lambda: shared(slack, "C0OUT"))
    assert "UBOT" in slack.workspace.room("C0OUT").members


async def test_a_private_channel_is_not_entered(slack, http):
    with pytest.raises(SlackRefused) as refused:
        await Files(chat(slack), http).share("G0SECRET", "", "app.log", b"one", "Logs")
    assert refused.value.error == "channel_not_found"


async def test_every_step_is_tried_again_while_slack_fails_now_and_then(slack, http):
    slack.workspace.config.faults.switch("slack-5xx", True)
    files = Files(chat(slack), http)
    await files.share("C0OPS", "", "app.log", b"one", "Logs")
    await files.keep("cpu.png", PNG)
    assert len(await slack.wait_for(lambda: shared(slack, "C0OPS"))) == 1


async def test_a_completion_whose_answer_was_lost_is_not_taken_for_a_failure(slack, http):
    class Deaf(Chat):
        """Loses the first answer to a completion."""

        lost = 0

        async def _send(self, method: str, arguments: dict[str, Any]) -> Any:
            answer = await super()._send(method, arguments)
            if method == "files.completeUploadExternal" and not self.lost:
                self.lost += 1
                raise TimeoutError("lost")
            return answer

    await Files(chat(slack, Deaf), http).share("C0OPS", "", "app.log", b"one", "Logs")
    assert len(await slack.wait_for(lambda: shared(slack, "C0OPS"))) == 1


async def test_a_file_that_is_never_processed_is_waited_for_so_long_and_no_longer(http):
    naps = Naps()
    async with serve(replace(CONFIG, faults=FaultBoard(), file_processing_s=60)) as slack:
        with pytest.raises(SlackUnreachable, match="has not processed"):
            await Files(chat(slack), http, naps).keep("cpu.png", PNG)
    assert len(naps.taken) == LOOKS
    assert 20 < sum(naps.taken) < 40


@pytest.mark.parametrize(
    ("status", "kind", "tries"), [(403, SlackRefused, 1), (503, SlackUnreachable, TRIES)]
)
async def test_a_refused_upload_is_not_tried_again_and_a_failed_one_only_so_often(slack, status, kind, tries):
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(status)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as failing:
        with pytest.raises(kind):
            await Files(chat(slack), failing, Naps()).keep("cpu.png", PNG)
    assert len(sent) == tries
    assert all("authorization" not in request.headers for request in sent)


async def test_an_upload_address_that_cannot_be_reached_is_given_up_in_the_end(slack):
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as failing:
        with pytest.raises(SlackUnreachable):
            await Files(chat(slack), failing, Naps()).share("C0OPS", "", "a.txt", b"x", "A")
    assert shared(slack, "C0OPS") == []


async def test_nothing_is_no_file(slack, http):
    with pytest.raises(ValueError, match="empty"):
        await Files(chat(slack), http).keep("cpu.png", b"")
    assert slack.workspace.calls == []


async def test_a_workspace_that_did_not_grant_files_refuses_them(http):
    manifest = {
        "display_information": {"name": "Muster"},
        "oauth_config": {"scopes": {"bot": ["chat:write"]}},
    }
    async with serve(replace(CONFIG, faults=FaultBoard(), manifest=manifest)) as slack:
        with pytest.raises(SlackRefused) as refused:
            await Files(chat(slack), http).keep("cpu.png", PNG)
    assert refused.value.error == "missing_scope"
