"""Lambda against the paced AWS: aliases moved only if nobody moved them, concurrency watched until ready."""

import pytest

from model.changes import Deploy
from model.health import Verdict
from model.plan import Amount, Concurrency, Plan, Restart, RiskTier, Rollback, Scale
from model.ports.backend import BackendError, Fault
from model.refusal import Refused
from playground.aws.functions import Alias
from tests.backends.conftest import Cloud, applied, watched
from tests.backends.systems import service

MIYABI = service("miyabi-api")
BRUTAL = next(part for part in service("brutal-patches-api").parts if part.target.kind == "lambda")


def function(cloud: Cloud):
    return cloud.running.world.region("ap-northeast-1").functions["miyabi-api-production"]


def alias(cloud: Cloud) -> Alias:
    return function(cloud).aliases["production"]


def codes(plan: Plan) -> dict[str, str]:
    return {one.code: one.level for one in plan.cautions}


async def test_a_rollback_points_the_alias_to_the_version_published_before(cloud: Cloud):
    plan = await applied(cloud.functions, MIYABI, Rollback())
    assert [(one.what, one.before, one.after) for one in plan.deltas] == [
        ("alias production", "version 14", "version 13")
    ]
    assert codes(plan) == {"by-number": "note"}
    assert plan.inverse == Rollback(version="14")
    seen = await watched(cloud.functions, MIYABI, plan, cloud.clock())
    assert seen[-1].ok is True
    assert alias(cloud).version == "13"


async def test_a_named_version_needs_no_guess(cloud: Cloud):
    plan = await cloud.functions.plan(MIYABI, Rollback(version="9"))
    assert plan.change == Rollback(version="9")
    assert plan.cautions == ()


async def test_a_version_that_was_never_published_is_refused_with_those_that_were(cloud: Cloud):
    with pytest.raises(Refused, match="no version 99") as refused:
        await cloud.functions.plan(MIYABI, Rollback(version="99"))
    assert "`14`" in refused.value.instead


async def test_a_function_without_alias_cannot_be_rolled_back(cloud: Cloud):
    with pytest.raises(Refused, match="has no alias"):
        await cloud.functions.plan(BRUTAL, Rollback())


async def test_an_alias_that_someone_moved_is_left_alone(cloud: Cloud):
    plan = await cloud.functions.plan(MIYABI, Rollback())
    theirs = await applied(cloud.functions, MIYABI, Rollback(version="12"))
    assert theirs.steps
    with pytest.raises(BackendError, match="Someone moved the alias production") as conflict:
        await cloud.functions.apply(MIYABI, plan.steps[0], "OP-1-0")
    assert (conflict.value.fault, conflict.value.sent) == (Fault.CONFLICT, False)
    assert alias(cloud).version == "12"


async def test_a_weighted_alias_goes_on_being_weighted(cloud: Cloud):
    alias(cloud).weights = {"12": 0.25}
    plan = await applied(cloud.functions, MIYABI, Rollback(version="13"))
    assert codes(plan) == {"weights-stay": "warn"}
    assert (plan.deltas[0].before, plan.deltas[0].after) == (
        "version 14 and 25% to 12",
        "version 13 and 25% to 12",
    )
    assert "do not come back" not in plan.undo
    step, began = plan.steps[0], cloud.clock()
    assert await cloud.functions.has_applied(MIYABI, step, "OP-1-0", began) is True
    seen = await watched(cloud.functions, MIYABI, plan, cloud.clock())
    assert (seen[-1].ok, seen[-1].last_event) == (True, "75% of calls go to version 13.")
    assert (alias(cloud).version, alias(cloud).weights) == ("13", {"12": 0.25})


async def test_a_canary_of_a_newer_version_is_what_a_rollback_ends(cloud: Cloud):
    alias(cloud).version, alias(cloud).weights = "13", {"14": 0.1}
    plan = await applied(cloud.functions, MIYABI, Rollback())
    assert (plan.deltas[0].before, plan.deltas[0].after) == ("version 13 and 10% to 14", "version 13")
    assert (alias(cloud).version, alias(cloud).weights) == ("13", {})


async def test_the_version_it_is_weighted_towards_gets_all_calls_when_it_is_named(cloud: Cloud):
    alias(cloud).weights = {"12": 0.25}
    plan = await applied(cloud.functions, MIYABI, Rollback(version="12"))
    assert codes(plan)["weighted"] == "warn"
    assert plan.deltas[0].before == "version 14 and 25% to 12"
    assert "weights do not come back" in plan.undo
    assert (await watched(cloud.functions, MIYABI, plan, cloud.clock()))[-1].ok is True
    assert alias(cloud).weights == {}


async def test_the_version_it_points_to_is_a_change_only_while_it_is_weighted(cloud: Cloud):
    assert (await cloud.functions.plan(MIYABI, Rollback(version="14"))).changes_nothing
    alias(cloud).weights = {"12": 0.25}
    assert not (await cloud.functions.plan(MIYABI, Rollback(version="14"))).changes_nothing


async def test_an_alias_moved_again_while_watched_ends_as_not_ok(cloud: Cloud):
    plan = await applied(cloud.functions, MIYABI, Rollback())
    await applied(cloud.functions, MIYABI, Rollback(version="11"))
    seen = await watched(cloud.functions, MIYABI, plan, cloud.clock())
    assert seen[-1].ok is False
    assert "points to version 11" in seen[-1].why


async def test_reserved_concurrency_is_set_and_taken_away(cloud: Cloud):
    plan = await applied(cloud.functions, MIYABI, Concurrency(reserved=100))
    assert (plan.deltas[0].before, plan.deltas[0].after) == ("none", "100")
    assert plan.inverse == Concurrency(reserved="none")
    assert (await watched(cloud.functions, MIYABI, plan, cloud.clock()))[-1].ok is True
    back = await applied(cloud.functions, MIYABI, Concurrency(reserved="none"))
    assert (await watched(cloud.functions, MIYABI, back, cloud.clock()))[-1].ok is True
    assert function(cloud).reserved is None


async def test_reserving_nothing_at_all_is_of_the_gravest_tier(cloud: Cloud):
    plan = await cloud.functions.plan(MIYABI, Concurrency(reserved=0))
    assert plan.tier is RiskTier.R3
    assert codes(plan)["throttles-all"] == "warn"


async def test_more_than_the_account_has_is_refused_with_the_most_there_is(cloud: Cloud):
    with pytest.raises(Refused, match="at most 900"):
        await cloud.functions.plan(MIYABI, Concurrency(reserved=950))


async def test_concurrency_over_the_hard_limit_is_stopped(cloud: Cloud):
    plan = await cloud.functions.plan(service("miyabi-api-staging"), Concurrency(reserved=101))
    assert [one.instead for one in plan.cautions if one.level == "stop"] == [
        "Type /scale miyabi-api-staging reserved=100"
    ]


async def test_provisioned_concurrency_is_watched_until_it_is_ready(cloud: Cloud):
    plan = await applied(cloud.functions, MIYABI, Concurrency(provisioned=10))
    seen = await watched(cloud.functions, MIYABI, plan, cloud.clock())
    assert len(seen) > 2
    assert (seen[-1].ok, seen[-1].running) == (True, 10)


async def test_provisioned_concurrency_that_cannot_start_ends_with_awss_reason(cloud: Cloud):
    cloud.faults.switch("deploy-fails", True)
    plan = await applied(cloud.functions, MIYABI, Concurrency(provisioned=10))
    seen = await watched(cloud.functions, MIYABI, plan, cloud.clock())
    assert seen[-1].ok is False
    assert "FUNCTION_ERROR_INIT_FAILURE" in seen[-1].why


async def test_a_rollback_waits_for_provisioned_environments_to_be_made_anew(cloud: Cloud):
    await applied(cloud.functions, MIYABI, Concurrency(provisioned=10))
    cloud.clock.pass_s(60)
    plan = await applied(cloud.functions, MIYABI, Rollback())
    assert codes(plan)["cold"] == "note"
    step, began = plan.steps[0], cloud.clock()
    assert await cloud.functions.has_applied(MIYABI, step, "OP-1-0", began) is True
    seen = await watched(cloud.functions, MIYABI, plan, cloud.clock())
    assert seen[0].ok is None
    assert "calls go to version 14" in seen[0].last_event
    assert (seen[-1].ok, seen[-1].running) == (True, 10)
    assert alias(cloud).weights == {}


async def warming(cloud: Cloud) -> Plan:
    """An alias on its way from 14 to 13, of which no environment can be made."""
    await applied(cloud.functions, MIYABI, Concurrency(provisioned=10))
    cloud.clock.pass_s(60)
    cloud.faults.switch("deploy-fails", True)
    return await applied(cloud.functions, MIYABI, Rollback())


async def test_warming_that_fails_is_told_with_its_ways_out(cloud: Cloud):
    plan = await warming(cloud)
    last = (await watched(cloud.functions, MIYABI, plan, cloud.clock()))[-1]
    assert last.ok is False
    for words in ("still go to version 14", "/rollback miyabi-api 14", "provisioned=none"):
        assert words in last.why
    back = await applied(cloud.functions, MIYABI, Rollback())
    assert back.deltas[0].after == "version 14"
    assert (await watched(cloud.functions, MIYABI, back, cloud.clock()))[-1].ok is True
    assert (alias(cloud).version, alias(cloud).weights) == ("14", {})


async def test_without_provisioning_calls_stay_until_they_are_sent_over(cloud: Cloud):
    await warming(cloud)
    with pytest.raises(Refused, match="still being made ready"):
        await cloud.functions.plan(MIYABI, Concurrency(provisioned=20))
    plan = await applied(cloud.functions, MIYABI, Concurrency(provisioned="none"))
    assert codes(plan) == {"ends-warming": "warn"}
    over = await applied(cloud.functions, MIYABI, Deploy(version="13"))
    assert (await watched(cloud.functions, MIYABI, over, cloud.clock()))[-1].ok is True
    assert (alias(cloud).version, alias(cloud).weights) == ("13", {})


async def test_taking_away_what_is_gone_already_is_done(cloud: Cloud):
    await applied(cloud.functions, MIYABI, Concurrency(provisioned=10))
    plan = await cloud.functions.plan(MIYABI, Concurrency(provisioned=0))
    for n in (0, 1):
        await cloud.functions.apply(MIYABI, plan.steps[0], f"OP-1-{n}")
    assert (await watched(cloud.functions, MIYABI, plan, cloud.clock()))[-1].ok is True


async def test_more_ready_than_reserved_is_refused_with_what_to_type_first(cloud: Cloud):
    await applied(cloud.functions, MIYABI, Concurrency(reserved=20))
    with pytest.raises(Refused, match="/scale miyabi-api reserved=30 first"):
        await cloud.functions.plan(MIYABI, Concurrency(provisioned=30))
    await applied(cloud.functions, MIYABI, Concurrency(provisioned=10))
    with pytest.raises(Refused, match="provisioned=none first"):
        await cloud.functions.plan(MIYABI, Concurrency(reserved=5))


async def test_keeping_environments_ready_needs_an_alias(cloud: Cloud):
    with pytest.raises(Refused, match="has no alias"):
        await cloud.functions.plan(BRUTAL, Concurrency(provisioned=10))


async def test_a_plain_count_is_refused_with_what_functions_have_instead(cloud: Cloud):
    with pytest.raises(Refused) as refused:
        await cloud.functions.plan(MIYABI, Scale(desired=Amount(how="to", n=3)))
    assert refused.value.suggestions == (
        "/scale miyabi-api reserved=100",
        "/scale miyabi-api provisioned=10",
    )


async def test_a_restart_is_refused(cloud: Cloud):
    with pytest.raises(Refused, match="nothing to restart"):
        await cloud.functions.plan(MIYABI, Restart())


@pytest.mark.parametrize(
    "change", [Rollback(), Concurrency(reserved=50), Concurrency(provisioned=5)], ids=lambda one: str(one)
)
async def test_after_a_crash_it_is_known_whether_the_call_was_made(
    cloud: Cloud, change: Rollback | Concurrency
):
    plan = await cloud.functions.plan(MIYABI, change)
    step, began = plan.steps[0], cloud.clock()
    assert await cloud.functions.has_applied(MIYABI, step, "OP-1-0", began) is False
    await cloud.functions.apply(MIYABI, step, "OP-1-0")
    assert await cloud.functions.has_applied(MIYABI, step, "OP-1-0", began) is True
    assert plan.inverse is not None
    back = await cloud.functions.plan(MIYABI, plan.inverse)
    assert await cloud.functions.has_applied(MIYABI, back.steps[0], "OP-1-0", began) is False
    await cloud.functions.apply(MIYABI, back.steps[0], "OP-1-1")
    assert await cloud.functions.has_applied(MIYABI, back.steps[0], "OP-1-0", began) is True


async def test_the_fingerprint_follows_alias_and_concurrency(cloud: Cloud):
    prints = [await cloud.functions.fingerprint(MIYABI)]
    for change in (Rollback(), Concurrency(reserved=50), Concurrency(provisioned=5)):
        await applied(cloud.functions, MIYABI, change)
        prints.append(await cloud.functions.fingerprint(MIYABI))
    alias(cloud).weights = {"12": 0.25}
    prints.append(await cloud.functions.fingerprint(MIYABI))
    assert len(set(prints)) == 5


async def test_versions_are_those_published_the_aliased_one_first(cloud: Cloud):
    await applied(cloud.functions, MIYABI, Rollback())
    versions = await cloud.functions.versions(MIYABI)
    assert [one.id for one in versions][:3] == ["13", "14", "12"]
    assert versions[0].is_current
    assert versions[0].label == "v0.1.13"
    assert versions[0].at.endswith("+00:00")


async def test_health_says_where_the_alias_points_and_what_is_reserved(cloud: Cloud):
    health = await cloud.functions.health(MIYABI)
    values = {one.name: one.value for one in health.signs}
    assert health.verdict is Verdict.OK
    assert values["alias production"] == "version 14"
    assert values["state"] == "active"


async def test_a_function_that_refuses_every_call_is_down(cloud: Cloud):
    await applied(cloud.functions, MIYABI, Concurrency(reserved=0))
    health = await cloud.functions.health(MIYABI)
    assert health.verdict is Verdict.DOWN
    assert "every call is refused" in health.reason


async def test_throttling_is_waited_out(cloud: Cloud):
    cloud.faults.switch("cloud-throttles", True)
    await applied(cloud.functions, MIYABI, Rollback())
    assert alias(cloud).version == "13"
    assert len(cloud.writes()) == 1


async def test_access_denied_says_the_action(cloud: Cloud):
    cloud.running.config.denied.add("lambda:UpdateAlias")
    plan = await cloud.functions.plan(MIYABI, Rollback())
    with pytest.raises(BackendError, match="lambda:UpdateAlias") as denied:
        await cloud.functions.apply(MIYABI, plan.steps[0], "OP-1-0")
    assert denied.value.fault is Fault.DENIED


async def test_what_the_account_has_is_not_needed_to_plan(cloud: Cloud):
    cloud.running.config.denied.add("lambda:GetAccountSettings")
    plan = await cloud.functions.plan(MIYABI, Concurrency(reserved=100))
    assert plan.steps
