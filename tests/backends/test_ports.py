"""One suite over every kind of backend: what the ports promise, and that the stated rights are enough."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import pytest

from backends.kubernetes import Kubernetes, KubernetesApi
from backends.registry import BackendSettings, backends, target_types
from bot.clock import utc_now
from model.catalog.schema import Service
from model.plan import Amount, CapacityBounds, Change, Concurrency, Plan, Restart, Rollback, Scale
from model.ports.backend import Backend, BackendError, Changeable, HasVersions, Observable
from model.refusal import Refused
from playground.aws import AwsConfig
from playground.aws import Running as Aws
from playground.aws import serve as serve_aws
from playground.faults import FaultBoard
from playground.kubernetes import MUSTER_TOKEN, Account, KubeConfig, Rule
from playground.kubernetes import Running as Kube
from playground.kubernetes import serve as serve_kube
from tests.backends.systems import CATALOG, service
from tests.waiting import HANGS_S

CHANGES: tuple[Change, ...] = (
    Scale(desired=Amount(how="up", n=1)),
    CapacityBounds(max=9),
    Restart(),
    Restart(hard=True),
    Rollback(),
    Concurrency(reserved=50),
    Concurrency(provisioned=5),
)
KINDS = {"ecs": "miyabi-dev", "lambda": "miyabi-api", "kubernetes": "architect-api"}
IAM = {"monitoring": "cloudwatch"}


@dataclass
class Place:
    """All backends as the bot makes them, on both clouds; `kind` is the one that is looked at."""

    kind: str
    all: dict[str, Backend]
    aws: Aws
    kube: Kube

    @property
    def service(self) -> Service:
        return service(KINDS[self.kind])

    @property
    def changes(self) -> Changeable:
        backend = self.all[self.kind]
        assert isinstance(backend, Changeable)
        return backend

    def writes(self) -> list[str]:
        aws = [one.action for one in self.aws.calls if not one.action.startswith(("Describe", "List", "Get"))]
        quiet = {"get", "list", "watch"}
        kube = [one.path for one in self.kube.calls if one.verb not in quiet and "reviews" not in one.path]
        return aws + kube


def account(rules: tuple[str, ...], namespace: str) -> Account:
    """An account with the rights that a backend states, and no others."""
    verbs: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        resource, _, verb = rule.rpartition(":")
        verbs[resource].append(verb)
    granted = [
        Rule((group if group != "core" else "",), (resource,), tuple(allowed), namespace)
        for (group, _, resource), allowed in ((name.partition("/"), each) for name, each in verbs.items())
    ]
    return Account("stated", tuple(granted))


@pytest.fixture(params=sorted(KINDS))
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        aws = await enter(serve_aws(AwsConfig(utc_now, pace_s=0.02, faults=FaultBoard())))
        kind, target = Kubernetes(_never, utc_now, 0.1), service(KINDS["kubernetes"])
        granted = tuple(action for one in kind.grants(target) for action in one.actions)
        accounts = {MUSTER_TOKEN: account(granted, "architect-production")}
        kube = await enter(serve_kube(KubeConfig(pace_s=0.02, accounts=accounts)))
        settings = BackendSettings(
            utc_now,
            aws_endpoint_url=aws.url,
            kube_api_url=kube.url,
            kube_token=MUSTER_TOKEN,
            poll_s=0.05,
            autoscaler_sync_s=0.4,
            scaling_check_s=0.5,
        )
        made = backends(settings)
        for backend in made.values():
            stack.push_async_callback(backend.close)
        yield Place(request.param, made, aws, kube)


def _never(cluster: str) -> KubernetesApi:
    raise AssertionError("only asked what it may do")


async def plans(place: Place) -> list[Plan]:
    """Plans of every change this kind has; a refusal must say what to do instead."""
    found: list[Plan] = []
    for change in CHANGES:
        if not place.changes.accepts(change):
            continue
        try:
            found.append(await place.changes.plan(place.service, change))
        except Refused as refused:
            assert refused.what.endswith("."), refused.what
            assert refused.instead
    assert len(found) >= 3
    return found


def test_every_kind_has_its_target_and_every_service_a_kind():
    made = backends(BackendSettings(utc_now))
    assert {kind: backend.target for kind, backend in made.items()} == target_types()
    assert all(backend.kind == kind for kind, backend in made.items())
    assert {one.target.kind for one in CATALOG.services} <= set(made)


async def test_every_kind_changes_observes_and_remembers(place: Place):
    backend = place.all[place.kind]
    assert isinstance(backend, Changeable)
    assert isinstance(backend, Observable)
    assert isinstance(backend, HasVersions)
    assert (await backend.health(place.service)).signs
    versions = await backend.versions(place.service)
    assert [one.is_current for one in versions] == [True] + [False] * (len(versions) - 1)


async def test_planning_writes_nothing(place: Place):
    await plans(place)
    assert place.writes() == []


async def test_a_plan_survives_the_journal_and_says_all_that_is_shown(place: Place):
    for plan in await plans(place):
        assert Plan.model_validate_json(plan.model_dump_json()) == plan
        assert plan.deltas
        assert plan.undo.endswith(".")
        assert all(step.says and ":" in step.call for step in plan.steps)
        assert all(one.before != one.after for one in plan.deltas if plan.steps)


async def test_a_plan_is_of_the_configuration_that_fingerprint_gives(place: Place):
    for plan in await plans(place):
        assert plan.fingerprint == await place.changes.fingerprint(place.service)


async def test_a_resolved_change_plans_the_same_again(place: Place):
    for plan in await plans(place):
        again = await place.changes.plan(place.service, plan.change)
        assert again.deltas == plan.deltas
        assert again.change == plan.change


async def test_every_change_runs_and_is_undone_with_the_stated_rights_alone(place: Place):
    for change in CHANGES:
        try:
            plan = await place.changes.plan(place.service, change) if place.changes.accepts(change) else None
        except Refused:
            plan = None
        if plan is None:
            continue
        before = plan.fingerprint
        await run(place, plan)
        if plan.inverse is not None:
            await run(place, await place.changes.plan(place.service, plan.inverse))
            assert await place.changes.fingerprint(place.service) == before, change
    stated = {action for one in place.all[place.kind].grants(place.service) for action in one.actions}
    made = {f"{IAM.get(one.service, one.service)}:{one.action}" for one in place.aws.calls}
    assert made <= stated


async def run(place: Place, plan: Plan) -> None:
    """Make the calls and watch to the end; nothing may be refused."""
    began = utc_now()
    for index, step in enumerate(plan.steps):
        await place.changes.apply(place.service, step, f"OP-1-{index}")
        assert await place.changes.has_applied(place.service, step, f"OP-1-{index}", began) is not False
    async with asyncio.timeout(HANGS_S):
        seen = [progress async for progress in place.changes.watch(place.service, plan, began)]
    assert seen[-1].ok is True, seen[-1]


async def test_a_target_that_is_gone_is_an_error_in_words(place: Place):
    name = {"ecs": "service", "lambda": "function", "kubernetes": "deployment"}[place.kind]
    target = place.service.target.model_copy(update={name: "gone"})
    gone = place.service.model_copy(update={"target": target})
    with pytest.raises(BackendError) as error:
        await place.all[place.kind].reach(gone)
    assert error.value.what
    assert error.value.next


async def test_closing_twice_is_no_error(place: Place):
    await place.all[place.kind].reach(place.service)
    for _ in range(2):
        await place.all[place.kind].close()


def test_settings_do_not_show_their_token():
    settings = replace(BackendSettings(utc_now), kube_token="not-to-be-shown")
    assert "not-to-be-shown" not in repr(settings)
