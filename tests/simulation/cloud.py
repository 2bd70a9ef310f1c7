"""A cloud of services with a count and a version: calls that take time, get lost, or are refused."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime

from model.catalog.schema import Service
from model.changes import Deploy, Restart, Rollback, Scale
from model.health import Check, Health, Verdict
from model.plan import Change, Delta, Direction, Plan, Progress, RiskTier, Step, fingerprint
from model.ports.backend import BackendError, Fault
from model.refusal import Refused
from tests.simulation.faults import Faults

BAD = "crashing"
"""A version that never comes up."""

ROLLS_S = 40.0
"""Seconds until a version that works is everywhere."""

POLL_S = 9.0


@dataclass
class Target:
    """What the cloud is told to run, and since when."""

    count: int = 4
    version: str = "v1"
    before: str = "v0"
    stamp: int = 0
    changed_s: float = 0.0

    @property
    def print(self) -> str:
        """Of its configuration."""
        return fingerprint({"count": self.count, "version": self.version, "stamp": self.stamp})


@dataclass(frozen=True)
class Effect:
    """A call that changed a target: at what time, of which service, with which token."""

    at_s: float
    service: str
    token: str
    call: str


@dataclass
class Cloud:
    """All targets, and all that ever changed them."""

    faults: Faults
    targets: dict[str, Target] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    watcher: Callable[[Effect], None] = field(default=lambda _: None)

    def target(self, service: str) -> Target:
        return self.targets.setdefault(service, Target())

    def drifts(self, service: str) -> None:
        """Somebody changes it by hand."""
        target = self.target(service)
        target.count += 1
        target.changed_s = asyncio.get_running_loop().time()


class CloudBackend:
    """The cloud as a backend; it answers as slowly as a real one."""

    kind = "simulated"

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def grants(self, service: Service) -> tuple[()]:
        return ()

    async def close(self) -> None:
        return

    def accepts(self, change: Change) -> bool:
        return isinstance(change, Scale | Deploy | Rollback | Restart)

    async def plan(self, service: Service, change: Change) -> Plan:
        await self._travels()
        target = self._cloud.target(service.id)
        match change:
            case Scale():
                return self._scale(service, change, target)
            case Deploy():
                return self._version(service, change, target, change.version)
            case Rollback():
                return self._version(service, change, target, change.version or target.before)
            case Restart():
                steps = (Step(call="cloud:Restart", params={"stamp": target.stamp + 1}, says="Restart"),)
                return _plan(
                    service, change, target, (Delta(what="tasks", before="old", after="fresh"),), steps
                )
            case _:
                raise Refused("No such change.")

    def _scale(self, service: Service, change: Scale, target: Target) -> Plan:
        count = change.desired.of(target.count)
        if not 1 <= count <= 20:
            raise Refused(f"{count} is out of bounds.", "Type 1 to 20.")
        delta = Delta(what="desired count", before=str(target.count), after=str(count))
        steps = (
            (Step(call="cloud:Scale", params={"count": count}, says="Scale"),)
            if count != target.count
            else ()
        )
        direction = Direction.UP if count > target.count else Direction.DOWN
        inverse = Scale.model_validate({"desired": {"how": "to", "n": target.count}})
        plan = _plan(service, change, target, (delta,), steps, inverse)
        return plan.model_copy(update={"direction": direction})

    def _version(self, service: Service, change: Change, target: Target, version: str) -> Plan:
        delta = Delta(what="version", before=target.version, after=version)
        steps = (
            Step(call="cloud:Register", params={"register": version}, says="Register"),
            Step(call="cloud:Deploy", params={"version": version}, says="Deploy"),
        )
        wanted = steps if version != target.version else ()
        inverse = Rollback(version=target.version)
        return _plan(service, change, target, (delta,), wanted, inverse)

    async def fingerprint(self, service: Service) -> str:
        await self._travels()
        return self._cloud.target(service.id).print

    async def apply(self, service: Service, step: Step, token: str) -> None:
        await self._travels()
        faults = self._cloud.faults
        if faults.happens(faults.cloud_refuses):
            raise BackendError(Fault.INVALID, "The cloud refuses.", "Look at it.")
        is_lost = faults.happens(faults.cloud_loses)
        if is_lost and faults.dice.random() < 0.5:
            raise BackendError(Fault.UNREACHABLE, "No answer came.", sent=True)
        self._takes_effect(service.id, step, token)
        await self._travels(may_fail=False)
        if is_lost:
            raise BackendError(Fault.UNREACHABLE, "No answer came.", sent=True)

    def _takes_effect(self, service: str, step: Step, token: str) -> None:
        target = self._cloud.target(service)
        now_s = asyncio.get_running_loop().time()
        effect = Effect(now_s, service, token, step.call)
        self._cloud.effects.append(effect)
        self._cloud.watcher(effect)
        if "count" in step.params:
            target.count = int(str(step.params["count"]))
        elif "version" in step.params:
            target.before, target.version = target.version, str(step.params["version"])
        elif "stamp" in step.params:
            target.stamp += 1
        else:
            return
        target.changed_s = now_s

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        await self._travels()
        return any(one.token == token for one in self._cloud.effects)

    async def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncIterator[Progress]:
        while True:
            await self._travels()
            target = self._cloud.target(service.id)
            if any(plan.goal.get(name, now) != now for name, now in _goal(target).items()):
                yield Progress(ok=False, why="Someone moved it.")
                return
            if asyncio.get_running_loop().time() - target.changed_s < ROLLS_S:
                yield Progress(wanted=target.count, starting=target.count)
            elif target.version == BAD:
                yield Progress(wanted=target.count, failed=target.count, why="exit code 1")
            else:
                yield Progress(wanted=target.count, running=target.count, ok=True)
                return
            await asyncio.sleep(POLL_S)

    async def health(self, service: Service) -> Health:
        verdict = Verdict.DOWN if self._cloud.target(service.id).version == BAD else Verdict.OK
        return Health(
            service=service.id,
            verdict=verdict,
            reason="",
            signs=(Check(name="tasks", value="", verdict=verdict),),
        )

    async def _travels(self, *, may_fail: bool = True) -> None:
        faults = self._cloud.faults
        await asyncio.sleep(faults.dice.uniform(0.01, 1.5))
        if may_fail and faults.happens(faults.cloud_unreachable):
            raise BackendError(Fault.UNREACHABLE, "The cloud cannot be reached.", "Try again.")


def _plan(
    service: Service,
    change: Change,
    target: Target,
    deltas: tuple[Delta, ...],
    steps: tuple[Step, ...],
    inverse: Change | None = None,
) -> Plan:
    wanted = {name: value for step in steps for name, value in step.params.items() if name != "register"}
    return Plan(
        service=service.id,
        change=change,
        deltas=deltas,
        steps=steps,
        tier=RiskTier.R2 if isinstance(change, Rollback) else RiskTier.R1,
        fingerprint=target.print,
        goal={**_goal(target), **wanted},
        inverse=inverse,
        undo="Puts it back.",
    )


def _goal(target: Target) -> dict[str, int | str]:
    return {"count": target.count, "version": target.version, "stamp": target.stamp}
