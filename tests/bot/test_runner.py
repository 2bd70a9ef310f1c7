"""An operation that has begun is seen to its end, whoever holds its target meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from backends.registry import target_types
from bot.gate import streams
from bot.gate.projections import Projection
from bot.health import HealthChecker
from bot.ids import TimerId
from bot.operations.execution import LOOKS_AGAIN, ExecutionDependencies, Polling
from bot.operations.log import OperationLog
from bot.operations.runner import AGAIN, LEASE, Runner
from journal.memory import MemoryJournal, MemoryLeases
from model.catalog.schema import HealthCheck, Service
from model.catalog_loader import load_catalog
from model.health import Check, Health, Verdict
from model.operations import state
from model.operations.events import Confirmed, OperationEvent, Planned, Proposed, Started, StepBegun, StepDone
from model.operations.state import Operation, Phase
from model.people import Person
from model.plan import Plan, Progress, Step
from tests.model.operations.test_life import SCALE, plan

CATALOG = load_catalog(Path(__file__).parents[2] / "examples" / "catalog", target_types())
API = CATALOG.service("delivery-standard")
assert API is not None
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
STEPS: list[OperationEvent] = [
    Proposed(id="OP-1", service=API.id, change=SCALE, line="/scale x 6", channel="C1"),
    Planned(plan=plan().model_copy(update={"service": API.id}), needs=0, policy_version="v1"),
    Confirmed(fingerprint="f1"),
]


def sign(verdict: Verdict) -> Check:
    return Check(name="url", value=str(verdict), verdict=verdict, why="it answers 503")


BEGUN: list[OperationEvent] = [
    *STEPS,
    Started(
        token=1,
        before=Health(service=API.id, verdict=Verdict.OK, reason="", signs=(sign(Verdict.OK),)),
    ),
    StepBegun(index=0, token="t"),
    StepDone(index=0),
]


class Target:
    """A target on which a change is over at once; `during` is called while it is watched."""

    def __init__(self) -> None:
        self.watched, self.ends = 0, True
        self.during = lambda: asyncio.sleep(0)

    def accepts(self, change: object) -> bool:
        return True

    async def plan(self, service: Service, change: object) -> Plan:
        return plan()

    async def fingerprint(self, service: Service) -> str:
        return "f1"

    async def apply(self, service: Service, step: Step, token: str) -> None:
        raise AssertionError("the call was made already")

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        return True

    async def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncIterator[Progress]:
        self.watched += 1
        await self.during()
        yield Progress(ok=True if self.ends else None)


class Scene:
    """A runner on a journal in memory. `looks`: what each look at the service's URL finds."""

    def __init__(self, *looks: Verdict) -> None:
        self.now, self.timers, self.shown = NOW, dict[TimerId, datetime](), list[Operation]()
        self.looks = list(looks)
        self.target, self.journal, self.leases = (
            Target(),
            MemoryJournal(),
            MemoryLeases(lambda: self.leases_now()),
        )
        self.leases_now = lambda: self.now
        self.operations = Projection(self.journal, streams.operation, state.fold)
        self.operation_log = OperationLog(
            self.journal, self.operations, lambda: self.now, "T0", lambda stream: None
        )
        means = ExecutionDependencies(
            self.operations,
            self.leases,
            cast(Any, None),  # what has begun is not judged again
            self.operation_log,
            HealthChecker({}, self._probe),
            lambda: self.now,
            self._show,
            self._announce,
            self._sealed,
            lambda bare: f"keyed {bare}",
            Polling(poll_s=0.001),
        )
        self.runner = Runner(CATALOG, cast(Any, {API.target.kind: self.target}), means, self._later)

    async def _probe(self, checks: Sequence[HealthCheck]) -> tuple[Check, ...]:
        return (sign(self.looks.pop(0) if self.looks else Verdict.OK),)

    async def _show(self, operation: Operation) -> None:
        self.shown.append(operation)

    async def _announce(self, operation: Operation) -> str:
        return ""

    async def _sealed(self, stream: str) -> str:
        return ""

    async def _later(self, timer: TimerId, at: datetime) -> None:
        self.timers[timer] = at

    def passes(self, minutes: int) -> Callable[[], Awaitable[None]]:
        """What lets time pass, through which the lease is kept."""

        async def passes() -> None:
            self.now += timedelta(minutes=minutes)

        self.leases_now = lambda: NOW

        return passes

    async def write(self, events: Sequence[OperationEvent]) -> None:
        operation = Operation(
            id="OP-1",
            service=API.id,
            change=SCALE,
            line="",
            channel="C1",
            asked_by=Person(team="T0", user="U0"),
            asked_at=NOW,
        )
        assert await self.operation_log.record(operation, *events)

    async def operation(self) -> Operation:
        found = await self.operations.get("OP-1")
        assert found is not None
        return found


async def test_what_has_begun_waits_for_a_held_target_and_is_then_seen_to_its_end():
    scene = Scene()
    await scene.write(BEGUN)
    other = await scene.leases.take(API.id, "OP-2", LEASE, scene.now)
    await scene.runner.run("OP-1")
    assert (await scene.operation()).phase is Phase.WATCHING
    assert scene.timers == {TimerId("run", "OP-1"): NOW + AGAIN}
    await scene.leases.release(other)
    await scene.runner.run("OP-1")
    assert (await scene.operation()).phase is Phase.SUCCEEDED


async def test_what_has_not_begun_is_planned_anew_when_another_has_the_target():
    scene = Scene()
    await scene.write(STEPS)
    await scene.leases.take(API.id, "OP-2", LEASE, scene.now)
    await scene.runner.run("OP-1")
    assert "OP-2 was changing" in (await scene.operation()).says
    assert scene.timers == {}


async def test_a_runner_that_slept_through_its_lease_comes_back():
    scene = Scene()
    await scene.write(BEGUN)

    async def sleeps() -> None:
        scene.now += LEASE + timedelta(seconds=1)

    scene.target.during = sleeps
    await scene.runner.run("OP-1")
    assert (await scene.operation()).phase is Phase.WATCHING
    assert scene.timers == {TimerId("run", "OP-1"): scene.now + AGAIN}


async def test_a_runner_whose_operation_another_took_over_leaves_it_to_that_one():
    scene = Scene()
    await scene.write(BEGUN)

    async def taken_over() -> None:
        await scene.leases.take(API.id, "OP-1", LEASE, scene.now)

    scene.target.during = taken_over
    await scene.runner.run("OP-1")
    assert (await scene.operation()).phase is Phase.WATCHING
    assert scene.timers == {}


async def test_what_recovers_when_looked_at_again_is_not_worse():
    scene = Scene(Verdict.DOWN, Verdict.DOWN, Verdict.OK)
    await scene.write(BEGUN)
    await scene.runner.run("OP-1")
    ended = await scene.operation()
    assert ended.verdict == "no change"
    assert [one.progress.last_event.split(". ")[-1] for one in scene.shown[1:] if one.progress] == [
        "Looking again before this is called worse."
    ] * 2


async def test_what_stays_worse_is_called_worse():
    scene = Scene(*[Verdict.DOWN] * (1 + len(LOOKS_AGAIN)))
    await scene.write(BEGUN)
    await scene.runner.run("OP-1")
    ended = await scene.operation()
    assert (ended.phase, ended.verdict) == (Phase.SUCCEEDED, "worse")
    assert scene.looks == []


async def test_a_watch_that_sees_no_end_in_time_ends_as_unknown_with_what_to_type():
    scene = Scene()
    await scene.write(BEGUN)
    scene.target.ends = False
    scene.target.during = scene.passes(minutes=31)
    await scene.runner.run("OP-1")
    ended = await scene.operation()
    assert ended.phase is Phase.UNKNOWN
    assert "not seen in time" in ended.what
    assert scene.target.watched == 1


async def test_a_plan_that_may_take_hours_is_watched_for_hours():
    scene = Scene()
    planned = plan().model_copy(update={"service": API.id, "takes": timedelta(hours=4)})
    await scene.write([BEGUN[0], Planned(plan=planned, needs=0, policy_version="v1"), *BEGUN[2:]])
    scene.target.ends = False
    scene.target.during = scene.passes(minutes=61)
    await scene.runner.run("OP-1")
    assert (await scene.operation()).phase is Phase.UNKNOWN
    assert scene.target.watched == 4
