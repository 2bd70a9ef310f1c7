"""What a message says: text, blocks, attachments and metadata, checked as Slack checks them."""

import json
import re
from typing import Any, cast

from playground.slack.blocks import file_id, slack_files, with_ids
from playground.slack.checks import check_message
from playground.slack.errors import Refusal
from playground.slack.workspace import Workspace
from playground.slack.written import Json, Refused, objects

TEXT_IN_POST, TEXT_IN_UPDATE = 40_000, 4_000
METADATA_BYTES = 16_000
FILE_ID = re.compile(r"^[F][A-Z0-9]{8,}$")


def read_content(workspace: Workspace, method: str, args: Json, most: int = TEXT_IN_POST) -> Json:
    """The content of a call, with ids given to blocks. Raises Refusal as Slack would, and records it."""
    text = str(args.get("text") or "")
    content: Json = {"text": text}
    for name in ("blocks", "attachments"):
        if args.get(name) is not None:
            if not isinstance(args[name], list):
                raise Refusal("invalid_blocks_format" if name == "blocks" else "invalid_attachments")
            content[name] = args[name]
    if not text.strip() and not content.get("blocks") and not content.get("attachments"):
        _refuse(workspace, "no_text", method, args, ["a message needs text, blocks or attachments"])
    if len(text) > most:
        _refuse(
            workspace, "msg_too_long", method, args, [f"text has {len(text)} of at most {most} characters"]
        )
    why = check_message(content)
    for holder in (content, *objects(content.get("attachments"))):
        why += file_problems(workspace, holder.get("blocks"))
    if why:
        _refuse(workspace, "invalid_blocks", method, args, why)
    if args.get("metadata"):
        content["metadata"] = read_metadata(args["metadata"])
    return _fill_ids(content)


def file_problems(workspace: Workspace, blocks: Any) -> list[str]:
    """Each image whose file Slack would not show: unknown, not completed, not processed yet, no picture."""
    found: list[str] = []
    for number, block in enumerate(objects(blocks)):
        for at, place in slack_files(block):
            here = f"[json-pointer:/blocks/{number}{at}"
            if place.get("id") and not FILE_ID.fullmatch(str(place["id"])):
                found.append(f"input must match regex pattern: {FILE_ID.pattern} {here}/id]")
            file = workspace.files.get(file_id(place))
            if file is None or not file.is_processed or not file.is_image:
                found.append(f"invalid slack file {here}]")
    return found


def _refuse(workspace: Workspace, code: str, method: str, args: Json, why: list[str]) -> None:
    workspace.refused.append(Refused(method, args, why))
    raise Refusal(code, why)


def _fill_ids(content: Json) -> Json:
    if "blocks" in content:
        content["blocks"] = with_ids(content["blocks"])
    if "attachments" in content:
        content["attachments"] = [
            {"id": number, "fallback": "[no preview available]", **entry, **_attachment_blocks(entry)}
            for number, entry in enumerate(content["attachments"], start=1)
        ]
    return content


def _attachment_blocks(entry: Json) -> Json:
    return {"blocks": with_ids(entry["blocks"])} if entry.get("blocks") else {}


def read_metadata(value: Any) -> Json:
    """Metadata of a message. Raises Refusal for any other form, or more than 16 kB."""
    given = cast("Json", value) if isinstance(value, dict) else {}
    if not isinstance(given.get("event_type"), str):
        raise Refusal("invalid_metadata_format")
    if not isinstance(given.get("event_payload"), dict):
        raise Refusal("invalid_metadata_schema")
    if len(json.dumps(given)) > METADATA_BYTES:
        raise Refusal("metadata_too_large")
    return {"event_type": given["event_type"], "event_payload": given["event_payload"]}
