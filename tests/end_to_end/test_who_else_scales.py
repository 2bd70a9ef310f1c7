"""Who else sets a count or a capacity is found by asking AWS, and stands in the plan."""

from datetime import timedelta

from bot.clock import utc_now
from playground.aws.cloud import ScalableTarget
from playground.aws.services.dynamodb import Dynamo
from tests.end_to_end.conftest import Stage, everything

COUNT = "ecs:service:DesiredCount"
DELIVERY = "service/ioanyt-prod/delivery-standard"
TABLE = "table/BrutalPatchesTable-prod"


def region(stage: Stage, name: str = "us-east-1"):
    return stage.town.aws.world.region(name)


def scale(stage: Stage, resource: str, dimension: str, least: int, most: int, where="us-east-1") -> None:
    """Somebody registered a scalable target; the catalog does not say so."""
    region(stage, where).targets[resource] = ScalableTarget(
        resource, "arn", dimension, least, most, utc_now()
    )


async def test_an_autoscaler_that_the_catalog_does_not_name_is_found(stage: Stage):
    scale(stage, DELIVERY, COUNT, 3, 6)
    await stage.types("U0ANA", "/scale delivery-standard 5")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "An autoscaler keeps 3 to 6 and may move the count again." in plan
    assert "/scale delivery-standard min=5" in plan


async def test_a_count_that_the_autoscaler_sets_back_is_not_called_done(stage: Stage):
    scale(stage, DELIVERY, COUNT, 3, 6)
    region(stage).autoscale_after = timedelta(seconds=0.2)
    await stage.types("U0ANA", "/scale delivery-standard 8 because a campaign")
    await stage.confirms("U0ANA", await stage.shows("OP-1 · plan"))
    ended = everything(await stage.shows("OP-1 · 🔴 Failed"))
    assert "Application Auto Scaling set the desired count back to 6." in ended
    assert "/scale delivery-standard min=8 max=8" in ended


async def test_a_count_that_is_not_fought_is_done_after_one_check_of_the_autoscaler(stage: Stage):
    scale(stage, DELIVERY, COUNT, 3, 6)
    region(stage).autoscale_after = timedelta(seconds=0.2)
    await stage.changes("U0ANA", "/scale delivery-standard 5 because a campaign")
    assert region(stage).clusters["ioanyt-prod"].services["delivery-standard"].desired == 5


async def test_what_a_schedule_sets_stands_in_the_plan(stage: Stage):
    scale(stage, DELIVERY, COUNT, 3, 6)
    action = {
        "ScheduledActionName": "night",
        "ResourceId": DELIVERY,
        "ScalableDimension": COUNT,
        "Schedule": "cron(0 22 * * ? *)",
        "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 2},
    }
    region(stage).schedules.append(action)
    await stage.types("U0ANA", "/scale delivery-standard 5")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "night, cron(0 22 * * ? *): min 1, max 2" in plan


async def test_what_is_kept_ready_by_auto_scaling_is_said(stage: Stage):
    resource = "function:miyabi-api-production:production"
    scale(stage, resource, "lambda:function:ProvisionedConcurrency", 2, 8, "ap-northeast-1")
    await stage.types("U0ANA", "/scale miyabi-api provisioned=10 because of cold starts")
    assert "Auto scaling keeps 2 to 8 ready" in everything(await stage.shows("OP-1 · plan"))


async def test_a_table_that_scales_by_itself_and_its_indexes_are_told_of(stage: Stage):
    scale(stage, TABLE, "dynamodb:table:WriteCapacityUnits", 5, 20)
    table = region(stage).state(Dynamo).tables["BrutalPatchesTable-prod"]
    table.indexes["by-maker"] = (5, 10)
    await stage.types("U0EVE", "/scale brutal-patches-table write=40 because of throttles")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "Auto scaling keeps its write capacity from 5 to 20 and will move 40 back." in plan
    assert "by-maker (10 write)" in plan


async def test_a_decrease_that_dynamodb_would_not_take_is_refused_with_when_it_does(stage: Stage):
    table = region(stage).state(Dynamo).tables["BrutalPatchesTable-prod"]
    table.decreases, table.decreased_at = 4, utc_now() - timedelta(minutes=20)
    await stage.types("U0EVE", "/scale brutal-patches-table read=10 because it idles")
    again = table.decreased_at + timedelta(hours=1)
    assert f"before {again:%H:%M} UTC" in everything(
        await stage.whispers("takes no further decrease", "U0EVE")
    )
    assert stage.cloud_changes() == []
