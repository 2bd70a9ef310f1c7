"""`/health SYSTEM` rolls the services of a system up, the worst first."""

import pytest

from tests.end_to_end.conftest import Stage, everything
from tests.end_to_end.test_incidents import declared


@pytest.mark.procedure("system-health")
async def test_a_system_is_as_its_worst_service(stage: Stage):
    stage.town.faults.switch("health-down", True)
    await stage.types("U0EVE", "/health miyabi-infra")
    shown = everything(await stage.whispers("Miyabi Infrastructure is 🔴 down", "U0EVE"))
    assert "*miyabi-dev*" in shown
    assert "answers 503, not 200" in shown


async def test_where_an_alias_is_called_like_a_system_the_system_is_meant(stage: Stage):
    await stage.types("U0EVE", "/health architect")
    shown = everything(await stage.whispers("Architect Dashboard API is", "U0EVE"))
    assert "*architect-api*" in shown


async def test_a_look_at_an_incidents_service_is_in_its_timeline(stage: Stage):
    room = await declared(stage, "P2 architect-api Slow answers")
    await stage.types("U0ANA", "/health architect-api", room)
    await stage.shows("architect-api is", room)
    entry = await stage.timeline("INC-1", "/health architect-api: architect-api is")
    assert entry.who.user == "U0ANA"
