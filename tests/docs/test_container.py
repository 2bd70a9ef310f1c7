"""The Dockerfile's steps, done in a clean directory where no engine runs."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def uv() -> str:
    found = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
    if not Path(found).exists():
        pytest.skip("uv is not here; `python3 dev.py test` installs it")
    return found


def test_what_the_image_copies_is_all_that_muster_needs(tmp_path: Path):
    build = (ROOT / "Dockerfile").read_text().split("FROM ")[1]
    for step in re.findall(r"^(?:COPY|RUN) .+$", build, re.MULTILINE):
        words = step.split()
        if words[0] == "COPY":
            copy([ROOT / name for name in words[1:-1]], tmp_path, words[-1])
        elif words[1] == "mv":
            subprocess.run(step.removeprefix("RUN "), shell=True, cwd=tmp_path, check=True)
        elif "uv sync" in step:
            sync(tmp_path, words[words.index("sync") + 1 :])
        elif "uv export" in step:
            subprocess.run([uv(), *words[words.index("uv") + 1 :]], cwd=tmp_path, check=True)
    assert json.loads((tmp_path / "sbom.cdx.json").read_text())["components"]
    muster = tmp_path / ".venv" / "bin" / "muster"
    path = {"PATH": "/usr/bin:/bin"}
    for arguments in (["--help"], ["manifest", "slack"], ["check", "--offline"]):
        environment = {**path, "MUSTER_CATALOG": str(ROOT / "examples" / "catalog")}
        done = subprocess.run([muster, *arguments], cwd="/", env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    told = subprocess.run([muster, "check", "--offline"], cwd="/", env=path, capture_output=True, text=True)
    assert told.returncode == 1
    assert "MUSTER_CATALOG" in told.stdout
    assert f"An example is in {tmp_path / 'bot' / 'example_catalog'}\n" in told.stdout
    example = ["--catalog", str(tmp_path / "bot" / "example_catalog")]
    subprocess.run([muster, "check", "--offline", *example], cwd="/", env=path, check=True)


@pytest.mark.timeout(200)
def test_a_wheel_has_the_example_with_its_templates_and_schemas(tmp_path: Path):
    subprocess.run([uv(), "build", "--quiet", "--wheel", "--out-dir", tmp_path, ROOT], check=True)
    [wheel] = tmp_path.glob("*.whl")
    there = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("bot/example_catalog/")}
    files = (file for file in (ROOT / "examples" / "catalog").rglob("*") if file.is_file())
    assert there == {f"bot/example_catalog/{file.relative_to(ROOT / 'examples/catalog')}" for file in files}


def copy(sources: list[Path], folder: Path, target: str) -> None:
    for source in sources:
        if source.is_dir():
            shutil.copytree(source, folder / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / target)


def sync(folder: Path, options: list[str]) -> None:
    environment = dict(os.environ, UV_PROJECT_ENVIRONMENT=str(folder / ".venv"))  # noqa: TID251  # passed on
    environment.pop("VIRTUAL_ENV", None)
    command = [uv(), "sync", "--quiet", "--python", sys.executable, *options]
    subprocess.run(command, cwd=folder, env=environment, check=True)
