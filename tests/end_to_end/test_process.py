"""The process beside its commands: health for orchestrators, figures for Prometheus, the Home tab."""

import httpx
import pytest

from bot.serve import serving
from bot.settings import NotConfigured, Settings
from tests.end_to_end.conftest import CATALOG, Stage


async def test_it_says_that_it_lives_and_is_ready_and_counts_what_it_does(stage: Stage):
    await stage.types("U0ANA", "/ops help")
    async with httpx.AsyncClient(base_url=stage.admin_url) as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).json() == {"ready": True, "wrong": {}}
        figures = (await client.get("/metrics")).text
    assert 'muster_requests_total{outcome="done",via="slash"}' in figures
    assert "muster_gate_seconds_bucket" in figures


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_who_reaches_the_port_for_slack_learns_nothing_of_the_process(stage: Stage, path):
    async with httpx.AsyncClient(base_url=stage.bot_url) as client:
        assert (await client.get(path)).status_code == 404


async def test_a_port_that_is_taken_says_which_setting_moves_it(stage: Stage, tmp_path):
    taken = int(stage.admin_url.rsplit(":", 1)[1])
    settings = Settings(
        **stage.town.settings(), catalog=CATALOG, data_dir=tmp_path / "other", port=0, admin_port=taken
    )
    with pytest.raises(OSError, match=f"127.0.0.1:{taken} is in use. .* export MUSTER_ADMIN_PORT="):
        async with serving(settings):
            pass


async def test_the_home_tab_shows_what_waits_for_me(stage: Stage):
    await stage.types("U0ANA", "/incident declare SEV2 miyabi-api Elevated 5xx")
    await stage.types("U0CHI", "/maintenance schedule miyabi-api +49h 1h Upgrade")
    await stage.shows("MNT-1")
    await stage.types("U0DEV", "/rollback delivery-standard because errors")
    plan = await stage.shows("OP-1 · plan")
    await stage.presses("U0DEV", plan, "op.run")
    await stage.shows("waits for approval")
    sam = stage.slack.as_user("U0SAM")
    await sam.open_home()
    home = await stage.slack.wait_for(lambda: stage.slack.workspace.home("U0SAM") or None)
    assert "Elevated 5xx" in str(home)
    assert "op.approve" in str(home)
    assert "MNT-1 · 🟡 planned · maintenance of Miyabi API: Upgrade" in str(home)


@pytest.mark.parametrize("transport_of", ["http", "socket"])
def test_it_does_not_start_half_configured(transport_of):
    settings = Settings(transport=transport_of, slack_bot_token="xoxb-1")
    with pytest.raises(NotConfigured, match="MUSTER_SLACK_"):
        settings.require_slack()
