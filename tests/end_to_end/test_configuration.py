"""Configuration looked at and set, memory, and versions put live, from Slack to the function's alias."""

from pathlib import Path

import pytest

from playground.aws.functions import Function
from playground.aws.seed_lambda import BRUTAL_VARIABLES, MIYABI_VARIABLES
from playground.aws.services.secrets import Secrets
from tests.end_to_end.conftest import Stage, everything

SECRET = "JWT_SECRET=secret:miyabi/prod/jwt-secret"


def function(stage: Stage, name: str = "miyabi-api-production") -> Function:
    return stage.town.aws.world.region("ap-northeast-1").functions[name]


def live(stage: Stage) -> dict:
    """What callers of production reach."""
    found = function(stage)
    return found.versions[found.aliases["production"].version].settings


def secrets(stage: Stage) -> set[str]:
    """Every secret value that the clouds hold."""
    regions = ("ap-northeast-1", "us-west-2", "us-east-1")
    stored = [stage.town.aws.world.region(name).state(Secrets).held.values() for name in regions]
    named = ("JWT_SECRET", "DATABASE_URL", "GITHUB_CLIENT_SECRET")
    held = {MIYABI_VARIABLES[name] for name in named} | {BRUTAL_VARIABLES["JWT_SECRET"]}
    return held | {one.value for each in stored for one in each} | {"not-a-real-password"}


def everywhere(stage: Stage, folder: Path) -> str:
    """All that Slack was sent, and all that the journal ever wrote."""
    workspace = stage.slack.workspace
    rooms = [everything(one) + str(one) for room in workspace.rooms for one in workspace.messages(room)]
    private = [str(workspace.ephemerals(user)) for user in ("U0ANA", "U0EVE")]
    written = [path.read_bytes() for path in (folder / "data").rglob("*") if path.is_file()]
    assert any(b"{muster}:audit" in one for one in written), "the journal is not read as text"
    return "\n".join([*rooms, *private, *(one.decode(errors="replace") for one in written)])


@pytest.mark.procedure("config")
async def test_a_configuration_is_shown_with_fingerprints_for_secrets(stage: Stage):
    await stage.types("U0ANA", "/config miyabi-api")
    shown = everything(await stage.whispers("version 14 (production)", "U0ANA"))
    assert "RUST_LOG" in shown
    assert "512 MiB" in shown
    assert "Secrets" in shown
    await stage.types("U0ANA", "/config miyabi-api-staging")
    other = everything(await stage.whispers("version 16 (staging)", "U0ANA"))
    fingerprint = next(line.split()[-1] for line in shown.splitlines() if "JWT_SECRET" in line)
    assert fingerprint in other
    assert not [secret for secret in secrets(stage) if secret in shown + other]


async def test_who_may_not_know_which_secrets_there_are_is_shown_the_rest(stage: Stage):
    await stage.types("U0EVE", "/config miyabi-api")
    shown = everything(await stage.whispers("version 14 (production)", "U0EVE"))
    assert "RUST_LOG" in shown
    assert "JWT_SECRET" not in shown
    assert "Secrets are shown to owners" in shown


@pytest.mark.procedure("config-set")
async def test_a_variable_is_set_published_and_taken_back_by_undo(stage: Stage):
    finished = await stage.changes("U0ANA", "/config miyabi-api set RUST_LOG=debug because 5xx since 14:02")
    assert "RUST_LOG info → debug" in everything(finished)
    assert stage.cloud_changes() == ["UpdateFunctionConfiguration", "PublishVersion", "UpdateAlias"]
    assert live(stage)["Environment"]["Variables"]["RUST_LOG"] == "debug"
    await stage.changes("U0ANA", "/undo OP-1 because it is found", 2)
    assert live(stage)["Environment"]["Variables"] == {**MIYABI_VARIABLES, "ENVIRONMENT": "production"}


async def test_a_variable_is_taken_away_and_written_back_by_undo(stage: Stage):
    before = live(stage)["Environment"]["Variables"]
    finished = await stage.changes("U0ANA", "/config miyabi-api unset RUST_LOG because the default will do")
    assert "RUST_LOG info → not set" in everything(finished)
    assert live(stage)["Environment"]["Variables"] == {k: v for k, v in before.items() if k != "RUST_LOG"}
    await stage.changes("U0ANA", "/undo OP-1 because it will not", 2)
    assert live(stage)["Environment"]["Variables"] == before


async def test_a_variable_that_is_not_there_is_refused_with_the_nearest(stage: Stage):
    await stage.types("U0ANA", "/config miyabi-api unset RUST_LOGS because the default will do")
    told = everything(await stage.whispers("has no variable", "U0ANA"))
    assert "Did you mean `RUST_LOG`?" in told
    assert stage.cloud_changes() == []


@pytest.mark.procedure("config-set")
async def test_a_secret_is_named_and_is_nowhere_but_in_the_function(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    await stage.types(
        "U0ANA", "/config miyabi-api set DATABASE_URL=secret:miyabi/prod/nothing because rotated"
    )
    await stage.whispers("no secret miyabi/prod/nothing", "U0ANA")
    finished = await stage.changes("U0ANA", f"/config miyabi-api set {SECRET} because it was rotated", 2)
    assert "secret miyabi/prod/jwt-secret" in everything(finished)
    await stage.presses("U0ANA", finished, "op.details")
    stored = stage.town.aws.world.region("ap-northeast-1").state(Secrets).held
    assert live(stage)["Environment"]["Variables"]["JWT_SECRET"] == stored["miyabi/prod/jwt-secret"].value
    said = everywhere(stage, tmp_path) + caplog.text + "".join(capsys.readouterr())
    assert "miyabi/prod/jwt-secret" in said
    assert not [secret for secret in secrets(stage) if secret in said]


@pytest.mark.parametrize("typed", ["JWT_SECRET=hunter2hunter2", 'SIGNING_KEY="hunter2hunter2 x"'])
async def test_a_secret_that_was_typed_is_refused_and_goes_no_further(
    stage: Stage,
    typed: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
):
    answer = str(await stage.types("U0ANA", f"/config miyabi-api set {typed} because rotated"))
    assert "KEY=secret:NAME" in answer
    said = answer + everywhere(stage, tmp_path) + caplog.text + "".join(capsys.readouterr())
    assert "hunter2" not in said
    assert stage.cloud_changes() == []


@pytest.mark.procedure("memory")
async def test_memory_is_set_published_and_pointed_to(stage: Stage):
    finished = await stage.changes("U0ANA", "/scale miyabi-api memory=1024 because P95 over 500 ms")
    assert "memory 512 MiB → 1,024 MiB" in everything(finished)
    assert live(stage)["MemorySize"] == 1024


@pytest.mark.procedure("deploy")
async def test_a_version_goes_live_after_it_ran_in_staging(stage: Stage):
    for name in ("miyabi-api-production", "miyabi-api-staging"):
        function(stage, name).latest.settings["CodeSha256"] = "of the new release"
    await stage.types("U0ANA", "/deploy miyabi-api latest because release 0.2.0")
    refused = everything(await stage.whispers("miyabi-api-staging does not run this code", "U0ANA"))
    assert "/deploy miyabi-api-staging latest" in refused
    await stage.changes("U0ANA", "/deploy miyabi-api-staging latest", 2)
    await stage.types("U0ANA", "/deploy miyabi-api latest because release 0.2.0")
    plan = await stage.shows("OP-3 · plan")
    assert "miyabi-api-staging is ok now" in everything(plan)
    await stage.confirms("U0ANA", plan)
    finished = await stage.shows("OP-3 · ✅ Done")
    assert "version 14 → a new version" in everything(finished)
    assert live(stage)["CodeSha256"] == "of the new release"
    await stage.presses("U0ANA", finished, "op.undo")
    assert "version 15 → version 14" in everything(await stage.shows("OP-4 · plan"))


async def test_a_version_that_is_not_there_is_told_with_those_there_are(stage: Stage):
    await stage.types("U0ANA", "/deploy miyabi-api-staging 99")
    assert "`16`" in everything(await stage.whispers("has no version 99", "U0ANA"))
