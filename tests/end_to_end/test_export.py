"""Everything of an incident, as files that are read elsewhere."""

import json
from pathlib import Path

import pytest

from bot.cli.export import export
from bot.settings import Settings
from model.refusal import Refused
from tests.end_to_end.conftest import INCIDENTS, staged
from tests.end_to_end.test_incidents import declared, says


async def test_an_incident_is_written_whole_with_its_operations_and_without_secrets(tmp_path: Path):
    said: list[str] = []
    settings, out = Settings(data_dir=tmp_path / "data"), tmp_path / "out"
    async with staged(tmp_path, "http") as stage:
        room = await declared(stage, "High delivery-standard Orders are late")
        await says(stage, 'note "The log says password=hunter2secret and \\"quoted\\""', room)
        await stage.types("U0ANA", "/restart delivery-standard because the config is back", room)
        await stage.confirms("U0ANA", await stage.shows("OP-1 · plan", room))
        await stage.shows("OP-1 · ✅ Done", room)
        await stage.types("U0ANA", "/incident declare SEV2 miyabi-api Slow", INCIDENTS)
        await stage.slack.wait_for(lambda: stage.channel("inc-2-"))
        await stage.settles()
        assert await export(settings, "inc-1", "", out, said.append) == 0
        assert {one.name for one in out.iterdir()} == {"INC-1.json", "INC-1.md"}
        assert await export(settings, "", "1d", out, said.append) == 0
        assert {one.name for one in out.iterdir()} == {"INC-1.json", "INC-1.md", "INC-2.json", "INC-2.md"}
        assert "2 incidents in" in said[-1]
        assert await export(settings, "INC-99", "", out, said.append) == 1
        assert said[-1] == "There is no incident INC-99. Nothing was written."
    text = (out / "INC-1.json").read_text()
    whole = json.loads(text)
    assert whole["events"][0]["type"] == "incident.declared"
    assert {one["type"] for one in whole["operations"]["OP-1"]} >= {"op.proposed", "op.verified"}
    assert "hunter2secret" not in text + (out / "INC-1.md").read_text()
    assert "# INC-1: Orders are late" in (out / "INC-1.md").read_text()
    assert (out / "INC-1.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("incident", "since", "told"),
    [
        ("", "", "Name one incident"),
        ("INC-1", "30d", "Name one incident"),
        ("../../etc/passwd", "", "is no incident's id"),
        ("INC-1", "", "there is nothing to export"),
    ],
)
async def test_an_export_of_nothing_says_what_to_type(tmp_path: Path, incident: str, since: str, told: str):
    said: list[str] = []
    out = tmp_path / "out"
    assert await export(Settings(data_dir=tmp_path / "none"), incident, since, out, said.append) > 0
    assert told in said[-1]
    assert not out.exists()


async def test_a_time_that_is_none_is_refused(tmp_path: Path):
    with pytest.raises(Refused, match="is not a time"):
        await export(Settings(data_dir=tmp_path), "", "yesterday", tmp_path / "out", print)
