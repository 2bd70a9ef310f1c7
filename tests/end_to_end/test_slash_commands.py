"""Workspaces with other apps: which slash commands are installed is a setting, and every text obeys it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import commands
from bot.cli.manifest import slack_manifest
from model.slash import Slash
from tests.end_to_end.conftest import INCIDENTS, OPS, Stage, everything, staged

REGISTRY = commands.registry()
SETTINGS = ["all", "ops,incident", "m-*"]
TITLE = "Elevated 5xx on /health since /scale api 3"
"""People's own words, which are nobody's to rewrite."""

MISTYPED = "scael"
"""A word that no command has; it comes back as it was typed."""

_VERBS = "|".join((*REGISTRY.verbs, "ops"))
COMMAND = re.compile(rf"(?<![\w/.:<&>-])/((?:m-)?(?:{_VERBS}))(?![\w/-])([^`\n]*)")
"""A command in a text, with what stands behind it."""


class Play:
    """One setting's commands on a stage. `line` is written without a slash, as by default."""

    def __init__(self, stage: Stage, setting: str) -> None:
        self.stage, self.here = stage, Slash.of(setting, REGISTRY.slash)
        manifest = slack_manifest(REGISTRY, None, self.here)
        self.installed = {one["command"] for one in manifest["features"]["slash_commands"]}

    async def types(self, user: str, line: str, channel: str = OPS):
        return await self.stage.types(user, self.here.line(line), channel)

    def wrong(self) -> list[str]:
        """What Muster showed and nobody can type: no such slash command, or no such words behind it."""
        found: list[str] = []
        for text in sent(self.stage):
            for one in COMMAND.finditer(text.replace(TITLE, "")):
                if f"/{one[1]}" not in self.installed or not self._is_known(one[1] + one[2]):
                    found.append(text[max(0, one.start() - 80) : one.end() + 40])
        return found

    def _is_known(self, line: str) -> bool:
        words = [re.sub(r"\W+$", "", word) for word in line.removeprefix(self.here.prefix).split()]
        words = words[1:] if words[0] == "ops" else words
        return not words or words[0] in (*REGISTRY.verbs, MISTYPED, "")


def sent(stage: Stage) -> Iterator[str]:
    """Every text that Muster sent: in calls of the Web API, and in its answers to requests."""
    for call in stage.slack.workspace.calls:
        yield from leaves(call.args)
    for delivered in stage.slack.workspace.deliveries:
        yield from leaves(delivered.ack.body)


def leaves(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    for one in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from leaves(one)


@pytest.mark.parametrize("setting", SETTINGS)
async def test_every_command_that_is_shown_can_be_typed(tmp_path: Path, setting: str):
    async with staged(tmp_path, "http", slash=setting) as stage:
        play = Play(stage, setting)
        await incident(play)
        await changes(play)
        await looks(play)
        await refusals(play)
        await forms(play)
        await stage.settles()
        shown = [found for text in sent(stage) for found in COMMAND.findall(text)]
        assert len(shown) > 100
        assert play.wrong() == []
        assert any(TITLE in text for text in sent(stage))


async def incident(play: Play) -> None:
    stage = play.stage
    await play.types("U0ANA", f"incident declare SEV2 miyabi-api {TITLE}", INCIDENTS)
    headline = await stage.shows("INC-1", INCIDENTS)
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1"))
    await stage.shows(TITLE, room)
    await stage.slack.wait_for(lambda: "U0ANA" in stage.slack.workspace.room(room).members)
    await play.types("U0ANA", "incident update Identified A bad release", room)
    await stage.shows("A bad release", room)
    for line in ("incident timeline", "incident show", "incident list", "incident escalate", "incident ack"):
        await play.types("U0ANA", line, room)
    await play.types("U0ANA", "incident tick acknowledge", room)
    await play.types("U0ANA", "incident resolve It is over", room)
    await stage.timeline("INC-1", "It is over")
    await play.types("U0ANA", "incident postmortem", room)
    assert headline


async def changes(play: Play) -> None:
    stage = play.stage
    await stage.changes("U0ANA", play.here.line("scale architect-api 6"))
    again = await play.types("U0ANA", "ops run OP-1")
    assert "OP-1" in str(again.body)
    await play.types("U0ANA", "undo OP-1 because it was enough")
    await stage.confirms("U0ANA", await stage.shows("OP-2 · plan"))
    await stage.shows("OP-2 · ✅ Done")
    await play.types("U0ANA", "undo OP-1")
    await play.types("U0ANA", "scale architect-api 7 dry")
    await stage.shows("OP-3")
    ack = await play.types("U0ANA", "ops run OP-3")
    assert play.here.line("scale architect-api 7") in str(ack.body)
    await play.types("U0ANA", "ops cancel OP-3")
    await play.types("U0ANA", "restart architect-api --hard")
    await stage.shows("OP-4 · plan")
    await play.types("U0ANA", "ops cancel OP-4")
    await play.types("U0ANA", "ops run OP-4")


async def looks(play: Play) -> None:
    stage = play.stage
    for line in (
        "health architect-api",
        "health miyabi-infra",
        "history delivery-standard",
        "runbook architect-api",
    ):
        await play.types("U0ANA", line)
    await play.types("U0ANA", "runbook architect-api")
    await play.types("U0ANA", "runbook architect-api api-down")
    book = everything(await stage.shows("RB-1"))
    assert f"`{play.here.line('health architect-api')}`" in book
    await stage.slack.as_user("U0ANA").open_home()
    await stage.slack.wait_for(lambda: stage.slack.workspace.home("U0ANA"))


async def refusals(play: Play) -> None:
    ack = await play.types("U0ANA", "scale architect-apu 6")
    assert play.here.line("scale architect-api 6") in str(ack.body)
    ack = await play.types("U0ANA", f"ops {MISTYPED} architect-api 6")
    assert play.here.line("scale") in str(ack.body)
    for line in (
        "scale architect-api", "scale architect-api min=4 max=2", "scale delivery-standard 99999", "undo",
        "deploy architect-api a:b:c", "config architect-api unset NO_SUCH", "restore miyabi-db", "undo OP-99",
        "restore architect-db NO_SUCH", "block miyabi-dev 10.0.0.1/8", "db architect-db",
        "incident ack", "incident status", "incident update INC-9 x", "maintenance start", "maintenance list",
        "runbook architect-api no-such", "ops trust operators nobody", "ops resume nothing", "ops run OP-1",
        "maintenance schedule architect-db yesterday 1h x", "ops approve OP-1", "ops abort OP-1", "scale 5",
        "incident declare SEV9 miyabi-api x", "incident note", "health nothing", "scale miyabi-api hundred",
        "rollback miyabi-infra", "backup miyabi-api", "ops help",
    ):  # fmt: skip
        await play.types("U0ANA", line)
    await play.types("U0EVE", "rollback delivery-standard")
    await play.stage.slack.as_user("U0ANA").say(OPS, f"<@UBOT> {MISTYPED} architect-api 6")
    await play.stage.slack.as_user("U0ANA").say(OPS, "<@UBOT> help")


async def forms(play: Play) -> None:
    for command in REGISTRY.commands:
        if command.has_form:
            await play.types("U0ANA", command.name if command.is_own else f"ops {command.name}", INCIDENTS)


async def test_a_form_and_a_mistake_in_it_are_in_the_workspace_s_words(tmp_path: Path):
    async with staged(tmp_path, "http", slash="m-*") as stage:
        await stage.types("U0ANA", "/m-scale")
        view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None))[-1]
        assert view["title"]["text"] == "/m-scale"
        view = await stage.chooses("U0ANA", view, "architect-api")
        assert "Or type `/m-scale architect-api 6`" in str(view["blocks"])
        ack = await stage.slack.as_user("U0ANA").submit(view, {"count": "many"})
        assert "many" in str(ack.body["errors"])


@pytest.mark.parametrize("setting", ["ops,incident", "m-*"])
async def test_what_was_typed_comes_back_as_it_was_typed(tmp_path: Path, setting: str):
    async with staged(tmp_path, "http", slash=setting) as stage:
        typed = Slash.of(setting, REGISTRY.slash).line("scale architect-api because /health is red")
        ack = await stage.types("U0ANA", typed)
        assert f"You typed: {typed}" in str(ack.body)


async def test_another_app_that_has_the_same_commands_takes_none_of_muster_s(tmp_path: Path):
    async with staged(tmp_path, "http", slash="m-*") as stage:
        stage.slack.workspace.taken |= {"/health", "/logs", "/scale"}
        await stage.types("U0ANA", "/m-scale architect-api 6")
        await stage.shows("OP-1 · plan")


async def test_by_default_the_app_that_was_installed_last_gets_a_command_and_ops_still_works(stage: Stage):
    stage.slack.workspace.taken.add("/scale")
    await stage.types("U0ANA", "/scale architect-api 6")
    assert stage.slack.workspace.deliveries == []
    await stage.types("U0ANA", "/ops scale architect-api 6")
    await stage.shows("OP-1 · plan")
