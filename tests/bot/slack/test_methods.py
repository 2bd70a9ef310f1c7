"""Each scope stands beside the methods that need it; none is missing and none is too many."""

import json
import re
from pathlib import Path

import pytest

import commands
from bot.cli.main import main
from bot.cli.manifest import EVENTS, slack_manifest
from bot.slack.methods import (
    FORMS,
    HEARD,
    OF_A_WORKSPACE,
    PERSONAL,
    PRIVATE,
    READS,
    SCOPES,
    WITHOUT_SCOPE,
    methods,
    scopes,
)
from playground.slack import WorkspaceConfig, serve
from playground.slack.manifest import Manifest
from playground.slack.manifest_rules import EVENT_SCOPES, manifest_problems
from playground.slack.manifest_schema import schema_problems
from playground.slack.web import METHODS

BOT = Path(__file__).parents[3] / "bot"
FAMILIES = "auth|bookmarks|canvases|chat|conversations|files|oauth|pins|reactions|team|usergroups|users|views"
QUOTED = re.compile(rf'"((?:{FAMILIES})\.[a-zA-Z.0-9]+)"')
BY_SDK = re.compile(r"\bclient\.(auth_test|auth_teams_list|oauth_v2_access)\(")
URLS = (None, "https://muster.example.com/slack/events")


def called_in_the_source() -> set[str]:
    """Every method that a file of the bot names, but for the table itself and the words of refusals."""
    found: set[str] = set()
    for file in BOT.rglob("*.py"):
        if file.name in {"methods.py", "refusals.py"}:
            continue
        text = file.read_text()
        found |= set(QUOTED.findall(text))
        found |= {name.replace("_", ".") for name in BY_SDK.findall(text)}
    return found


def test_no_method_is_called_without_a_row_and_no_row_is_there_without_a_method():
    assert called_in_the_source() == methods()


def test_what_is_said_of_a_method_is_of_one_that_is_called():
    assert methods() >= READS | FORMS | PERSONAL | OF_A_WORKSPACE


def test_no_scope_is_asked_for_without_a_method_or_event_that_needs_it():
    for private in (False, True):
        manifest = slack_manifest(commands.registry(), None, private=private)
        asked = manifest["oauth_config"]["scopes"]["bot"]
        of_methods = {scope for table in (SCOPES, PRIVATE if private else {}) for scope in table}
        assert set(asked) == of_methods | set(HEARD)
        assert len(asked) == len(set(asked))
    assert not {*PRIVATE} & {*scopes()}


def test_each_row_has_just_the_scopes_that_slack_takes_for_the_method():
    """The local Slack says which scopes are enough for a method, as Slack documents them."""
    for method in methods() - WITHOUT_SCOPE:
        mine = {scope for table in (SCOPES, PRIVATE) for scope, of in table.items() if method in of}
        enough = set(METHODS[method].scopes)
        assert mine & enough, method
        assert mine <= enough | {"chat:write.public"}, method
    for method in WITHOUT_SCOPE & set(METHODS):
        assert METHODS[method].scopes == (), method


def test_each_event_has_its_scope():
    for event in EVENTS:
        needed = EVENT_SCOPES[event]
        assert not needed or any(event in HEARD.get(scope, ()) for scope in needed)


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("org_wide", [False, True])
def test_the_manifest_is_what_slacks_schema_asks_for(url, private, org_wide):
    manifest = slack_manifest(commands.registry(), url, private=private, org_wide=org_wide)
    assert schema_problems(manifest) == []
    assert manifest_problems(Manifest.of(manifest)) == []


def bad(change) -> dict:
    manifest = json.loads(json.dumps(slack_manifest(commands.registry(), URLS[1])))
    change(manifest)
    return manifest


BAD = {
    "no name": lambda m: m["display_information"].pop("name"),
    "long description": lambda m: m["display_information"].update(description="x" * 141),
    "colour": lambda m: m["display_information"].update(background_color="grey"),
    "unknown key": lambda m: m.update(colour="grey"),
    "unknown scope": lambda m: m["oauth_config"]["scopes"]["bot"].append("chat:wrote"),
    "scope twice": lambda m: m["oauth_config"]["scopes"]["bot"].append("chat:write"),
    "unknown event": lambda m: m["settings"]["event_subscriptions"]["bot_events"].append("app_mentioned"),
    "51 commands": lambda m: m["features"].update(
        slash_commands=[{"command": f"/c{n}", "description": "x"} for n in range(51)]
    ),
    "empty hint": lambda m: m["features"]["slash_commands"][0].update(usage_hint=""),
    "shortcut's name": lambda m: m["features"]["shortcuts"][0].update(name="x" * 25),
    "no address": lambda m: m["settings"]["interactivity"].update(request_url="muster.example.com"),
    "interactivity": lambda m: m["settings"]["interactivity"].pop("is_enabled"),
}


@pytest.mark.parametrize("change", BAD.values(), ids=BAD)
async def test_what_slacks_schema_refuses_does_not_start(change):
    manifest = bad(change)
    assert len(schema_problems(manifest)) == 1
    with pytest.raises(ValueError, match="Slack would refuse this manifest"):
        async with serve(WorkspaceConfig(manifest=manifest)):
            pass


def test_the_printed_manifest_follows_the_settings(monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setenv("MUSTER_PRIVATE_CHANNELS", "true")
    monkeypatch.setenv("MUSTER_TEAMS", "T012AB3CD")
    assert main(["manifest", "slack"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {"groups:read", "groups:history"} <= set(printed["oauth_config"]["scopes"]["bot"])
    assert printed["settings"]["org_deploy_enabled"] is True
