"""A Multi-AZ instance: its standby takes its place, and goes back."""

from playground.aws.services.rds import Instance, Rds
from tests.end_to_end.conftest import Stage, everything


def database(stage: Stage) -> Instance:
    return stage.town.aws.world.region("ap-northeast-1").state(Rds).instances["miyabi-db"]


async def test_the_standby_takes_its_place_and_undo_goes_back(stage: Stage):
    await stage.types("U0ANA", "/failover miyabi-db because its zone is failing")
    plan = await stage.shows("OP-1 · plan")
    assert "ap-northeast-1a → ap-northeast-1c" in everything(plan)
    assert "60 to 120 s" in everything(plan)
    await stage.confirms("U0ANA", plan)
    await stage.shows("OP-1 · ✅ Done")
    assert database(stage).zones == "ca"
    await stage.changes("U0ANA", "/undo OP-1 because the zone is back", 2)
    assert database(stage).zones == "ac"


async def test_an_instance_without_a_standby_has_nothing_to_take_over(stage: Stage):
    database(stage).settings["MultiAZ"] = False
    await stage.types("U0ANA", "/failover miyabi-db because its zone is failing")
    await stage.whispers("Multi-AZ is off", "U0ANA")
    assert stage.cloud_changes() == []


async def test_an_instance_has_one_standby_and_no_choice(stage: Stage):
    await stage.types("U0ANA", "/failover miyabi-db to=miyabi-db-2 because its zone is failing")
    await stage.whispers("there is no", "U0ANA")
