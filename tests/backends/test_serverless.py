"""Serverless: stored deployments re-applied by CloudFormation, watched until complete or taken back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from backends.serverless import Serverless
from backends.serverless.plans import plan_rollback
from backends.serverless.reads import Deployment, Snapshot
from model.changes import Deploy
from model.health import Verdict
from model.plan import Plan, Progress, RiskTier, Rollback
from model.ports.backend import BackendError, Fault
from model.refusal import Refused
from playground.aws.deployments import BUCKET, STACK, STAMPS, template_of
from playground.aws.functions import Function
from playground.aws.services.cloudformation import Stack, Stacks
from tests.backends.conftest import Cloud
from tests.backends.systems import MOST_LOOKS, service

BRUTAL = service("brutal-patches-api")
OLDEST, BEFORE, NOW = (str(stamp) for stamp in STAMPS)


@dataclass
class Framework:
    """The backend on the playground's cloud."""

    cloud: Cloud
    backend: Serverless

    @property
    def stack(self) -> Stack:
        return self.cloud.running.world.region("us-east-1").state(Stacks).held[STACK]

    @property
    def function(self) -> Function:
        return self.cloud.running.world.region("us-east-1").functions["brutal-patches-api-prod-main"]

    async def rolled_back(
        self, version: str | None = None, operation: str = "OP-1"
    ) -> tuple[Plan, list[Progress]]:
        plan = await self.backend.plan(BRUTAL, Rollback(version=version))
        since = self.cloud.clock()
        for index, step in enumerate(plan.steps):
            await self.backend.apply(BRUTAL, step, f"{operation}-{index}")
        seen: list[Progress] = []
        async for progress in self.backend.watch(BRUTAL, plan, since):
            seen.append(progress)
            assert len(seen) < MOST_LOOKS
        return plan, seen


@pytest.fixture
async def framework(cloud: Cloud) -> AsyncIterator[Framework]:
    yield Framework(cloud, Serverless(cloud.clients, cloud.clock, 3.0, cloud.clock.sleep))


async def test_a_rollback_applies_the_template_of_the_deployment_before(framework: Framework):
    plan, seen = await framework.rolled_back()
    assert plan.change == Rollback(version=BEFORE)
    assert plan.deltas[0].before.startswith(f"{NOW} (2025-11-20T10:00")
    step = plan.steps[0]
    assert step.call == "cloudformation:UpdateStack"
    assert step.params["TemplateURL"] == (
        f"https://s3.amazonaws.com/{BUCKET}/serverless/brutal-patches-api/prod/"
        f"{BEFORE}-2025-11-18T10:00:00.000Z/compiled-cloudformation-template.json"
    )
    assert (plan.tier, plan.inverse) == (RiskTier.R2, Rollback(version=NOW))
    assert seen[-1].ok is True
    assert framework.stack.running(framework.cloud.clock()) == template_of(STAMPS[1])
    assert [one.ok for one in seen[:-1]] == [None] * (len(seen) - 1)


async def test_the_inverse_goes_back_to_the_one_that_ran(framework: Framework):
    plan, _ = await framework.rolled_back()
    assert plan.inverse is not None
    _, seen = await framework.rolled_back(NOW, "OP-2")
    assert seen[-1].ok is True
    assert framework.stack.running(framework.cloud.clock()) == template_of(STAMPS[2])


async def test_the_function_is_as_the_stored_template_has_it(framework: Framework):
    before = framework.function.latest.settings["CodeSha256"]
    plan, seen = await framework.rolled_back(OLDEST)
    assert seen[-1].ok is True
    assert framework.function.latest.settings["MemorySize"] == 768
    assert framework.function.latest.settings["CodeSha256"] != before
    assert [(one.level, one.code) for one in plan.cautions] == [("warn", "deletes"), ("note", "no-role")]
    assert "ErrorsAlarm" in plan.cautions[0].text


async def test_an_update_that_fails_is_taken_back_and_says_which_resource_failed(framework: Framework):
    framework.cloud.faults.switch("deploy-fails", True)
    _, seen = await framework.rolled_back()
    assert seen[-1].ok is False
    assert "took the update back: MainLambdaFunction: Resource handler" in seen[-1].why
    health = await framework.backend.health(BRUTAL)
    assert health.verdict is Verdict.DEGRADED
    assert "MainLambdaFunction" in health.reason
    framework.cloud.faults.switch("deploy-fails", False)
    _, seen = await framework.rolled_back(operation="OP-2")
    assert seen[-1].ok is True


async def test_a_template_without_the_table_is_stopped(framework: Framework):
    framework.stack.template["Resources"]["SessionsTable"] = {"Type": "AWS::DynamoDB::Table"}
    plan = await framework.backend.plan(BRUTAL, Rollback())
    stop = next(one for one in plan.cautions if one.level == "stop")
    assert "SessionsTable" in stop.text


async def test_what_the_stack_keeps_by_itself_stops_nothing(framework: Framework):
    resources = framework.stack.template["Resources"]
    resources["SessionsTable"] = {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain"}
    resources["MainLambdaVersionXq3"] = {"Type": "AWS::Lambda::Version", "DeletionPolicy": "Retain"}
    plan = await framework.backend.plan(BRUTAL, Rollback())
    assert [(one.level, one.code) for one in plan.cautions] == [("warn", "leaves"), ("note", "no-role")]
    assert "SessionsTable: kept" in plan.cautions[0].text
    assert "MainLambdaVersion" not in plan.cautions[0].text


async def test_a_table_that_is_set_otherwise_is_warned_of(framework: Framework):
    framework.stack.template["Resources"]["PatchesTable"]["Properties"] = {"TableName": "Patches-prod"}
    plan = await framework.backend.plan(BRUTAL, Rollback())
    assert "PatchesTable" in next(one.text for one in plan.cautions if one.code == "may-replace")


async def test_the_one_that_runs_is_no_change(framework: Framework):
    assert (await framework.backend.plan(BRUTAL, Rollback(version=NOW))).changes_nothing


async def test_a_timestamp_that_is_not_kept_is_refused_with_those_that_are(framework: Framework):
    with pytest.raises(Refused, match="no deployment 1700000000000") as refused:
        await framework.backend.plan(BRUTAL, Rollback(version="1700000000000"))
    assert f"`{NOW}`" in refused.value.instead


async def test_an_iso_time_names_a_deployment_too(framework: Framework):
    plan = await framework.backend.plan(BRUTAL, Rollback(version="2025-11-18T10:00:00.000Z"))
    assert plan.change == Rollback(version=BEFORE)


async def test_with_nothing_older_kept_it_is_refused(framework: Framework):
    await framework.rolled_back(OLDEST)
    with pytest.raises(Refused, match=f"No deployment before {OLDEST} is kept"):
        await framework.backend.plan(BRUTAL, Rollback())


async def test_during_an_update_nothing_is_planned(framework: Framework):
    plan = await framework.backend.plan(BRUTAL, Rollback())
    await framework.backend.apply(BRUTAL, plan.steps[0], "OP-1-0")
    with pytest.raises(Refused, match="is being updated"):
        await framework.backend.plan(BRUTAL, Rollback())
    with pytest.raises(BackendError, match="can not be updated") as refused:
        await framework.backend.apply(BRUTAL, plan.steps[0], "OP-2-0")
    assert refused.value.fault is Fault.INVALID


async def test_a_call_is_never_made_twice_and_found_by_its_token(framework: Framework):
    plan = await framework.backend.plan(BRUTAL, Rollback())
    since = framework.cloud.clock()
    assert await framework.backend.has_applied(BRUTAL, plan.steps[0], "OP-1-0", since) is False
    await framework.backend.apply(BRUTAL, plan.steps[0], "OP-1-0")
    await framework.backend.apply(BRUTAL, plan.steps[0], "OP-1-0")
    assert await framework.backend.has_applied(BRUTAL, plan.steps[0], "OP-1-0", since) is True
    framework.cloud.clock.pass_s(60)
    await framework.backend.apply(BRUTAL, plan.steps[0], "OP-2-0")  # AWS: no updates are to be performed


async def test_someone_elses_deployment_ends_the_watch_as_not_ok(framework: Framework):
    plan = await framework.backend.plan(BRUTAL, Rollback())
    since = framework.cloud.clock() - timedelta(minutes=5)
    last = [one async for one in framework.backend.watch(BRUTAL, plan, since)][-1]
    assert last.ok is False
    assert f"runs deployment {NOW}" in last.why


async def test_versions_are_the_stored_deployments_the_running_one_first(framework: Framework):
    found = await framework.backend.versions(BRUTAL)
    assert [one.id for one in found] == [NOW, BEFORE, OLDEST]
    assert [one.is_current for one in found] == [True, False, False]
    assert found[0].at == "2025-11-20T10:00:00+00:00"


async def test_the_fingerprint_follows_the_template(framework: Framework):
    before = await framework.backend.fingerprint(BRUTAL)
    plan, _ = await framework.rolled_back()
    assert plan.fingerprint == before
    assert await framework.backend.fingerprint(BRUTAL) != before


async def test_health_says_the_stacks_status(framework: Framework):
    await framework.backend.reach(BRUTAL)
    health = await framework.backend.health(BRUTAL)
    assert (health.verdict, health.signs[0].value, health.signs[1].value) == (
        Verdict.OK,
        "update complete",
        NOW,
    )


async def test_a_deploy_is_refused_with_how_it_is_deployed(framework: Framework):
    assert framework.backend.accepts(Deploy(version="2"))
    with pytest.raises(Refused, match="builds as it deploys") as refused:
        await framework.backend.plan(BRUTAL, Deploy(version="2"))
    assert "npm run deploy:prod" in refused.value.instead


def test_only_parameters_that_the_stored_template_has_are_passed_on():
    stack = {"StackStatus": "UPDATE_COMPLETE", "Parameters": [{"ParameterKey": "A"}, {"ParameterKey": "B"}]}
    wanted = Deployment(BEFORE, "2025-11-18T10:00:00.000Z", "a/key")
    template = {"Parameters": {"B": {"Type": "String"}}, "Resources": {}}
    plan = plan_rollback(BRUTAL, Snapshot(stack, {}, NOW), wanted, template, [wanted])
    assert plan.steps[0].params["Parameters"] == [{"ParameterKey": "B", "UsePreviousValue": True}]
