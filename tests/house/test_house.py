"""The house keeps itself: imports go one way, types hold, style is one."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def run(*command: str) -> None:
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_rooms_import_only_what_they_may():
    run("lint-imports", "--no-cache")


def test_style_is_one():
    run("ruff", "check", ".")
    run("ruff", "format", "--check", ".")


@pytest.mark.timeout(400)
def test_types_hold_under_strict_checking():
    run("pyright")


def test_every_dependency_states_a_lower_bound():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    assert [one for one in asked if ">=" not in one] == []


def test_the_lock_file_names_only_the_public_registry():
    sources = set(re.findall(r'registry = "([^"]+)"', (ROOT / "uv.lock").read_text()))
    assert sources == {"https://pypi.org/simple"}


def test_nothing_in_production_can_unpickle():
    """What stands in Redis is read as names, numbers and JSON; code would be whoever's may write there."""
    rooms = ("bot", "commands", "permissions", "backends", "journal", "model")
    unpicklers = r"^\s*(?:import|from)\s+(?:pickle|_pickle|cloudpickle|dill|marshal|shelve|joblib|docket)\b"
    found = [
        str(file)
        for room in rooms
        for file in (ROOT / room).rglob("*.py")
        if re.search(unpicklers, file.read_text(), re.MULTILINE)
    ]
    assert found == []
