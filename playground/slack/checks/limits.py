"""The limits Slack documents for Block Kit, as data. https://docs.slack.dev/reference/block-kit/"""

from collections.abc import Callable, Iterator
from typing import Any, cast

from playground.slack.written import Json, objects

# Longest text in characters, by (block or element type, field).
LENGTHS: dict[tuple[str, str], int] = {
    ("section", "text"): 3000,
    ("header", "text"): 150,
    ("image", "alt_text"): 2000,
    ("image", "title"): 2000,
    ("image", "image_url"): 3000,
    ("input", "label"): 2000,
    ("input", "hint"): 2000,
    ("markdown", "text"): 12000,
    ("video", "title"): 199,
    ("button", "text"): 75,
    ("button", "value"): 2000,
    ("button", "url"): 3000,
    ("button", "accessibility_label"): 75,
    ("workflow_button", "text"): 75,
}
# Most entries, by (block or element type, field); fewest is one.
COUNTS: dict[tuple[str, str], int] = {
    ("section", "fields"): 10,
    ("actions", "elements"): 25,
    ("context", "elements"): 10,
    ("checkboxes", "options"): 10,
    ("radio_buttons", "options"): 10,
    ("overflow", "options"): 5,
    ("static_select", "options"): 100,
    ("multi_static_select", "options"): 100,
    ("static_select", "option_groups"): 100,
    ("multi_static_select", "option_groups"): 100,
}
ANYWHERE = {"action_id": 255, "block_id": 255, "placeholder": 150}
CONFIRM = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
OPTION = {"text": 75, "value": 150, "description": 75, "url": 3000}
PLAIN_ONLY = {
    ("header", "text"),
    ("button", "text"),
    ("input", "label"),
    ("input", "hint"),
    ("image", "title"),
}
VIEW = {
    "title": 24,
    "submit": 24,
    "close": 24,
    "private_metadata": 3000,
    "callback_id": 255,
    "external_id": 255,
}
BLOCKS_IN_MESSAGE, BLOCKS_IN_VIEW = 50, 100
MARKDOWN_IN_MESSAGE = 12000

Problems = Iterator[str]


def block_problems(blocks: list[Json], most: int) -> Problems:
    """Each documented limit that these blocks break, with its JSON pointer."""
    if len(blocks) > most:
        yield f"no more than {most} items allowed [json-pointer:/blocks]"
    yield from _repeated([str(b["block_id"]) for b in blocks if b.get("block_id")], "block_id", "/blocks")
    if sum(len(str(b.get("text", ""))) for b in blocks if b.get("type") == "markdown") > MARKDOWN_IN_MESSAGE:
        yield f"markdown blocks hold at most {MARKDOWN_IN_MESSAGE} characters together [json-pointer:/blocks]"
    for number, block in enumerate(blocks):
        yield from _part_problems(block, f"/blocks/{number}")
        yield from _section_problems(block, f"/blocks/{number}")


def view_problems(view: Json) -> Problems:
    """Each documented limit that the frame of a view breaks; its blocks are left to `block_problems`."""
    for name, most in VIEW.items():
        yield from _too_long(view.get(name), most, f"/view/{name}")
    blocks = cast("list[Json]", view.get("blocks") or [])
    inputs = [block for block in blocks if block.get("type") == "input"]
    if inputs and view.get("type") == "modal" and not view.get("submit"):
        yield "submit is required when an input is among the blocks [json-pointer:/view/submit]"


def _part_problems(part: Json, at: str) -> Problems:
    kind = str(part.get("type", ""))
    for name, value in part.items():
        here = f"{at}/{name}"
        yield from _too_long(value, LENGTHS.get((kind, name)) or ANYWHERE.get(name), here)
        yield from _plain(kind, name, value, here)
        if isinstance(value, list):
            yield from _count_problems(cast("list[Any]", value), COUNTS.get((kind, name)), here)
        yield from CHILDREN.get(name, _no_problems)(value, here)
    yield from _repeated(_action_ids(part), "action_id", at)


def _section_problems(block: Json, at: str) -> Problems:
    if block.get("type") == "section" and not block.get("text") and not block.get("fields"):
        yield f"text or fields is required [json-pointer:{at}]"
    for number, item in enumerate(cast("list[Any]", block.get("fields") or [])):
        yield from _too_long(item, 2000, f"{at}/fields/{number}")


def _children(value: Any, at: str) -> Problems:
    items = cast("list[Any]", value if isinstance(value, list) else [value])
    for number, item in enumerate(items):
        here = f"{at}/{number}" if isinstance(value, list) else at
        if isinstance(item, dict):
            yield from _part_problems(cast("Json", item), here)
            yield from _empty_text(cast("Json", item), here)


def _fixed(most: dict[str, int]) -> Callable[[Any, str], Problems]:
    def problems(value: Any, at: str) -> Problems:
        items = cast("list[Any]", value if isinstance(value, list) else [value])
        for number, item in enumerate(items):
            here = f"{at}/{number}" if isinstance(value, list) else at
            for name, limit in most.items():
                if isinstance(item, dict):
                    yield from _too_long(cast("Json", item).get(name), limit, f"{here}/{name}")

    return problems


def _grouped(value: Any, at: str) -> Problems:
    for number, group in enumerate(cast("list[Json]", value)):
        yield from _too_long(group.get("label"), 75, f"{at}/{number}/label")
        yield from _count_problems(group.get("options") or [], 100, f"{at}/{number}/options")
        yield from _fixed(OPTION)(group.get("options") or [], f"{at}/{number}/options")


def _no_problems(value: Any, at: str) -> Problems:
    yield from ()


CHILDREN: dict[str, Callable[[Any, str], Problems]] = {
    "elements": _children,
    "element": _children,
    "accessory": _children,
    "text": _children,
    "fields": _children,
    "label": _children,
    "confirm": _fixed(CONFIRM),
    "options": _fixed(OPTION),
    "option_groups": _grouped,
}


def _too_long(value: Any, most: int | None, at: str) -> Problems:
    text = cast("Json", value).get("text") if isinstance(value, dict) else value
    if most is not None and isinstance(text, str) and len(text) > most:
        yield f"must be less than {most + 1} characters [json-pointer:{at}]"


def _plain(kind: str, name: str, value: Any, at: str) -> Problems:
    if (
        (kind, name) in PLAIN_ONLY
        and isinstance(value, dict)
        and cast("Json", value).get("type") != "plain_text"
    ):
        yield f"must be plain_text [json-pointer:{at}]"


def _empty_text(part: Json, at: str) -> Problems:
    if part.get("type") in ("mrkdwn", "plain_text") and not part.get("text"):
        yield f"must be more than 0 characters [json-pointer:{at}/text]"


def _count_problems(items: list[Any], most: int | None, at: str) -> Problems:
    if most is not None and len(items) > most:
        yield f"no more than {most} items allowed [json-pointer:{at}]"
    if most is not None and not items:
        yield f"no fewer than 1 items allowed [json-pointer:{at}]"


def _action_ids(part: Json) -> list[str]:
    return [str(e["action_id"]) for e in objects(part.get("elements")) if "action_id" in e]


def _repeated(ids: list[str], name: str, at: str) -> Problems:
    for repeated in sorted({item for item in ids if ids.count(item) > 1}):
        yield f"`{name}`: {repeated} already exists [json-pointer:{at}]"
