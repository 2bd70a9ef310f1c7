"""A function's memory, variables and deploys: published where there is an alias, and never a secret shown."""

import json
import traceback

import pytest

from model.catalog.schema import Service
from model.changes import Configure, Deploy, Memory
from model.plan import Direction, Plan, RiskTier, Rollback
from model.ports.backend import BackendError, Fault
from model.queries import ConfigQuery
from model.refusal import Refused
from playground.aws.functions import Function
from playground.aws.seed_lambda import BRUTAL_VARIABLES, MIYABI_VARIABLES
from playground.aws.services.secrets import Secrets
from tests.backends.conftest import PRINTS, Cloud, applied, watched
from tests.backends.systems import service

MIYABI, STAGING = service("miyabi-api"), service("miyabi-api-staging")
ALL_STEPS = ["lambda:UpdateFunctionConfiguration", "lambda:PublishVersion", "lambda:UpdateAlias"]
HIDDEN = ("JWT_SECRET", "DATABASE_URL", "GITHUB_CLIENT_SECRET")


def brutal() -> Service:
    """The function of brutal-patches-api, which has no alias."""
    return next(part for part in service("brutal-patches-api").parts if part.target.kind == "lambda")


def function(cloud: Cloud, name: str = "miyabi-api-production", region: str = "ap-northeast-1") -> Function:
    return cloud.running.world.region(region).functions[name]


def live(cloud: Cloud, name: str = "miyabi-api-production", alias: str = "production") -> dict:
    found = function(cloud, name)
    return found.versions[found.aliases[alias].version].settings


def secrets(cloud: Cloud) -> list[str]:
    """Every secret that there is anywhere in the cloud."""
    stored = cloud.running.world.region("ap-northeast-1").state(Secrets).held.values()
    held = [{**MIYABI_VARIABLES}[key] for key in HIDDEN] + [BRUTAL_VARIABLES["JWT_SECRET"]]
    return [*held, *(one.value for one in stored)]


def upload(cloud: Cloud, code: str, *names: str) -> None:
    """Other code in $LATEST, as `cargo lambda deploy` leaves it."""
    for name in names:
        found = function(cloud, name)
        found.latest.settings["CodeSha256"] = code
        found.latest.revision_id = found.latest.revision_id[::-1]


async def done(cloud: Cloud, target: Service, change) -> Plan:
    plan = await applied(cloud.functions, target, change)
    seen = await watched(cloud.functions, target, plan, cloud.clock())
    assert seen[-1].ok is True, seen[-1]
    return plan


async def test_memory_is_set_published_and_pointed_to(cloud: Cloud):
    plan = await done(cloud, MIYABI, Memory(mib=1024))
    assert [step.call for step in plan.steps] == ALL_STEPS
    assert [(one.before, one.after) for one in plan.deltas] == [("512 MiB", "1,024 MiB")]
    assert (plan.tier, plan.direction, plan.inverse) == (RiskTier.R2, Direction.UP, Memory(mib=512))
    assert function(cloud).aliases["production"].version == "15"
    assert live(cloud)["MemorySize"] == 1024
    assert live(cloud)["Environment"]["Variables"] == {**MIYABI_VARIABLES, "ENVIRONMENT": "production"}


async def test_without_an_alias_there_is_no_version_to_go_back_to(cloud: Cloud):
    assert await cloud.functions.versions(brutal()) == ()


async def test_memory_is_put_back_by_its_inverse(cloud: Cloud):
    plan = await done(cloud, MIYABI, Memory(mib=1024))
    assert plan.inverse is not None
    await done(cloud, MIYABI, plan.inverse)
    assert live(cloud)["MemorySize"] == 512


async def test_without_an_alias_memory_holds_at_once(cloud: Cloud):
    plan = await done(cloud, brutal(), Memory(mib=2048))
    assert [step.call for step in plan.steps] == ALL_STEPS[:1]
    found = function(cloud, "brutal-patches-api-prod-main", "us-east-1")
    assert found.latest.settings["MemorySize"] == 2048


async def test_less_memory_is_warned_of_and_too_much_refused(cloud: Cloud):
    plan = await cloud.functions.plan(MIYABI, Memory(mib=256))
    assert [(one.level, one.code) for one in plan.cautions] == [("warn", "less-memory")]
    with pytest.raises(Refused, match="at most 10,240") as refused:
        await cloud.functions.plan(MIYABI, Memory(mib=10_241))
    assert "memory=10240" in refused.value.instead
    assert (await cloud.functions.plan(MIYABI, Memory(mib=512))).changes_nothing


async def test_a_function_that_someone_changed_since_the_plan_is_left_alone(cloud: Cloud):
    plan = await cloud.functions.plan(MIYABI, Configure(set={"RUST_LOG": "debug"}))
    function(cloud).latest.revision_id = "another"
    with pytest.raises(BackendError, match="Someone changed miyabi-api-production") as conflict:
        await cloud.functions.apply(MIYABI, plan.steps[0], "OP-1-0")
    assert conflict.value.fault is Fault.CONFLICT
    assert cloud.writes() == []


async def test_while_an_update_is_under_way_no_second_one_is_planned(cloud: Cloud):
    await applied(cloud.functions, brutal(), Memory(mib=2048))
    with pytest.raises(Refused, match="under way"):
        await cloud.functions.plan(brutal(), Memory(mib=1024))


async def test_one_variable_is_set_and_all_others_are_written_back(cloud: Cloud):
    plan = await done(cloud, MIYABI, Configure(set={"RUST_LOG": "debug", "NEW": "x"}))
    assert [(one.what, one.before, one.after) for one in plan.deltas] == [
        ("RUST_LOG", "info", "debug"),
        ("NEW", "not set", "x"),
    ]
    assert plan.inverse == Configure(set={"RUST_LOG": "info"}, unset=("NEW",))
    assert live(cloud)["Environment"]["Variables"] == {
        **MIYABI_VARIABLES,
        "ENVIRONMENT": "production",
        "RUST_LOG": "debug",
        "NEW": "x",
    }
    await done(cloud, MIYABI, plan.inverse)
    assert live(cloud)["Environment"]["Variables"] == {**MIYABI_VARIABLES, "ENVIRONMENT": "production"}


async def test_what_is_asked_for_is_live_even_where_latest_held_something_else(cloud: Cloud):
    variables = function(cloud).latest.settings["Environment"]["Variables"]
    function(cloud).latest.settings["Environment"]["Variables"] = {
        **variables,
        "RUST_LOG": "trace",
        "OLD": "1",
    }
    await done(cloud, MIYABI, Configure(set={"RUST_LOG": "info", "NEW": "x"}, unset=("OLD",)))
    assert live(cloud)["Environment"]["Variables"] == {
        **MIYABI_VARIABLES,
        "ENVIRONMENT": "production",
        "NEW": "x",
    }


async def test_a_secret_is_named_and_its_value_only_ever_sent_to_lambda(cloud: Cloud):
    change = Configure(set={"JWT_SECRET": "secret:miyabi/prod/jwt-secret"})
    plan = await done(cloud, MIYABI, change)
    value = cloud.running.world.region("ap-northeast-1").state(Secrets).held["miyabi/prod/jwt-secret"].value
    assert live(cloud)["Environment"]["Variables"]["JWT_SECRET"] == value
    assert plan.deltas[0].before == f"fingerprint {PRINTS(MIYABI_VARIABLES['JWT_SECRET'])}"
    assert plan.deltas[0].after == f"fingerprint {PRINTS(value)} (secret miyabi/prod/jwt-secret)"
    assert plan.inverse is None
    assert "/rollback miyabi-api 14" in plan.undo
    assert (await cloud.functions.plan(MIYABI, change)).changes_nothing


async def test_no_plan_and_no_answer_holds_a_secret(cloud: Cloud):
    change = Configure(set={"JWT_SECRET": "secret:miyabi/prod/jwt-secret", "RUST_LOG": "debug"})
    said = [
        (await cloud.functions.plan(MIYABI, change)).model_dump_json(),
        (await cloud.functions.plan(MIYABI, Memory(mib=1024))).model_dump_json(),
        (await cloud.functions.plan(MIYABI, Configure(unset=("DATABASE_URL",)))).model_dump_json(),
        (await cloud.functions.answer(MIYABI, ConfigQuery(), cloud.clock())).model_dump_json(),
        (await cloud.functions.answer(brutal(), ConfigQuery(), cloud.clock())).model_dump_json(),
    ]
    for secret in secrets(cloud):
        assert all(secret not in text for text in said)


async def test_no_secret_is_offered_for_a_name_that_is_mistyped(cloud: Cloud):
    with pytest.raises(Refused, match="has no variable") as refused:
        await cloud.functions.plan(MIYABI, Configure(unset=("JWT_SECRETS",)))
    assert "JWT_SECRET" not in refused.value.instead


@pytest.mark.parametrize(
    ("variables", "what", "instead"),
    [
        ({"JWT_SECRET": "hunter2"}, "is a secret", "JWT_SECRET=secret:NAME"),
        ({"JWT_SECRET": "secret:brutal-patches/prod/jwt-secret"}, "not one of", "secret:miyabi/prod/NAME"),
        ({"AWS_REGION": "us-east-1"}, "sets `AWS_REGION` itself", "out"),
        ({"_X": "1"}, "no variable `_X`", "letter first"),
        ({"BIG": "x" * 4000}, "All variables together", "4,096"),
    ],
)
async def test_what_cannot_be_a_variable_is_refused(cloud: Cloud, variables: dict, what: str, instead: str):
    with pytest.raises(Refused, match=what) as refused:
        await cloud.functions.plan(MIYABI, Configure(set=variables))
    assert instead in refused.value.instead
    assert "hunter2" not in str(refused.value)


async def test_a_secret_that_is_not_there_is_told_by_its_name(cloud: Cloud):
    with pytest.raises(BackendError, match="no secret miyabi/prod/jwt in ap-northeast-1"):
        await cloud.functions.plan(MIYABI, Configure(set={"JWT_SECRET": "secret:miyabi/prod/jwt"}))


async def test_what_aws_answers_is_not_told_where_it_repeats_values(cloud: Cloud):
    change = Configure(set={"JWT_SECRET": "secret:miyabi/prod/jwt-secret"})
    plan = await cloud.functions.plan(MIYABI, change)
    stored = cloud.running.world.region("ap-northeast-1").state(Secrets).held["miyabi/prod/jwt-secret"]
    stored.value = "hunter2" * 1000
    with pytest.raises(BackendError) as refused:
        await cloud.functions.apply(MIYABI, plan.steps[0], "OP-1-0")
    told = "".join(traceback.format_exception(refused.value))
    assert "4,096 bytes" in refused.value.next
    for secret in ("hunter2", *secrets(cloud)):
        assert secret not in told


async def test_the_configuration_is_a_table_and_secrets_another(cloud: Cloud):
    found = await cloud.functions.answer(MIYABI, ConfigQuery(), cloud.clock())
    plain, hidden = found.tables
    rows = dict(plain.rows)
    assert (rows["runtime"], rows["memory"], rows["timeout"]) == ("provided.al2023", "512 MiB", "30 s")
    assert (rows["RUST_LOG"], rows["version"]) == ("info", "14")
    assert hidden.of_secrets
    assert dict(hidden.rows) == {key: PRINTS(MIYABI_VARIABLES[key]) for key in HIDDEN}
    assert not set(rows) & set(HIDDEN)


async def test_what_is_not_live_yet_is_told_without_secrets(cloud: Cloud):
    function(cloud).latest.settings["Environment"]["Variables"]["JWT_SECRET"] = "other"
    function(cloud).latest.settings["MemorySize"] = 256
    found = await cloud.functions.answer(MIYABI, ConfigQuery(), cloud.clock())
    assert found.details == ("$LATEST differs in memory; that is not live.",)


async def test_other_code_would_go_live_with_a_setting_and_stops_it(cloud: Cloud):
    upload(cloud, "new", "miyabi-api-production")
    plan = await cloud.functions.plan(MIYABI, Memory(mib=1024))
    stop = next(one for one in plan.cautions if one.level == "stop")
    assert (stop.code, stop.instead) == (
        "other-code",
        "Put that code live by itself first: /deploy miyabi-api latest",
    )


async def test_latest_is_published_and_pointed_to_once_it_ran_in_staging(cloud: Cloud):
    upload(cloud, "new", "miyabi-api-production", "miyabi-api-staging")
    plan = await cloud.functions.plan(MIYABI, Deploy(version="latest"))
    stop = next(one for one in plan.cautions if one.level == "stop")
    assert stop.code == "not-rehearsed"
    assert "/deploy miyabi-api-staging latest" in stop.instead
    await done(cloud, STAGING, Deploy(version="latest"))
    plan = await done(cloud, MIYABI, Deploy(version="latest"))
    assert [step.call for step in plan.steps] == ALL_STEPS[1:]
    assert [one.code for one in plan.cautions] == ["rehearsed"]
    assert live(cloud)["CodeSha256"] == "new"
    assert plan.inverse == Rollback(version="14")
    await done(cloud, MIYABI, plan.inverse)
    assert function(cloud).aliases["production"].version == "14"


async def test_a_published_version_is_deployed_by_its_number(cloud: Cloud):
    plan = await done(cloud, STAGING, Deploy(version="15"))
    assert [step.call for step in plan.steps] == ["lambda:UpdateAlias"]
    assert function(cloud, "miyabi-api-staging").aliases["staging"].version == "15"
    assert (await cloud.functions.plan(STAGING, Deploy(version="15"))).changes_nothing


async def test_a_variable_that_drifted_in_latest_is_written_as_it_was_asked_for(cloud: Cloud):
    function(cloud).latest.settings["Environment"]["Variables"]["RUST_LOG"] = "trace"
    plan = await done(cloud, MIYABI, Configure(set={"RUST_LOG": "info", "NEW": "x"}))
    assert [one.code for one in plan.cautions] == ["other-settings"]
    assert live(cloud)["Environment"]["Variables"]["RUST_LOG"] == "info"


async def test_a_weighted_alias_is_warned_of_before_any_change_of_what_it_points_to(cloud: Cloud):
    function(cloud).aliases["production"].weights = {"12": 0.25}
    function(cloud, "miyabi-api-staging").aliases["staging"].weights = {"12": 0.25}
    for target, change in (
        (MIYABI, Memory(mib=1024)),
        (MIYABI, Configure(set={"RUST_LOG": "debug"})),
        (STAGING, Deploy(version="15")),
    ):
        plan = await cloud.functions.plan(target, change)
        assert "weights-stay" in [one.code for one in plan.cautions]


async def test_a_version_that_is_not_there_is_refused_with_those_there_are(cloud: Cloud):
    with pytest.raises(Refused, match="no version 99") as refused:
        await cloud.functions.plan(STAGING, Deploy(version="99"))
    assert "`16`, `15`" in refused.value.instead
    with pytest.raises(Refused, match="has no alias"):
        await cloud.functions.plan(brutal(), Deploy(version="9"))


async def test_what_someone_published_in_between_is_not_pointed_to(cloud: Cloud):
    upload(cloud, "new", "miyabi-api-staging")
    plan = await cloud.functions.plan(STAGING, Deploy(version="latest"))
    await cloud.functions.apply(STAGING, plan.steps[0], "OP-1-0")
    upload(cloud, "theirs", "miyabi-api-staging")
    with pytest.raises(BackendError, match="published or changed something else"):
        await cloud.functions.apply(STAGING, plan.steps[1], "OP-1-1")
    assert function(cloud, "miyabi-api-staging").aliases["staging"].version == "16"


async def test_after_a_crash_each_call_is_known_to_have_been_made_or_not(cloud: Cloud):
    change = Configure(set={"RUST_LOG": "debug", "JWT_SECRET": "secret:miyabi/prod/jwt-secret"})
    plan = await cloud.functions.plan(MIYABI, change)
    since = cloud.clock()
    for index, step in enumerate(plan.steps):
        assert await cloud.functions.has_applied(MIYABI, step, "t", since) is False, step.call
        await cloud.functions.apply(MIYABI, step, f"OP-1-{index}")
        assert await cloud.functions.has_applied(MIYABI, step, "t", since) is True, step.call


def test_grants_are_on_the_function_its_alias_and_its_own_secrets_only(cloud: Cloud):
    grants = cloud.functions.grants(MIYABI)
    own = "arn:aws:lambda:ap-northeast-1:112530848482:function:miyabi-api-production"
    on = {arn for grant in grants for arn in grant.on}
    assert on == {
        "*",
        own,
        f"{own}:production",
        "arn:aws:lambda:ap-northeast-1:112530848482:function:miyabi-api-staging",
        "arn:aws:secretsmanager:ap-northeast-1:112530848482:secret:miyabi/prod/*",
    }
    without = [action for grant in grants if "*" in grant.on for action in grant.actions]
    assert sorted(without) == [
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:DescribeScheduledActions",
        "lambda:GetAccountSettings",
    ]
    assert json.dumps([grant.actions for grant in grants]).count("GetSecretValue") == 1
