"""What people type becomes what Slack sends."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.slack.escape import escape_command, escape_message
from playground.slack.workspace import Workspace
from tests.playground.slack.conftest import config

CASES = [
    ("@bob", "<@UBOB|bob>", "<@UBOB>"),
    ("ask @bob.", "ask <@UBOB|bob>.", "ask <@UBOB>."),
    ("#ops now", "<#COPS|ops> now", "<#COPS|ops> now"),
    ("@sre and @here", "<!subteam^S1|@sre> and <!here>", "<!subteam^S1> and <!here>"),
    ("see https://e.com/a?b=1#c", "see <https://e.com/a?b=1#c>", "see <https://e.com/a?b=1#c>"),
    ("@nobody #nowhere", "@nobody #nowhere", "@nobody #nowhere"),
    ("a & b < c", "a &amp; b &lt; c", "a &amp; b &lt; c"),
    ("<@UBOB> kept", "<@UBOB> kept", "<@UBOB> kept"),
    (
        "bob@example.com",
        "<mailto:bob@example.com|bob@example.com>",
        "<mailto:bob@example.com|bob@example.com>",
    ),
    ("@muster hi", "<@UBOT|muster> hi", "<@UBOT> hi"),
]


@pytest.fixture(scope="module")
def workspace():
    return Workspace(config())


@pytest.mark.parametrize(("typed", "command", "message"), CASES, ids=[case[0] for case in CASES])
def test_typed_text_is_marked_up(workspace, typed, command, message):
    assert escape_command(workspace, typed) == command
    assert escape_message(workspace, typed) == message


@given(st.text(alphabet=st.characters(exclude_characters="@#<>:/&"), max_size=80))
def test_plain_text_is_left_alone(text):
    assert escape_message(Workspace(config()), text) == text


@given(st.text(alphabet="ab@#<>&| !bob.ops:/http", max_size=60))
def test_nothing_typed_is_lost_and_no_bare_angle_is_left(text):
    marked = escape_message(Workspace(config()), text)
    bare = re.sub(r"<[^<>]+>", "", marked)
    assert "<" not in bare
    assert ">" not in bare
    kept = re.sub(r"<(?:https?://|mailto:|[@#!])[^<>]*>", "", marked)
    assert all(letter in text for letter in html.unescape(kept))
