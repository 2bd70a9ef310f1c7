"""Documents say what the code does: generated pages are fresh, examples parse, links lead somewhere."""

import re
from pathlib import Path

import pytest

from bot.cli.main import _arguments
from bot.cli.manifest import slack_manifest
from bot.cli.reference import DOCS, pages
from bot.settings import Settings
from model.language.parse import parse
from model.refusal import Refused
from tests.model.language.conftest import REGISTRY, typed_in

ROOT = Path(__file__).parents[2]
WRITTEN = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]


@pytest.mark.parametrize("name", pages())
def test_a_generated_page_is_fresh(name: str):
    assert (DOCS / name).read_text() == pages()[name], "run `python -m bot.cli.reference`"


@pytest.mark.parametrize("page", WRITTEN, ids=lambda one: one.name)
def test_links_between_documents_lead_somewhere(page: Path):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", WRITTEN, ids=lambda one: one.name)
def test_settings_that_are_named_exist(page: Path):
    known = {f"MUSTER_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"MUSTER_[A-Z_]*[A-Z]", page.read_text()))
    assert named - known == set()


@pytest.mark.parametrize("page", WRITTEN, ids=lambda one: one.name)
def test_muster_command_lines_exist(page: Path):
    for line in re.findall(r"`muster ([a-z]+(?: [a-z]+)?)`", page.read_text()):
        _arguments().parse_args(line.split())


def test_commands_in_the_readme_parse():
    for line in re.findall(r"`/([a-z]+ [^`]+)`", (ROOT / "README.md").read_text()):
        if any(sign in line for sign in ("…", "[", "|")):
            continue
        must_parse(line, "miyabi-api")


def must_parse(line: str, here: str | None = None) -> None:
    command, text = REGISTRY.find(line)
    try:
        parse(command, text, typed_in(here))
    except Refused as refused:
        raise AssertionError(f"/{line}: {refused}") from refused


def test_every_example_begins_with_a_command_that_slack_knows():
    known = {one["command"] for one in slack_manifest(REGISTRY, None)["features"]["slash_commands"]}
    lines = re.findall(r"^- `(/.+)`$", (DOCS / "commands.md").read_text(), re.MULTILINE)
    assert len(lines) > 60
    assert {line.split(" ")[0] for line in lines} - known == set()


def test_commands_that_the_playground_offers_parse():
    offered = re.findall(
        r'\["/([^"]+)", "', (ROOT / "playground" / "page" / "panes" / "guide.js").read_text()
    )
    assert len(offered) > 8
    for line in offered:
        must_parse(line)


def test_the_image_runs_as_nobody_special_and_checks_its_health():
    steps = (ROOT / "Dockerfile").read_text()
    final = steps.split("FROM ")[-1]
    assert "USER 10001" in final
    assert "HEALTHCHECK" in final
    assert "--frozen --no-dev --extra all" in steps
    assert "playground" not in steps
    assert "MUSTER_CATALOG=" not in steps
    for image in re.findall(r"^FROM (\S+)", steps, re.MULTILINE):
        assert re.fullmatch(r"\S+@sha256:[0-9a-f]{64}", image), image
    assert "--require-hashes" in steps
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", steps, re.MULTILINE):
        for name in copied.split():
            assert (ROOT / name).exists(), name
