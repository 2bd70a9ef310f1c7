"""Ids of streams, timers and buttons look as they always did: old journals and old messages go on working."""

import pytest

from bot.ids import ActionId, StreamId, TimerId


@pytest.mark.parametrize("text", ["run:OP-17", "clock:INC-3", "maintenance:MNT-2", "position:daily"])
def test_a_timer_is_written_as_it_is_read(text: str):
    assert str(TimerId.parse(text)) == text


def test_a_stream_and_a_timer_of_one_name_are_two_things():
    assert StreamId.parse("op:OP-1") == StreamId("op", "OP-1") != TimerId("op", "OP-1")


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("op.run", ActionId("op", "run")),
        ("maintenance.tick.backup", ActionId("maintenance", "tick", "backup")),
        ("runbook.open.data.loss", ActionId("runbook", "open", "data.loss")),
    ],
)
def test_a_button_is_written_as_it_is_read(text: str, action: ActionId):
    assert ActionId.parse(text) == action
    assert str(action) == text


@pytest.mark.parametrize("text", ["", ".", "op", "op."])
def test_a_button_of_no_form_has_no_verb(text: str):
    assert ActionId.parse(text).verb == ""
