"""A manifest that Slack would refuse does not start a workspace."""

import copy

import pytest

from playground.slack import serve
from playground.slack.manifest import Manifest
from playground.slack.manifest_rules import manifest_problems
from tests.playground.slack.conftest import MANIFEST, config


def changed(**parts):
    manifest = copy.deepcopy(MANIFEST)
    features, scopes = manifest["features"], manifest["oauth_config"]["scopes"]
    features["slash_commands"] = parts.get("commands", features["slash_commands"])
    scopes["bot"] = parts.get("scopes", scopes["bot"])
    manifest["settings"]["event_subscriptions"]["bot_events"] = parts.get("events", ["app_mention"])
    manifest["display_information"]["name"] = parts.get("name", "Muster")
    return manifest


BAD = {
    "event without its scope": changed(scopes=["commands"], events=["app_mention"]),
    "event nobody sends": changed(events=["app_mentioned"]),
    "commands without the scope": changed(scopes=["app_mentions:read"]),
    "capital letters": changed(commands=[{"command": "/Scale", "description": "x"}]),
    "no description": changed(commands=[{"command": "/scale"}]),
    "long hint": changed(commands=[{"command": "/scale", "description": "x", "usage_hint": "x" * 1001}]),
    "twice": changed(commands=[{"command": "/scale", "description": "x"}] * 2),
    "long name": changed(name="x" * 36),
}


def test_the_manifest_of_these_tests_is_taken():
    assert manifest_problems(Manifest.of(MANIFEST)) == []


@pytest.mark.parametrize("manifest", BAD.values(), ids=BAD)
def test_what_slack_refuses_is_a_problem(manifest):
    assert len(manifest_problems(Manifest.of(manifest))) == 1


async def test_a_workspace_with_a_bad_manifest_does_not_start():
    with pytest.raises(ValueError, match="app_mentioned"):
        async with serve(config(manifest=BAD["event nobody sends"])):
            pass
