"""Words behind the service name a command of their own: `/db architect-db kill-idle`."""

from typing import Annotated

import pytest

from model.language.declare import Kind, command
from model.language.parameters import AService, Duration, OneOf
from model.language.parse import parse, render
from model.language.registry import Registry
from model.refusal import Refused
from tests.commands.builders import SETTING


@command("db", "Look at a database", Kind.LOOK)
def look(
    ask: object, service: AService, view: Annotated[str, OneOf("VIEW", choices=("locks", "slow"))]
) -> None:
    """Declared for these tests."""


@command("db SERVICE kill-idle", "End idle sessions", Kind.CHANGE)
def kill_idle(ask: object, service: AService, *, older: Annotated[object, Duration()] = None) -> None:
    """Declared for these tests."""


REGISTRY = Registry.of([look, kill_idle])


@pytest.mark.parametrize(
    ("line", "action", "rest"),
    [
        ("db architect-api locks", "db", "architect-api locks"),
        ("db architect-api kill-idle", "db.kill-idle", "architect-api"),
        ("db architect-api kill-idle --older 10m", "db.kill-idle", "architect-api --older 10m"),
        ("DB architect-api KILL-IDLE dry", "db.kill-idle", "architect-api dry"),
        ("db kill-idle older=10m", "db.kill-idle", "older=10m"),
        ("ops db architect-api kill-idle", "db.kill-idle", "architect-api"),
        ('db architect-api "kill-idle"', "db", 'architect-api "kill-idle"'),
    ],
)
def test_the_word_behind_the_service_chooses_the_command(line: str, action: str, rest: str):
    found, text = REGISTRY.find(line)
    assert (found.action, text) == (action, rest)


def test_it_is_written_where_it_is_typed():
    found, text = REGISTRY.find("db architect-api kill-idle older=10m because full")
    request = parse(found, text, SETTING)
    line = render(request)
    assert line == "/db architect-api kill-idle older=10m because full"
    again, rest = REGISTRY.find(line)
    assert parse(again, rest, SETTING) == request


def test_usage_shows_it_behind_the_service():
    assert kill_idle.usage == "/db SERVICE kill-idle [older=DURATION] [dry] [because …]"
    assert kill_idle.path == ("db", "kill-idle")


def test_a_word_too_far_behind_is_told_and_nothing_runs():
    found, text = REGISTRY.find("db architect-api locks kill-idle")
    with pytest.raises(Refused):
        parse(found, text, SETTING)
