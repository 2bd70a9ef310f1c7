"""Variables are read as they are typed, and a secret is only ever named."""

import pytest

from model.changes import Configure, Deploy
from model.outcomes import ProposeChange, RunQuery
from model.queries import ConfigQuery
from model.refusal import Refused
from tests.commands.builders import decided, incident


@pytest.mark.parametrize(
    ("line", "variables"),
    [
        ("config miyabi-api set RUST_LOG=debug", {"RUST_LOG": "debug"}),
        ("config miyabi-api set PORT=80 dry=yes", {"PORT": "80", "dry": "yes"}),
        ("config miyabi-api set A=b=c B=“two words” C=x.", {"A": "b=c", "B": "two words", "C": "x."}),
        ("config miyabi-api set RUST_LOG＝info because noisy=yes", {"RUST_LOG": "info"}),
        ('config miyabi-api set SAYS="not because of you"', {"SAYS": "not because of you"}),
        ("config miyabi-api set JWT_SECRET=secret:a/b", {"JWT_SECRET": "secret:a/b"}),
    ],
)
def test_pairs_are_variables_and_never_options(line: str, variables: dict[str, str]):
    outcome = decided(line)
    assert isinstance(outcome, ProposeChange)
    assert outcome.change == Configure(set=variables)


@pytest.mark.parametrize(
    ("typed", "what", "instead"),
    [
        ("RUST_LOG=", "`RUST_LOG` has no value", "RUST_LOG=VALUE"),
        ('RUST_LOG=" "', "`RUST_LOG` has no value", "RUST_LOG=VALUE"),
        ("RUST-LOG=debug", "`RUST-LOG` is no name", "LOG_LEVEL=debug"),
        ("9LIVES=1", "`9LIVES` is no name", "not a digit first"),
        ("=1", "A pair without a key", "LOG_LEVEL=debug"),
        ("RUST_LOG debug", "`RUST_LOG` is not KEY=VALUE", "LOG_LEVEL=debug"),
        ("RUST_LOG = debug", "`RUST_LOG` is not KEY=VALUE", "LOG_LEVEL=debug"),
        ("A=1 A=2", "`A` is given twice", "once"),
        ("--rust-log debug", "`--rust-log` is not an option", "Usage"),
        ("", "KEY=VALUE is missing", "Usage"),
        ("JWT_SECRET=hunter2", "is a secret", "JWT_SECRET=secret:NAME"),
        ("SITE=https://me:hunter2@x.invalid", "looks like a secret", "SITE=secret:NAME"),
        ("HOOK=[secret removed]", "was struck out", "KEY=secret:NAME"),
        ("JWT_SECRET=[secret removed]", "was struck out", "KEY=secret:NAME"),
    ],
)
def test_what_is_no_pair_is_refused_with_what_to_type_and_no_secret_is_repeated(
    typed: str, what: str, instead: str
):
    with pytest.raises(Refused) as refused:
        decided(f"config miyabi-api set {typed}")
    assert what in refused.value.what
    assert instead in refused.value.instead
    assert "hunter2" not in f"{refused.value.what}{refused.value.instead}{refused.value.suggestions}"


def test_in_an_incidents_channel_the_service_may_be_left_out():
    outcome = decided("config set RUST_LOG=debug", here=incident())
    assert isinstance(outcome, ProposeChange)
    assert (outcome.service.id, outcome.change) == ("miyabi-api", Configure(set={"RUST_LOG": "debug"}))


def test_without_set_the_configuration_is_looked_at():
    outcome = decided("config miyabi-api")
    assert isinstance(outcome, RunQuery)
    assert outcome.question == ConfigQuery()


@pytest.mark.parametrize(
    ("typed", "version"),
    [
        ("15", "15"),
        ("v2.4.2", "v2.4.2"),
        ("Latest", "latest"),
        ("stable", "stable"),
        ("main-3f2a", "main-3f2a"),
    ],
)
def test_deploy_takes_a_version_or_latest(typed: str, version: str):
    outcome = decided(f"deploy miyabi-api {typed}")
    assert isinstance(outcome, ProposeChange)
    assert outcome.change == Deploy(version=version)


def test_two_words_are_no_version():
    with pytest.raises(Refused, match="not a version"):
        decided("deploy miyabi-api the stable")
