"""Whatever is installed, all that is said of every command shows only what can be typed."""

import re
from collections.abc import Iterator
from contextvars import copy_context
from dataclasses import replace

import pytest

from bot.cli.manifest import slack_manifest
from bot.listeners.forms import form_of
from bot.views.help import show_help
from bot.views.refusal import refusal
from model.context import RequestContext
from model.language.parse import parse
from model.refusal import Refused
from model.runbooks.traps import traps_in
from model.slash import ALL, Slash, install
from tests.commands.builders import NOW, REGISTRY, SETTING, incident
from tests.model.incidents.builders import CATALOG

SETTINGS = ["all", "ops,incident", "m-*", "m-ops,m-incident"]
SHOWN = re.compile(r"(?<![\w/.:<&-])/([a-z][a-z_-]*)")
"""A slash command in a text."""

SHELL = """aws ec2 authorize-security-group-ingress --cidr 0.0.0.0/0; aws secretsmanager get-secret-value;
aws lambda update-function-configuration --environment x; kubectl delete deploy x; redis-cli FLUSHALL;
psql db < dump; aws rds modify-db-instance --new-db-instance-identifier x"""
"""A step that repeats every trap of the runbooks."""


MISTYPED = ("", "scal api", "incidnt", "incident", "incident declar", "m-scal api", "ops helth x", "xyzzy")


def leaves(part: object) -> Iterator[str]:
    """Every text in blocks or a form."""
    if isinstance(part, str):
        yield part
    for one in part.values() if isinstance(part, dict) else part if isinstance(part, list | tuple) else ():
        yield from leaves(one)


def said() -> Iterator[str]:
    """Every text about every command: usage, examples, help, forms, what is refused, what is suggested."""
    yield from leaves(show_help(REGISTRY, frozenset(one.action for one in REGISTRY.commands)).blocks)
    world = RequestContext(NOW, CATALOG, REGISTRY, "C0OPS", new_id="X-1")
    for command in REGISTRY.commands:
        yield from (command.usage, command.typed, command.told, *command.examples_typed)
        for about in (None, incident()):
            yield from leaves(form_of(command, world, "", about))
        for words in (
            "",
            "nonsense",
            "architect-api nonsense",
            "architect-api dry extra words=1",
            "x y z a b",
        ):
            try:
                parse(command, words, replace(SETTING, service=None))
            except Refused as refused:
                yield from leaves(refusal(REGISTRY.typed(f"{command.name} {words}"), refused).blocks)
    for line in (
        "",
        "scal api",
        "incidnt",
        "incident declar",
        "incident assign ic",
        "m-scal api",
        "ops helth x",
        "xyzzy",
    ):
        with pytest.raises(Refused) as wrong:
            REGISTRY.find(line)
        yield from leaves(refusal(REGISTRY.typed(line), wrong.value).blocks)
    yield from (trap.suggestion for trap in traps_in(SHELL))


def not_installed(texts: Iterator[str], here: Slash) -> list[str]:
    """Slash commands in texts that nobody can type, as the app does not have them."""
    manifest = slack_manifest(REGISTRY, None, here)
    names = {one["command"] for one in manifest["features"]["slash_commands"]}
    return [
        f"{found[0]} in {text[max(0, found.start() - 60) : found.end() + 60]!r}"
        for text in texts
        for found in SHOWN.finditer(text)
        if f"/{found[1]}" not in names and f"/{found[1]}" not in WRONG
    ]


WRONG = {"/scal", "/incidnt", "/xyzzy", "/m-scal", "/helth"}
"""What was typed wrong: it is shown as it was typed, by the default setting with its slash."""


@pytest.mark.parametrize("setting", SETTINGS)
def test_what_is_said_of_a_command_is_what_can_be_typed(setting: str):
    here = Slash.of(setting, REGISTRY.slash)

    def look() -> tuple[list[str], list[str]]:
        install(here)
        texts = list(said())
        return texts, not_installed(iter(texts), here)

    texts, wrong = copy_context().run(look)
    assert len(texts) > 200
    assert wrong == []


def test_the_default_would_show_what_is_not_installed_elsewhere():
    wrong = not_installed(said(), Slash.of("m-*", REGISTRY.slash))
    assert any("/scale" in one for one in wrong)


@pytest.mark.parametrize(
    ("setting", "line", "typed"),
    [
        ("all", "scale api 5", "/scale api 5"),
        ("all", "ops approve OP-1", "/ops approve OP-1"),
        ("ops,incident", "scale api 5", "/ops scale api 5"),
        ("ops,incident", "incident ack", "/incident ack"),
        ("ops,incident", "/scale api 5", "/ops scale api 5"),
        ("m-*", "scale api /scale", "/m-scale api /scale"),
        ("m-*", "/m-scale api 5", "/m-scale api 5"),
        ("m-*", "ops approve OP-1", "/m-ops approve OP-1"),
        ("m-ops,m-incident", "undo OP-1", "/m-ops undo OP-1"),
    ],
)
def test_a_line_is_typed_as_the_workspace_has_it(setting: str, line: str, typed: str):
    assert Slash.of(setting, REGISTRY.slash).line(line) == typed


@pytest.mark.parametrize(
    ("setting", "instead"),
    [
        ("incident", "leaves out `ops`"),
        ("", "leaves out `ops`"),
        ("ops,incidnt", "Did you mean incident?"),
        ("ops,m-incident", "Did you mean incident?"),
        ("m-ops,incident", "Did you mean m-incident?"),
        ("ops,approve", "is no slash command of Muster"),
        ("m*", "ends with - or _"),
        ("*", "ends with - or _"),
        ("Ä-*", "small letters"),
        ("m-*,n-*", "more than one setting"),
        ("all,ops", "more than one setting"),
        ("a-prefix-that-is-too-long-*", "at most 20 characters"),
    ],
)
def test_a_setting_that_means_nothing_says_what_to_set(setting: str, instead: str):
    with pytest.raises(Refused) as refused:
        Slash.of(setting, REGISTRY.slash)
    assert instead in str(refused.value)


@pytest.mark.parametrize(
    "line", ["m-scale api 5", "/m-scale api 5", "m-ops scale api 5", "ops /m-scale api 5"]
)
def test_what_was_copied_with_its_prefix_is_understood_behind_ops_and_after_a_mention(line: str):
    def look() -> tuple[str, str]:
        install(Slash.of("m-*", REGISTRY.slash))
        command, text = REGISTRY.find(line)
        return command.name, text

    assert copy_context().run(look) == ("scale", "api 5")


def test_by_default_every_command_has_its_own_name():
    assert Slash.of("all", REGISTRY.slash) == ALL
    assert ALL.installs((*REGISTRY.slash, "ops")) == (*REGISTRY.slash, "ops")
