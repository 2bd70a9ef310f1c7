"""How ECS services are, and what their autoscaler and ECS did, from the paced AWS."""

from datetime import UTC, datetime

import pytest

from backends.ecs.activities import activities_of
from model.health import Verdict
from model.plan import Restart
from tests.backends.conftest import Cloud, applied
from tests.backends.test_ecs import DELIVERY, MIYABI, to


async def test_health_is_ok_when_all_tasks_run(cloud: Cloud):
    health = await cloud.ecs.health(DELIVERY)
    assert health.verdict is Verdict.OK
    values = {one.name: one.value for one in health.signs}
    assert values["tasks"] == "4 of 4 running"


async def test_health_names_why_tasks_stop(cloud: Cloud):
    cloud.faults.switch("deploy-fails", True)
    await applied(cloud.ecs, MIYABI, Restart())
    cloud.clock.pass_s(30)
    health = await cloud.ecs.health(MIYABI)
    assert health.verdict is Verdict.DEGRADED
    assert any("exit code 1" in one.why for one in health.signs)


async def test_what_the_autoscaler_did_and_what_ecs_says_come_newest_first(cloud: Cloud):
    await applied(cloud.ecs, MIYABI, to(6))
    cloud.clock.pass_s(60)
    found = await cloud.ecs.activities(MIYABI)
    times = [one.at for one in found]
    assert times == sorted(times, reverse=True)
    assert len(found) <= 20
    said = [one.says for one in found]
    assert "autoscaler: setting desired count to 4 (maximum capacity was set to 4)" in said
    assert any(one.startswith("ECS: has started") for one in said), said
    assert "autoscaler: setting desired count to 3 (policy miyabi-cpu-autoscaling-dev)" in said


async def test_without_an_autoscaler_nobody_is_asked_what_one_did(cloud: Cloud):
    found = await cloud.ecs.activities(DELIVERY)
    assert found
    assert all(one.says.startswith("ECS: ") for one in found)
    assert "DescribeScalingActivities" not in {call.action for call in cloud.running.calls}


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("Successful", "autoscaler: setting desired count to 4 (alarm)"),
        ("InProgress", "autoscaler: setting desired count to 4 (alarm), under way"),
        ("Failed", "autoscaler: setting desired count to 4 (alarm), failed: no room"),
    ],
)
def test_how_a_scaling_went_is_told(status: str, says: str):
    one = {
        "StartTime": datetime(2026, 3, 4, tzinfo=UTC),
        "StatusCode": status,
        "Description": "Setting desired count to 4.",
        "Cause": "alarm",
        "StatusMessage": "no room",
    }
    assert [each.says for each in activities_of({}, [one])] == [says]
