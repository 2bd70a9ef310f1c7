"""The worked examples of CONTRIBUTING.md hold: each is a whole change, and it touches one folder."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
ROOMS = ("bot", "commands", "permissions", "backends", "journal", "model", "tests")
FOLDER = {
    "command.diff": "commands",
    "incident-event.diff": "model/incidents",
    "backend.diff": "backends",
}


def touched(diff: Path) -> list[str]:
    """The files that a diff makes or changes."""
    return re.findall(r"^\+\+\+ b/(\S+)$", diff.read_text(), re.MULTILINE)


def test_every_example_is_named_here_and_shown_to_newcomers():
    told = (ROOT / "CONTRIBUTING.md").read_text()
    assert {one.name for one in EXAMPLES.glob("*.diff")} == set(FOLDER)
    assert [name for name in FOLDER if f"docs/examples/{name}" not in told] == []


@pytest.mark.parametrize("name", FOLDER)
def test_an_example_touches_one_folder_beside_its_test(name: str):
    product = [file for file in touched(EXAMPLES / name) if not file.startswith(("tests/", "docs/"))]
    assert {str(Path(file).parent) for file in product} == {FOLDER[name]}


def test_the_examples_apply_to_this_tree_and_their_tests_pass_there(tmp_path: Path):
    """All three in one copy, as they would stand beside each other."""
    for room in ROOMS:
        left_out = shutil.ignore_patterns("__pycache__", "recorded", "procedures.yaml")
        shutil.copytree(ROOT / room, tmp_path / room, ignore=left_out)
    its_tests: list[str] = []
    for name in FOLDER:
        apply = ["git", "apply", "--whitespace=error-all", str(EXAMPLES / name)]
        done = subprocess.run(apply, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, f"{name} no longer fits the tree, make it anew: {done.stderr}"
        its_tests += [file for file in touched(EXAMPLES / name) if file.startswith("tests/")]
    run = [sys.executable, "-m", "pytest", "-q", "--noconftest", "-p", "no:cacheprovider", "-p", "no:xdist"]
    run += ["--import-mode=importlib", "-o", "pythonpath=.", "--rootdir", str(tmp_path), *its_tests]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(FOLDER)} passed" in done.stdout
