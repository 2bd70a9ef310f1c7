"""What `pip install` of the wheel brings, and what a Muster without extras says and does."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import commands
from bot.cli.manifest import slack_manifest
from bot.clock import utc_now
from playground.environment import Plan, running_environment
from tests.crash.conftest import Bot
from tests.docs.test_container import ROOT, uv
from tests.end_to_end.conftest import CATALOG, Stage

pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("wheel")]
ROOMS = {"bot", "commands", "permissions", "backends", "journal", "model"}


@dataclass(frozen=True)
class Installed:
    """A virtual environment that has the wheel and nothing beside what it needs."""

    wheel: Path
    bin: Path

    def muster(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": "/usr/bin:/bin", "MUSTER_CATALOG": str(CATALOG), **more}
        command = [self.bin / "muster", *arguments]
        return subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True)

    def type(self, said: str) -> None:
        """Do what was said, `pip install …`, with the versions of the lock file."""
        pip, install, what = shlex.split(said)
        call(pip, install, "--python", str(self.bin / "python"), "--constraint", str(self.all_of_it), what)

    @property
    def all_of_it(self) -> Path:
        """What all extras need."""
        return self.wheel.parent / "all.txt"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    call("build", "--wheel", "--out-dir", str(folder))
    for name, extras in (("bare.txt", []), ("all.txt", ["--extra", "all"])):
        told = ["--frozen", "--no-dev", "--no-emit-workspace", "--no-hashes", *extras]
        call("export", *told, "--output-file", str(folder / name))
    (made,) = folder.glob("*.whl")
    return made


def install(wheel: Path, folder: Path) -> Installed:
    call("venv", "--python", sys.executable, str(folder / "venv"))
    python = str(folder / "venv" / "bin" / "python")
    call("pip", "install", "--python", python, "--requirement", str(wheel.parent / "bare.txt"))
    call("pip", "install", "--python", python, "--no-deps", str(wheel))
    return Installed(wheel, folder / "venv" / "bin")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(wheel, tmp_path_factory.mktemp("installed"))


def call(*arguments: str) -> None:
    environment = dict(os.environ)  # noqa: TID251  # passed on
    environment.pop("VIRTUAL_ENV", None)
    done = subprocess.run(
        [uv(), "--quiet", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_wheel_has_the_rooms_of_production_and_no_file_of_the_playground(installed: Installed):
    names = zipfile.ZipFile(installed.wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == ROOMS
    assert [name for name in names if "playground" in name] == []


def test_check_names_the_extras_that_are_missing_whom_they_reach_and_what_to_type(installed: Installed):
    told = installed.muster("check", "--offline")
    assert told.returncode == 1, told.stdout + told.stderr
    for extra, module, service in (
        ("aws", "botocore", "delivery-standard"),
        ("kubernetes", "kubernetes", "architect-api"),
        ("postgres", "asyncpg", "architect-db"),
    ):
        (line,) = [one for one in told.stdout.splitlines() if one.startswith(f"MEND extra {extra}: ")]
        assert f"{module} is not installed" in line
        assert service in line
        assert f"pip install 'muster-chatops[{extra}]'" in told.stdout
    assert "ok   extra charts: matplotlib is not installed; without it their charts are told in words" in (
        told.stdout
    )


def test_a_catalog_that_needs_no_extra_is_told_nothing_of_them(installed: Installed, tmp_path: Path):
    system, services = (CATALOG / "architect.yaml").read_text().split("services:")
    cache = services.split("  - id: architect-cache")[1]
    (tmp_path / "shop.yaml").write_text(f"{system}services:\n  - id: architect-cache{cache}")
    shutil.copytree(CATALOG / "templates", tmp_path / "templates")
    told = installed.muster("check", "--offline", MUSTER_CATALOG=str(tmp_path))
    assert told.returncode == 0, told.stdout + told.stderr
    assert "all that the catalog needs is installed" in told.stdout


def test_the_demo_is_elsewhere_and_says_where(installed: Installed):
    told = installed.muster("demo", "--port", "1")
    assert told.returncode == 1
    assert "python3 dev.py demo" in told.stderr
    assert installed.muster("demo", "--help").stderr == told.stderr


@pytest.fixture
async def bot(wheel: Path, tmp_path: Path) -> AsyncIterator[tuple[Bot, Installed]]:
    """A `muster run` without extras; what it is told to install is installed for it alone."""
    has = install(wheel, tmp_path)
    plan = Plan(slack_manifest(commands.registry(), "http://127.0.0.1/slack/events"), utc_now, pace_s=0.4)
    async with running_environment(plan) as place:
        made = Bot(place, tmp_path / "data", muster=has.bin / "muster")
        await made.start()
        yield made, has
        made.end()
        assert place.slack.workspace.refused == []


async def test_it_starts_without_them_says_what_to_type_and_works_when_that_was_typed(
    bot: tuple[Bot, Installed],
):
    running, has = bot
    stage = Stage(running.place, None, "")  # type: ignore[arg-type]  # the bot is another process
    said = {json.loads(one)["extra"] for one in running.said if '"event": "not installed"' in one}
    assert said == {"aws", "charts", "kubernetes", "postgres"}
    await stage.types("U0ANA", "/scale architect-api 6")
    await stage.whispers("pip install 'muster-chatops[kubernetes]'", "U0ANA")
    await stage.types("U0ANA", "/scale delivery-standard 6")
    await stage.whispers("pip install 'muster-chatops[aws]'", "U0ANA")
    running.kill()
    has.type("pip install 'muster-chatops[aws]'")
    await running.start()
    await stage.types("U0ANA", "/scale delivery-standard 6")
    await stage.shows("OP-3 · plan")
    await stage.types("U0ANA", "/metrics delivery-standard cpu")  # without charts in words
    message = await stage.shows("never over 80 %")
    assert "image" not in {block["type"] for block in message["blocks"]}
