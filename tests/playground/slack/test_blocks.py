"""Every element has the state Slack gives it, untouched and touched."""

import pytest

from playground.slack.blocks import find_element, initial_state, state_for, with_ids
from tests.playground.slack.test_checks import LINE, SELECT, actions, button, field, options, section

THREE = options(3)
TOUCHED = [
    ({"type": "plain_text_input"}, "hi", {"value": "hi"}),
    ({"type": "number_input"}, "3", {"value": "3"}),
    ({"type": "datepicker"}, "2026-03-01", {"selected_date": "2026-03-01"}),
    ({"type": "timepicker"}, "14:02", {"selected_time": "14:02"}),
    ({"type": "datetimepicker"}, 1700000000, {"selected_date_time": 1700000000}),
    ({"type": "users_select"}, "UBOB", {"selected_user": "UBOB"}),
    ({"type": "multi_users_select"}, ["UBOB"], {"selected_users": ["UBOB"]}),
    ({"type": "channels_select"}, "COPS", {"selected_channel": "COPS"}),
    ({"type": "conversations_select"}, "COPS", {"selected_conversation": "COPS"}),
    ({"type": "multi_conversations_select"}, ["COPS"], {"selected_conversations": ["COPS"]}),
    ({"type": "static_select", "options": THREE}, "1", {"selected_option": THREE[1]}),
    ({"type": "static_select", "option_groups": [{"options": THREE}]}, "2", {"selected_option": THREE[2]}),
    ({"type": "static_select", "options": THREE}, None, {"selected_option": None}),
    ({"type": "multi_static_select", "options": THREE}, ["0"], {"selected_options": [THREE[0]]}),
    ({"type": "radio_buttons", "options": THREE}, "0", {"selected_option": THREE[0]}),
    ({"type": "checkboxes", "options": THREE}, ["0", "2"], {"selected_options": [THREE[0], THREE[2]]}),
    (
        {"type": "static_select", "options": THREE},
        {"selected_option": THREE[0]},
        {"selected_option": THREE[0]},
    ),
]


@pytest.mark.parametrize(("element", "value", "state"), TOUCHED)
def test_a_touched_element_has_its_value_under_slacks_name(element, value, state):
    assert state_for({"action_id": "a", **element}, value) == {"type": element["type"], **state}


def test_an_external_select_takes_any_value():
    chosen = state_for({"action_id": "a", "type": "external_select"}, "architect-api")["selected_option"]
    assert chosen["value"] == "architect-api"


def test_untouched_elements_have_their_initial_value_or_nothing():
    blocks = [
        field({**LINE, "initial_value": "6"}, block_id="a"),
        field({**SELECT, "options": THREE, "initial_option": THREE[1]}, block_id="b"),
        field({"type": "checkboxes", "action_id": "c", "options": THREE}, block_id="c"),
        {**actions(button()), "block_id": "d"},
    ]
    assert initial_state(blocks) == {
        "a": {"line": {"type": "plain_text_input", "value": "6"}},
        "b": {"pick": {"type": "static_select", "selected_option": THREE[1]}},
        "c": {"c": {"type": "checkboxes", "selected_options": []}},
    }


def test_ids_are_given_where_they_were_left_out_and_only_there():
    plain = {"type": "button", "text": {"type": "plain_text", "text": "x"}}
    given = with_ids([section(accessory=plain), section(block_id="mine", accessory=button())])
    assert given[0]["block_id"]
    assert given[0]["accessory"]["action_id"]
    assert (given[1]["block_id"], given[1]["accessory"]["action_id"]) == ("mine", "go")
    assert "action_id" not in plain


def test_an_element_is_found_in_the_block_that_was_named():
    blocks = with_ids([section(block_id="a", accessory=button()), section(block_id="b", accessory=button())])
    found = find_element(blocks, "go", "b")
    assert found is not None
    assert found[0]["block_id"] == "b"
    assert find_element(blocks, "stop", None) is None
