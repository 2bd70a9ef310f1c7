"""Walking Block Kit: giving ids as Slack does, finding elements, and the state of inputs."""

import copy
import re
import secrets
from collections.abc import Iterator
from typing import Any, cast

from playground.slack.written import Json, as_object, objects

FILE_URL = re.compile(r"/files-pri/[^/]*-(F[A-Z0-9]+)/")

INITIALS = {
    "initial_value": "value",
    "initial_option": "selected_option",
    "initial_options": "selected_options",
    "initial_user": "selected_user",
    "initial_users": "selected_users",
    "initial_channel": "selected_channel",
    "initial_channels": "selected_channels",
    "initial_conversation": "selected_conversation",
    "initial_conversations": "selected_conversations",
    "initial_date": "selected_date",
    "initial_time": "selected_time",
    "initial_date_time": "selected_date_time",
}


def elements_of(block: Json) -> Iterator[Json]:
    """Interactive elements directly inside one block, in order."""
    yield from objects(block.get("elements"))
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict):
            yield block[key]


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy in which every block and interactive element has an id: Slack gives those that were left out."""
    given = copy.deepcopy(blocks)
    for block in given:
        block.setdefault("block_id", secrets.token_urlsafe(4)[:5])
        for element in elements_of(block):
            if is_interactive(element):
                element.setdefault("action_id", secrets.token_urlsafe(4)[:5])
    return given


def is_interactive(element: Json) -> bool:
    """Whether a person can act on this element (context images, texts and rich text cannot)."""
    kind = str(element.get("type", ""))
    return not kind.startswith("rich_text") and kind not in ("image", "mrkdwn", "plain_text", "")


def slack_files(block: Json) -> Iterator[tuple[str, Json]]:
    """Every `slack_file` of a block with where it stands in it: its own, or that of an image inside."""
    elements = objects(block.get("elements"))
    parts = [("", block), ("/accessory", as_object(block.get("accessory")))]
    parts += [(f"/elements/{number}", element) for number, element in enumerate(elements)]
    for at, part in parts:
        if part.get("type") == "image" and isinstance(part.get("slack_file"), dict):
            yield f"{at}/slack_file", part["slack_file"]


def file_id(place: Json) -> str:
    """The file that a `slack_file` means, by its id or by the address of the file."""
    named = FILE_URL.search(str(place.get("url") or ""))
    return named[1] if named else str(place.get("id") or "")


def message_blocks(message: Json) -> Iterator[tuple[Json, int]]:
    """Blocks of a message with the number of the attachment that holds them, 0 for its own blocks."""
    for block in objects(message.get("blocks")):
        yield block, 0
    for number, attachment in enumerate(objects(message.get("attachments")), start=1):
        for block in objects(attachment.get("blocks")):
            yield block, number


def find_element(blocks: list[Json], action_id: str, block_id: str | None) -> tuple[Json, Json] | None:
    """The block and element with this action id (and block id, when given)."""
    for block in blocks:
        if block_id is not None and block.get("block_id") != block_id:
            continue
        for element in elements_of(block):
            if element.get("action_id") == action_id and is_interactive(element):
                return block, element
    return None


def initial_state(blocks: list[Json]) -> Json:
    """`state.values` of stateful elements before anybody touched them."""
    values: Json = {}
    for block in blocks:
        for element in elements_of(block):
            if is_interactive(element) and element["type"] not in ("button", "overflow", "workflow_button"):
                values.setdefault(block["block_id"], {})[element["action_id"]] = _initial(element)
    return values


def _initial(element: Json) -> Json:
    state: Json = {"type": element["type"]}
    empty = _empty_key(element["type"])
    state[empty] = [] if empty.endswith("s") else None
    for source, target in INITIALS.items():
        if source in element:
            state[target] = element[source]
    return state


def _empty_key(kind: str) -> str:
    if kind == "checkboxes":
        return "selected_options"
    if kind == "radio_buttons":
        return "selected_option"
    if kind.endswith("_select"):
        many, noun = kind.startswith("multi_"), kind.removeprefix("multi_").removesuffix("_select")
        singular = {"static": "option", "external": "option"}.get(noun, noun.removesuffix("s"))
        return f"selected_{singular}" + ("s" if many else "")
    return {
        "datepicker": "selected_date",
        "timepicker": "selected_time",
        "datetimepicker": "selected_date_time",
    }.get(kind, "value")


def state_for(element: Json, value: Any) -> Json:
    """The state a person leaves in an element: text, an option's value, an id, or a list of them.

    Raises ValueError for an option that the element does not offer.
    """
    if isinstance(value, dict):
        return {"type": element["type"], **cast("Json", value)}
    key = _empty_key(element["type"])
    if key == "selected_option":
        chosen: Any = option(element, str(value)) if value is not None else None
    elif key == "selected_options":
        chosen = [option(element, str(item)) for item in cast("list[Any]", value or [])]
    else:
        chosen = value
    return {"type": element["type"], key: chosen}


def option(element: Json, value: str) -> Json:
    """The option of a select, radio or overflow with this value. Raises ValueError if it is not offered."""
    if "external" in element["type"]:
        return {"text": {"type": "plain_text", "text": value}, "value": value}
    offered = objects(element.get("options"))
    for group in objects(element.get("option_groups")):
        offered += objects(group.get("options"))
    for entry in offered:
        if entry.get("value") == value:
            return entry
    raise ValueError(f"{element['action_id']} does not offer {value!r}")
