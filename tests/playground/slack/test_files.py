"""Files are uploaded in Slack's three steps, are processed a moment later, and are seen by those who may."""

import json

import aiohttp
import pytest

from playground.slack import serve
from tests.playground.slack.conftest import CONFIG, MANIFEST, SCOPES, config, web_client
from tests.playground.slack.test_chat import refused
from tests.playground.slack.test_views import FORM

PNG = b"\x89PNG\r\n\x1a\n rest"
LINES = "".join(f"line {number}\n" for number in range(1, 9)).encode()
BOT = {"Authorization": f"Bearer {CONFIG.bot_token}"}


@pytest.fixture
async def slow():
    """A Slack whose processing never ends while a test looks."""
    async with serve(config(file_processing_s=60)) as running:
        yield running


async def fetch(method: str, url: str, data=None, **headers: str) -> tuple[int, bytes, str]:
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.request(method, url, data=data, allow_redirects=False) as answer,
    ):
        return answer.status, await answer.read(), answer.headers.get("Content-Type", "")


async def uploaded(client, name: str, content: bytes, **more) -> str:
    step = await client.files_getUploadURLExternal(filename=name, length=len(content), **more)
    assert (await fetch("POST", step["upload_url"], content))[0] == 200
    return step["file_id"]


async def kept(slack, client, name: str = "cpu.png", content: bytes = PNG, **more) -> str:
    """A file of the app's own, processed."""
    id = await uploaded(client, name, content)
    await client.files_completeUploadExternal(files=[{"id": id, "title": "CPU"}], **more)
    await slack.wait_for(lambda: slack.workspace.files[id].is_processed)
    return id


def image(id: str) -> dict:
    return {"type": "image", "alt_text": "CPU, last hour", "slack_file": {"id": id}}


async def test_a_file_is_uploaded_in_three_steps_and_shared_in_a_thread(slack, client):
    parent = await client.chat_postMessage(channel="COPS", text="metrics")
    await client.files_upload_v2(
        channel="COPS",
        filename="cpu.png",
        content=PNG,
        title="CPU",
        thread_ts=parent["ts"],
        alt_txt="CPU, last hour",
        initial_comment="*CPU*",
    )
    root, shared = await slack.wait_for(
        lambda: slack.workspace.messages("COPS")[1:] and slack.workspace.messages("COPS")
    )
    file = shared["files"][0]
    assert (shared["thread_ts"], shared["text"], shared["bot_id"]) == (parent["ts"], "*CPU*", "BBOT")
    assert (file["title"], file["mimetype"], file["alt_txt"]) == ("CPU", "image/png", "CPU, last hour")
    assert root["reply_count"] == 1
    assert slack.workspace.files[file["id"]].content == PNG


async def test_a_file_has_no_type_until_slack_has_processed_it(slack, client):
    id = await uploaded(client, "app.log", LINES)
    assert await refused(client.files_info(file=id)) == "file_not_found"
    done = await client.files_completeUploadExternal(files=[{"id": id}])
    assert (done["files"][0]["mimetype"], done["files"][0]["title"]) == ("", "app.log")
    await slack.wait_for(lambda: slack.workspace.files[id].is_processed)
    file = (await client.files_info(file=id))["file"]
    assert (file["mimetype"], file["filetype"], file["mode"]) == ("text/plain", "log", "snippet")
    assert (file["lines"], file["lines_more"]) == (8, 3)
    assert file["preview"] == "line 1\nline 2\nline 3\nline 4\nline 5"
    assert slack.workspace.messages("COPS") == []


async def test_an_image_block_shows_a_processed_picture_by_id_or_by_address(slack, client):
    id = await kept(slack, client)
    url = (await client.files_info(file=id))["file"]["url_private"]
    for place in ({"id": id}, {"url": url}):
        block = {**image(id), "slack_file": place}
        await client.chat_postMessage(channel="COPS", text="CPU", blocks=[block])
    assert slack.workspace.messages("COPS")[0]["blocks"][0]["slack_file"] == {"id": id}
    assert slack.workspace.refused == []


async def test_an_image_block_is_refused_before_its_file_is_processed(slow):
    client = web_client(slow)
    id = await uploaded(client, "cpu.png", PNG)
    post = {"channel": "COPS", "text": "CPU", "blocks": [image(id)]}
    assert await refused(client.chat_postMessage(**post)) == "invalid_blocks"
    await client.files_completeUploadExternal(files=[{"id": id}])
    assert await refused(client.chat_postMessage(**post)) == "invalid_blocks"
    assert slow.workspace.refused[-1].why == ["invalid slack file [json-pointer:/blocks/0/slack_file]"]


async def test_only_pictures_that_exist_are_shown_wherever_a_block_holds_them(slack, client):
    text = await kept(slack, client, "app.log", LINES)
    row = {"type": "section", "text": {"type": "mrkdwn", "text": "CPU"}}
    wrong = {
        "no picture": [image(text)],
        "unknown": [image("F0123456789")],
        "not an id": [image("cpu.png")],
        "in a section": [{**row, "accessory": image(text)}],
        "in a context": [{"type": "context", "elements": [image(text)]}],
    }
    for blocks in wrong.values():
        assert (
            await refused(client.chat_postMessage(channel="COPS", text="x", blocks=blocks))
            == "invalid_blocks"
        )
    attached = client.chat_postMessage(channel="COPS", text="x", attachments=[{"blocks": [image(text)]}])
    assert await refused(attached) == "invalid_blocks"
    view = {**FORM, "blocks": [*FORM["blocks"], image(text)]}
    assert await refused(client.views_open(trigger_id="1", view=view)) == "invalid_arguments"
    pointers = [problem.why[-1].split("json-pointer:")[1] for problem in slack.workspace.refused[3:5]]
    assert pointers == ["/blocks/0/accessory/slack_file]", "/blocks/0/elements/0/slack_file]"]


@pytest.mark.parametrize(
    ("method", "args", "code"),
    [
        ("files.getUploadURLExternal", {"filename": "a", "length": "0"}, "missing_argument"),
        ("files.getUploadURLExternal", {"filename": "a", "length": "many"}, "invalid_arguments"),
        ("files.getUploadURLExternal", {"length": "3"}, "invalid_arguments"),
        (
            "files.getUploadURLExternal",
            {"filename": "a", "length": "3", "alt_txt": "x" * 1001},
            "alt_txt_too_large",
        ),
        ("files.completeUploadExternal", {"channel_id": "COPS"}, "invalid_arguments"),
        ("files.completeUploadExternal", {"files": '[{"id": "F0"}]'}, "file_not_found"),
        (
            "files.completeUploadExternal",
            {"files": '[{"id": "F0"}]', "channels": ",".join(f"C{n}" for n in range(101))},
            "channels_limit_exceeded",
        ),
        ("files.info", {"file": "F0"}, "file_not_found"),
    ],
)
async def test_each_method_refuses_with_slacks_own_code(client, method, args, code):
    assert await refused(client.api_call(method, params=args)) == code


async def test_a_file_is_shared_only_where_its_app_is_inside_and_in_threads_that_exist(slack, client):
    id = await uploaded(client, "a.txt", LINES)

    async def sharing(**where):
        return await refused(client.files_completeUploadExternal(files=[{"id": id}], **where))

    assert await sharing(channel_id="CRANDOM") == "not_in_channel"
    assert await sharing(channel_id="GSECRET") == "channel_not_found"
    assert await sharing(channel_id="CNONE") == "channel_not_found"
    assert await sharing(channel_id="COPS", thread_ts="1.2") == "thread_not_found"
    slack.workspace.room("COPS").is_archived = True
    assert await sharing(channel_id="COPS") == "posting_to_channel_denied"
    await client.files_completeUploadExternal(files=[{"id": id}], channel_id="CGENERAL")


async def test_an_upload_is_completed_once_with_its_bytes_by_whoever_began_it(slack, client):
    step = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    files = [{"id": step["file_id"]}]
    assert await refused(client.files_completeUploadExternal(files=files)) == "file_update_failed"
    assert (await fetch("POST", step["upload_url"], b"too long"))[0] == 400
    assert (await fetch("POST", step["upload_url"], b"abc"))[0] == 200
    assert (await fetch("POST", f"{slack.url}/upload/v1/F0", b"abc"))[0] == 404
    alice = web_client(slack, "xoxp-alice")
    assert await refused(alice.files_completeUploadExternal(files=files)) == "file_not_found"
    await client.files_completeUploadExternal(files=files)
    assert await refused(client.files_completeUploadExternal(files=files)) == "file_not_found"
    assert (await fetch("POST", step["upload_url"], b"abc"))[0] == 404


async def test_bytes_may_come_as_a_multipart_form(slack, client):
    step = await client.files_getUploadURLExternal(filename="a.bin", length=len(PNG))
    form = aiohttp.FormData()
    form.add_field("note", "not the file")
    form.add_field("filename", PNG, filename="a.bin", content_type="application/octet-stream")
    assert (await fetch("POST", step["upload_url"], form))[0] == 200
    assert slack.workspace.files[step["file_id"]].content == PNG
    empty = aiohttp.FormData({"note": "x"}, default_to_multipart=True)
    assert (await fetch("POST", step["upload_url"], empty))[0] == 400


async def test_an_upload_fails_every_second_time_while_that_fault_is_on(slack, client):
    step = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    slack.workspace.config.faults.switch("slack-5xx", True)
    statuses = [(await fetch("POST", step["upload_url"], b"abc"))[0] for _ in range(4)]
    assert statuses == [500, 200, 500, 200]


async def test_arguments_in_a_json_body_are_not_seen_where_slack_takes_a_form(slack):
    call = {"filename": "a.txt", "length": 3}
    url = f"{slack.api_url}files.getUploadURLExternal"
    async with aiohttp.ClientSession(headers=BOT) as http:
        async with http.post(url, json=call) as answer:
            body = await answer.json()
        async with http.post(url, data={"filename": "a.txt", "length": "3"}) as answer:
            assert (await answer.json())["ok"]
    assert body["error"] == "invalid_arguments"
    assert body["response_metadata"]["messages"] == ["[ERROR] missing required field: filename"]


@pytest.mark.parametrize("scope", ["files:read", "files:write"])
async def test_files_need_their_scopes(scope):
    manifest = {
        **MANIFEST,
        "oauth_config": {"scopes": {"bot": [one for one in SCOPES.split() if one != scope]}},
    }
    async with serve(config(manifest=manifest)) as slack:
        client, alice = web_client(slack), web_client(slack, "xoxp-alice")
        if scope == "files:write":
            call = client.files_getUploadURLExternal(filename="a.txt", length=3)
            assert await refused(call) == "missing_scope"
            return
        id = await kept(slack, client)
        assert await refused(client.files_info(file=id)) == "missing_scope"
        url = (await alice.files_info(file=id))["file"]["url_private"]
        assert (await fetch("GET", url, **BOT))[0] == 302


async def test_the_bytes_are_for_the_apps_token_and_for_people_who_see_a_message_with_them(slack, client):
    id = await kept(slack, client)
    file = (await client.files_info(file=id))["file"]
    url = file["url_private"]
    assert await fetch("GET", url, **BOT) == (200, PNG, "image/png")
    assert (await fetch("GET", url))[0] == 302
    assert (await fetch("GET", url, Authorization="Bearer xoxb-other"))[0] == 302
    assert (await fetch("GET", f"{url}?user=UALICE"))[0] == 404
    await client.chat_postEphemeral(channel="COPS", user="UALICE", text="CPU", blocks=[image(id)])
    assert (await fetch("GET", f"{url}?user=UALICE"))[1] == PNG
    assert (await fetch("GET", url, Authorization="Bearer xoxp-alice"))[0] == 200
    assert (await fetch("GET", f"{url}?user=UBOB"))[0] == 404
    assert (await fetch("GET", f"{url}?user=U9"))[0] == 302
    assert (await fetch("GET", f"{url}?user=UALICE", **{"Sec-Fetch-Site": "cross-site"}))[0] == 302
    assert (await fetch("GET", f"{slack.url}/files-pri/T0MUSTER-F0/x", **BOT))[0] == 404


async def test_a_file_shared_in_a_channel_is_for_those_who_see_the_channel(slack, client):
    room = (await client.conversations_create(name="incident-7", is_private=False))["channel"]["id"]
    id = await kept(slack, client, "app.log", LINES, channel_id=room)
    url = (await client.files_info(file=id))["file"]["url_private_download"]
    status, content, kind = await fetch("GET", f"{url}?user=UBOB")
    assert (status, content, kind) == (200, LINES, "text/plain; charset=utf-8")
    slack.workspace.room(room).is_private = True
    assert (await fetch("GET", f"{url}?user=UBOB"))[0] == 404


async def test_what_a_file_holds_cannot_run_in_the_page(slack, client):
    id = await kept(slack, client, "x.html", b"<script>alert(1)</script>")
    url = (await client.files_info(file=id))["file"]["url_private"]
    async with aiohttp.ClientSession(headers=BOT) as http, http.get(url) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", b"plain words", ("text/plain", "text")),
        ("a.txt", b"words", ("text/plain", "text")),
        ("README", b"words", ("text/plain", "text")),
        ("a.jpg", b"\xff\xd8\xff\xe0", ("image/jpeg", "jpg")),
        ("a.gif", b"GIF89a", ("image/gif", "gif")),
        ("a.bin", b"\0\1\2", ("application/octet-stream", "binary")),
        ("a.txt", b"\xff\xfe", ("application/octet-stream", "binary")),
    ],
)
async def test_the_type_is_taken_from_the_bytes(slack, client, name, content, kind):
    file = slack.workspace.files[await kept(slack, client, name, content)]
    assert (file.mimetype, file.filetype) == kind


async def test_blocks_go_with_a_file_that_has_no_comment(slack, client):
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "The log"}}]
    await kept(slack, client, "a.log", LINES, channel_id="COPS", blocks=json.dumps(blocks))
    shared = await slack.wait_for(lambda: slack.workspace.messages("COPS"))
    assert shared[0]["blocks"][0]["text"]["text"] == "The log"
    wrong = await uploaded(client, "b.log", LINES)
    call = client.files_completeUploadExternal(
        files=[{"id": wrong}], channel_id="COPS", blocks='[{"type": "nonsense"}]'
    )
    assert await refused(call) == "invalid_blocks"
