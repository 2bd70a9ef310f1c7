"""What the `muster` command says when something is not right: in words, and with what to type."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette

from bot.cli.main import main
from bot.cli.reference import settings_page
from bot.examples import CATALOG
from bot.serve import serving
from bot.settings import NotConfigured, Settings
from bot.web_server import CannotListen, listening
from tests.model.test_catalog_problems import GOOD


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_a_catalog_it_says_where_an_example_is(tmp_path, capsys):
    assert main(["check", "--offline"]) == 1
    said = capsys.readouterr().out
    assert f"MEND catalog: {tmp_path}/examples/catalog has no catalog" in said
    assert "muster check --catalog PATH" in said
    assert f"An example is in {CATALOG}" in said
    assert (CATALOG / "people.yaml").is_file()


def test_any_catalog_can_be_checked(capsys):
    assert main(["check", "--offline", "--catalog", str(CATALOG)]) == 0
    assert f"ok   catalog {CATALOG}: 5 systems" in capsys.readouterr().out


def test_a_mistake_is_shown_with_its_line_and_what_could_stand_there(tmp_path, capsys):
    text = GOOD.replace("target: {kind: box, host: a}", "target: {kind: rds, region: r, instance: a}")
    text = text.replace("target: {kind: box, host: b}", "target: {kind: rds, region: r, instance: b}")
    (tmp_path / "shop.yaml").write_text(text.replace("hard_max: 9", "hard_max: nine"))
    (tmp_path / "shop.txt.j2").write_text("{{ title }}")
    assert main(["check", "--offline", "--catalog", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert said.startswith(
        f"MEND catalog: {tmp_path}/shop.yaml:22: services[0].limits.hard_max: `nine` stands here.\n"
        "     22 | limits: {source: shop.md, hard_min: 1, hard_max: nine, "
        "soft_min: 2, soft_max: 4, normal: 3}\n"
        "     It may be a whole number, 1 or more.\n"
    )


@pytest.mark.parametrize(
    ("setting", "instead"),
    [("ops,incidnt", "Did you mean incident?"), ("incident", "such as ops,incident"), ("m*", "such as m-*")],
)
def test_slash_commands_that_are_not_to_be_had_are_refused_by_check_manifest_and_start(
    setting: str, instead: str, capsys, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MUSTER_SLASH", setting)
    assert main(["check", "--offline", "--catalog", str(CATALOG)]) == 1
    said = capsys.readouterr().out
    assert "MEND slash commands: MUSTER_SLASH: " in said and instead in said
    assert main(["manifest", "slack"]) == 1
    assert instead in capsys.readouterr().err
    settings = Settings(slack_bot_token="xoxb-1", slack_signing_secret="s", catalog=CATALOG)
    with pytest.raises(NotConfigured, match="MUSTER_SLASH"):
        asyncio.run(serving(settings).__aenter__())


def test_the_manifest_has_the_slash_commands_that_are_set(capsys, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MUSTER_SLASH", "m-ops,m-incident")
    assert main(["manifest", "slack"]) == 0
    features = json.loads(capsys.readouterr().out)["features"]
    assert [one["command"] for one in features["slash_commands"]] == ["/m-incident", "/m-ops"]
    assert main(["check", "--offline", "--catalog", str(CATALOG)]) == 0
    assert "ok   slash commands: 2, such as /m-incident and /m-ops" in capsys.readouterr().out


async def test_a_port_in_use_says_which_and_what_to_type(taken: int):
    with pytest.raises(CannotListen, match=f"^127.0.0.1:{taken} is in use.*: export MUSTER_PORT="):
        async with listening(Starlette(), "127.0.0.1", taken, "MUSTER_PORT"):
            pass


async def test_an_address_that_is_not_ours_says_so():
    with pytest.raises(CannotListen, match=r"192.0.2.1:0: .*Set MUSTER_PORT, or MUSTER_HOST\."):
        async with listening(Starlette(), "192.0.2.1", 0, "MUSTER_PORT"):
            pass


@pytest.mark.timeout(120)
def test_the_demo_on_a_port_in_use_says_what_to_type(taken: int, capsys):
    assert main(["demo", "--port", str(taken)]) == 1
    said = f"127.0.0.1:{taken} is in use. Choose another port: muster demo --port {taken + 1}\n"
    assert capsys.readouterr().err == said


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("folder", "why"), [("file", "is a file."), ("file/data", "cannot be made: not a directory.")]
)
def test_a_data_directory_that_cannot_be_made_is_told_in_words(tmp_path: Path, folder: str, why: str):
    (tmp_path / "file").write_text("")
    settings = {
        "MUSTER_DATA_DIR": str(tmp_path / folder),
        "MUSTER_CATALOG": str(CATALOG),
        "MUSTER_SLACK_BOT_TOKEN": "xoxb-1",
        "MUSTER_SLACK_SIGNING_SECRET": "s" * 32,
    }
    muster = [Path(sys.executable).parent / "muster", "run"]
    ended = subprocess.run(muster, env={"PATH": "/usr/bin:/bin", **settings}, capture_output=True, text=True)
    assert ended.returncode == 1
    said = f"The data directory {tmp_path / folder} {why} Set MUSTER_DATA_DIR to a folder"
    assert said in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


def test_every_setting_says_what_it_is():
    assert all(field.description for field in Settings.model_fields.values())
    assert "None" not in settings_page()
