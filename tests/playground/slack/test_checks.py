"""What Slack refuses in Block Kit is refused here, and what it takes is taken."""

import pytest

from playground.slack.checks import check_blocks, check_message, check_view


def text(words="x", kind="plain_text"):
    return {"type": kind, "text": words}


def button(**more):
    return {"type": "button", "action_id": "go", "text": text("Go"), **more}


def options(count, **more):
    return [{"text": text("o"), "value": str(number), **more} for number in range(count)]


def section(**more):
    return {"type": "section", "text": text("hello", "mrkdwn"), **more}


def actions(*elements):
    return {"type": "actions", "elements": list(elements)}


def field(element, **more):
    return {"type": "input", "label": text("Name"), "element": element, **more}


def modal(**more):
    return {"type": "modal", "title": text("Scale"), "submit": text("Run"), "blocks": [section()], **more}


LINE = {"type": "plain_text_input", "action_id": "line"}
CONFIRM = {"title": text("Sure?"), "text": text("It runs"), "confirm": text("Run"), "deny": text("Stop")}
SELECT = {"type": "static_select", "action_id": "pick", "placeholder": text("Pick")}


def grouped(count):
    return {**SELECT, "option_groups": [{"label": text("g"), "options": options(count)}]}


def radio(count):
    return {"type": "radio_buttons", "action_id": "r", "options": options(count)}


GOOD = {
    "button with confirm": [section(accessory=button(confirm=CONFIRM, style="danger", value="1"))],
    "header, divider, context": [
        {"type": "header", "text": text("Plan")},
        {"type": "divider"},
        {"type": "context", "elements": [text("now", "mrkdwn")]},
    ],
    "fields": [{"type": "section", "fields": [text("a", "mrkdwn")] * 10}],
    "3,000 characters": [section(text=text("x" * 3000, "mrkdwn"))],
    "select": [actions({**SELECT, "options": options(100)})],
    "overflow": [section(accessory={"type": "overflow", "action_id": "more", "options": options(2)})],
    "image": [{"type": "image", "image_url": "https://example.com/a.png", "alt_text": "chart"}],
    "users": [actions({"type": "users_select", "action_id": "who", "placeholder": text("Who")})],
    "rich text": [
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "hi"}]}],
        }
    ],
}

BAD = {
    "51 blocks": [{"type": "divider"}] * 51,
    "3,001 characters": [section(text=text("x" * 3001, "mrkdwn"))],
    "13,001 characters in all blocks": [section(text=text("x" * 2900, "mrkdwn"))] * 5,
    "empty text": [section(text=text("", "mrkdwn"))],
    "section without text": [{"type": "section"}],
    "11 fields": [{"type": "section", "fields": [text("a", "mrkdwn")] * 11}],
    "field of 2,001 characters": [{"type": "section", "fields": [text("x" * 2001, "mrkdwn")]}],
    "header of 151 characters": [{"type": "header", "text": text("x" * 151)}],
    "mrkdwn header": [{"type": "header", "text": text("x", "mrkdwn")}],
    "button text of 76 characters": [actions(button(text=text("x" * 76)))],
    "mrkdwn button": [actions(button(text=text("x", "mrkdwn")))],
    "value of 2,001 characters": [actions(button(value="x" * 2001))],
    "value that is a number": [actions(button(value=6))],
    "url of 3,001 characters": [actions(button(url="https://e.com/" + "x" * 2990))],
    "unknown style": [actions(button(style="warning"))],
    "action_id of 256 characters": [actions(button(action_id="x" * 256))],
    "block_id of 256 characters": [section(block_id="x" * 256)],
    "block_id twice": [section(block_id="a"), section(block_id="a")],
    "action_id twice in a block": [actions(button(), button())],
    "26 elements": [actions(*(button(action_id=str(number)) for number in range(26)))],
    "no elements": [actions()],
    "11 context elements": [{"type": "context", "elements": [text("a")] * 11}],
    "101 options": [actions({**SELECT, "options": options(101)})],
    "no options": [actions({**SELECT, "options": []})],
    "option of 76 characters": [actions({**SELECT, "options": options(1, text=text("x" * 76))})],
    "option value of 151 characters": [actions({**SELECT, "options": options(1, value="x" * 151)})],
    "6 overflow options": [section(accessory={"type": "overflow", "action_id": "m", "options": options(6)})],
    "placeholder of 151 characters": [
        actions({**SELECT, "options": options(1), "placeholder": text("x" * 151)}),
    ],
    "confirm title of 101 characters": [actions(button(confirm={**CONFIRM, "title": text("x" * 101)}))],
    "confirm text of 301 characters": [actions(button(confirm={**CONFIRM, "text": text("x" * 301)}))],
    "confirm button of 31 characters": [actions(button(confirm={**CONFIRM, "confirm": text("x" * 31)}))],
    "image without alt text": [{"type": "image", "image_url": "https://example.com/a.png"}],
    "unknown block": [{"type": "sektion", "text": text()}],
    "unknown property": [section(colour="red")],
    "no type": [{"text": text()}],
    "text that is not an object": [{"type": "section", "text": "hello"}],
    "input element in actions": [actions(LINE)],
    "a block that is not an object": ["hello"],
    "blocks that are not a list": {"type": "divider"},
}


@pytest.mark.parametrize("blocks", GOOD.values(), ids=GOOD)
def test_good_blocks_are_taken(blocks):
    assert check_message({"blocks": blocks}) == []


@pytest.mark.parametrize("blocks", BAD.values(), ids=BAD)
def test_bad_blocks_are_refused(blocks):
    assert check_message({"blocks": blocks}) != []


def test_blocks_in_attachments_are_checked_too():
    assert check_message({"attachments": [{"color": "#f00", "blocks": BAD["empty text"]}]}) != []


def test_a_refusal_says_where_the_fault_is():
    (why, *_) = check_blocks([section(), {"type": "header", "text": text("x" * 151)}])
    assert "/blocks/1" in why


GOOD_VIEWS = {
    "modal": modal(blocks=[field(LINE)], private_metadata="x" * 3000, callback_id="scale"),
    "100 blocks": modal(blocks=[{"type": "divider"}] * 100),
    "home": {"type": "home", "blocks": [section()]},
    "select": modal(blocks=[field({**SELECT, "options": options(3), "initial_option": options(3)[0]})]),
    "group": modal(blocks=[field(grouped(3))]),
    "radio": modal(blocks=[field(radio(10))]),
}
BAD_VIEWS = {
    "title of 25 characters": modal(title=text("x" * 25)),
    "submit of 25 characters": modal(submit=text("x" * 25)),
    "no title": {key: value for key, value in modal().items() if key != "title"},
    "101 blocks": modal(blocks=[{"type": "divider"}] * 101),
    "input without submit": {"type": "modal", "title": text("t"), "blocks": [field(LINE)]},
    "private_metadata of 3,001": modal(private_metadata="x" * 3001),
    "callback_id of 256": modal(callback_id="x" * 256),
    "label of 2,001": modal(blocks=[field(LINE, label=text("x" * 2001))]),
    "11 radio buttons": modal(blocks=[field(radio(11))]),
    "button in an input": modal(blocks=[field(button())]),
    "unknown type": modal(type="popup"),
    "no blocks": {"type": "modal", "title": text("t")},
    "not an object": "modal",
    "state is Slack's to give": modal(state={"values": {}}),
    "101 options in a group": modal(blocks=[field(grouped(101))]),
}


@pytest.mark.parametrize("view", GOOD_VIEWS.values(), ids=GOOD_VIEWS)
def test_good_views_are_taken(view):
    assert check_view(view) == []


@pytest.mark.parametrize("view", BAD_VIEWS.values(), ids=BAD_VIEWS)
def test_bad_views_are_refused(view):
    assert check_view(view) != []
