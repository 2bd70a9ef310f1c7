"""The house keeps itself: imports go one way, types hold, style is one."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import grimp
import pytest

from model.extras import MODULES, PACKAGE

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


FLOORS = 10
"""Of the way from `muster` down: command, server, app, features, their services, and four of Slack's own
(who is told, where, by which call, why it was refused). Fewer would hide a floor, not take one away."""


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


@pytest.mark.parametrize("folder", [ROOT, ROOT / "playground"], ids=["muster", "playground"])
def test_every_dependency_states_a_lower_bound(folder: Path):
    told = tomllib.loads((folder / "pyproject.toml").read_text())
    groups = [*told["project"].get("optional-dependencies", {}).values()]
    groups += [told["project"]["dependencies"], *told.get("dependency-groups", {}).values()]
    own = told["project"]["name"]  # an extra that is several others names its own project, of this version
    asked = [one for group in [*groups, told["build-system"]["requires"]] for one in group]
    assert [one for one in asked if ">=" not in one and not one.startswith(f"{own}[")] == []


def test_extras_are_those_that_the_code_names_and_all_is_all_of_them():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = told["optional-dependencies"]
    assert extras.pop("all") == [f"{PACKAGE}[{','.join(sorted(extras))}]"]
    assert told["name"] == PACKAGE
    assert {name: re.split("[>=]", one)[0] for name, (one,) in extras.items()} == MODULES


def test_what_an_extra_brings_is_imported_late():
    """Within functions, so that nothing of it is needed to start."""
    late = "|".join(MODULES.values())
    whole = {
        "bot/views/chart/card.py",
        "bot/views/chart/canvas.py",
    }  # imported when it is drawn
    rooms = ("bot", "commands", "permissions", "backends", "journal", "model")
    found = [
        str(file)
        for room in rooms
        for file in (ROOT / room).rglob("*.py")
        if str(file.relative_to(ROOT)) not in whole
        and re.search(rf"^(?:import|from)\s+(?:{late})\b", file.read_text(), re.MULTILINE)
    ]
    assert found == []


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


def test_no_function_is_longer_than_a_page():
    rooms = ("bot", "commands", "permissions", "backends", "journal", "model", "playground")
    found = [
        f"{file}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for room in rooms
        for file in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= 60
    ]
    assert found == []


def test_no_way_down_the_imports_of_the_bot_has_more_floors_than_it_needs():
    graph = grimp.build_graph("bot")

    @cache
    def way(module: str) -> tuple[str, ...]:
        below = [way(one) for one in graph.find_modules_directly_imported_by(module)]
        return (module, *max(below, key=len, default=()))

    longest = max((way(module) for module in graph.modules), key=len)
    assert len(longest) <= FLOORS, " > ".join(longest)
