"""A world made of a seed: people who want things, a cloud, crashes, faults; and what must hold in it."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from bot.gate.request import IncomingRequest
from bot.views.operation.card import card
from model.operations.state import OVER, Operation, Phase, StepState, fold
from model.people import Person
from tests.simulation.cloud import BAD, Cloud, Effect
from tests.simulation.durable import Durable
from tests.simulation.faults import Faults
from tests.simulation.process import GROUPS, SERVICES, TEAM, Process
from tests.simulation.slack import SimulatedSlack
from tests.simulation.virtual_time import run

BEGIN = datetime(2026, 2, 10, 3, 0, tzinfo=UTC)
CHANNEL = "C0OPS"
LONGEST = timedelta(hours=4)
"""How long a world may go on after the last thing that people did."""


@dataclass(frozen=True)
class Act:
    """One thing that happens: at what second, who, what."""

    at_s: float
    who: str
    what: str

    def __str__(self) -> str:
        return f"{self.at_s:7.1f} s  {self.who:6} {self.what}"


@dataclass
class Report:
    """What happened, and what should not have."""

    seed: int
    acts: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n".join([f"seed {self.seed}", *self.acts, "broken:", *self.broken])


def schedule(dice: Random) -> list[Act]:
    """What people type and press, when processes die, when somebody else changes the cloud."""
    at_s, acts = 0.0, list[Act]()
    for _ in range(dice.randint(6, 18)):
        at_s += dice.choice((0.2, 2.0, 10.0, 45.0, 200.0))
        who, service = dice.choice(sorted(GROUPS)), dice.choice(SERVICES)
        what = dice.choice(_WANTS).format(service=service, n=dice.randint(1, 12))
        acts.append(Act(at_s, who, what))
        if not what.startswith("press") and dice.random() < 0.7:
            at_s += dice.choice((4.0, 8.0))
            acts.append(Act(at_s, who, "press run"))
        if not what.startswith("press") and dice.random() < 0.3:
            acts += _rivals(dice, at_s, service)
    for _ in range(dice.choice((0, 0, 1, 3))):
        acts.append(Act(dice.uniform(0, at_s), "-", "crash"))
    if dice.random() < 0.3:
        acts.append(Act(dice.uniform(0, at_s), "-", f"drift {dice.choice(SERVICES)}"))
    return sorted(acts, key=lambda act: act.at_s)


def _rivals(dice: Random, at_s: float, service: str) -> list[Act]:
    """Two people want different things of one service, and run them at the same moment."""
    first, second = ("U0ANA", "U0SAM")
    wants = [dice.choice(_WANTS[:7]).format(service=service, n=dice.randint(1, 12)) for _ in range(2)]
    asked = [Act(at_s + 0.1, first, wants[0]), Act(at_s + 0.2, second, wants[1])]
    pressed_s = at_s + 7 + dice.random()
    gap_s = dice.choice((0.0, 0.5, 2.0, 5.0))
    return [*asked, Act(pressed_s, first, "press run 2"), Act(pressed_s + gap_s, second, "press run 1")]


_WANTS = (
    "scale {service} {n} because load", "scale {service} {n} queue because load",
    f"deploy {{service}} {BAD} because new", "deploy {service} v2 because new",
    "deploy {service} v3 queue because next", "rollback {service} because errors",
    "restart {service} because stuck", "undo because wrong", "press run", "press approve",
    "press cancel", "press abort", "press abort", "press stop-watching", "press undo",
)  # fmt: skip


class World:
    """Plays one schedule. Everything it does hangs on the seed alone."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.report = Report(seed)
        self.faults = Faults.of(self.dice)
        self.cloud = Cloud(self.faults)
        self.slack = SimulatedSlack(self.faults)
        self.durable = Durable(self.faults, self.now)
        self.drifted = dict[str, float]()
        self.accepted = dict[str, str]()
        self._claims = 0

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=asyncio.get_running_loop().time())

    async def play(self) -> Report:
        """The schedule, then peace, then what must hold."""
        self.cloud.watcher = self._effect
        process = self._process()
        asking = list[asyncio.Task[None]]()
        for act in schedule(self.dice):
            await asyncio.sleep(max(0.0, act.at_s - asyncio.get_running_loop().time()))
            self.report.acts.append(str(act))
            if act.what == "crash":
                await process.kill()
                for one in asking:
                    one.cancel()
                process, asking = self._process(), []
            elif act.what.startswith("drift"):
                service = act.what.split()[1]
                self.cloud.drifts(service)
                self.drifted[service] = act.at_s
            else:
                asking.append(asyncio.ensure_future(self._asks(process, act)))
        await asyncio.gather(*asking)
        self.faults.off()
        await self._peace()
        self._must_hold()
        await process.kill()
        return self.report

    def _process(self) -> Process:
        return Process(self.durable, self.cloud, self.slack, self.now, lambda: self.dice.random() < 0.1)

    async def _asks(self, process: Process, act: Act) -> None:
        """Somebody types or presses; Slack delivers it once, or twice."""
        person, line, seen = Person(team=TEAM, user=act.who), act.what, None
        if act.what.startswith("press "):
            verb, *nth = act.what.split()[1:]
            operation = self._one_to_press(int(nth[0]) if nth else 0)
            if operation is None:
                return
            line = f"{verb} {operation.id}" + (" because pressed" if verb != "approve" else "")
            seen = operation.mark if verb in {"run", "approve"} else None
        self._claims += 1
        claim = f"claim-{self._claims}"
        incoming = IncomingRequest(person, CHANNEL, line, "slash", claim, seen=seen)
        answer = await process.gate.handle(incoming)
        self.report.acts.append(f"            {line}: {answer.id or _said(answer)}")
        if answer.id and not answer.is_refusal:
            self.accepted[claim] = answer.id
        if self.dice.random() < 0.2:
            again = await process.gate.handle(incoming)
            if not answer.is_refusal and answer.id and again.id not in {"", answer.id}:
                self._broken(f"{claim} was taken twice: {answer.id}, {again.id}")

    def _one_to_press(self, nth: int) -> Operation | None:
        """An operation that is not over, mostly the newest, as a person sees it in the channel."""
        known = [one for one in self._operations() if not one.is_over]
        if nth:
            return known[-nth] if len(known) >= nth else None
        return known[-1] if known and self.dice.random() < 0.8 else self.dice.choice(known) if known else None

    def _operations(self) -> list[Operation]:
        names = sorted(
            (name for name in self.durable.journal.streams if name.startswith("op:OP-")),
            key=lambda name: int(name.rpartition("-")[2]),
        )
        found = (fold(self.durable.journal.streams[name]) for name in names)
        return [one for one in found if one is not None]

    async def _peace(self) -> None:
        """Until nothing is left to do: plans run out, watches end, timers ring."""
        until = self.now() + LONGEST
        while self.now() < until:
            await asyncio.sleep(30)
            if not self.durable.journal.news() and not self.durable.timers:
                return
        left = [*self.durable.journal.news(), *self.durable.timers]
        self._broken(f"it does not come to rest: {left}")

    def _effect(self, effect: Effect) -> None:
        """What must hold whenever the cloud is changed."""
        id, index, _ = effect.token.rsplit("-", 2)
        operation = fold(self.durable.journal.streams[f"op:{id}"])
        assert operation is not None
        if operation.phase is not Phase.APPLYING or operation.steps[int(index)] is not StepState.BEGUN:
            self._broken(f"{effect} without its intent in the journal: {operation.phase}")
        if operation.confirmed_by is None or operation.confirmed_by.user == "U0EVE":
            self._broken(f"{effect} was confirmed by {operation.confirmed_by}")
        if len(operation.approved_by) < operation.needs:
            self._broken(f"{effect} lacks approvals")
        call = (id, index)
        if [tuple(one.token.rsplit("-", 2)[:2]) for one in self.cloud.effects].count(call) > 1:
            self._broken(f"{effect} is made a second time")
        for other in self._operations():
            if other.id != id and other.service == effect.service and other.phase is Phase.APPLYING:
                self._broken(f"{effect} while {other.id} is between its calls")

    def _must_hold(self) -> None:
        """What must hold once the world has come to rest."""
        operations = self._operations()
        known = {one.id for one in operations}
        for claim, id in self.accepted.items():
            if id not in known:
                self._broken(f"{claim} was acknowledged as {id}, which is lost")
        for operation in operations:
            self.report.ended[operation.phase] = self.report.ended.get(operation.phase, 0) + 1
            if operation.phase not in OVER:
                self._broken(f"{operation.id} is left {operation.phase}")
            self._must_be_shown(operation)
            self._must_have_ended_well(operation)
        for service in SERVICES:
            self._must_be_as_told(service, operations)

    def _must_be_shown(self, operation: Operation) -> None:
        shown = self.slack.shown(operation.id)
        wanted = card(operation, self.now()).text
        if operation.phase is Phase.TURNED_DOWN and not shown:
            return
        if shown != [wanted]:
            self._broken(f"{operation.id} is shown as {shown}, and is {wanted!r}")

    def _must_have_ended_well(self, operation: Operation) -> None:
        """An operation that another one ended was only watched then; what undid it succeeded."""
        events = self.durable.journal.streams[operation.stream]
        for number, event in enumerate(events):
            before = fold(events[:number])
            if event.type in {"op.superseded", "op.watch_stopped"} and (
                before is None or before.phase is not Phase.WATCHING
            ):
                self._broken(f"{operation.id}: {event.type} while it was {before and before.phase}")
        undoing = {one.id: one for one in self._operations()}.get(operation.undone_by)
        if undoing is not None and undoing.phase is not Phase.SUCCEEDED:
            self._broken(f"{operation.id} is called undone by {undoing.id}, which {undoing.phase}")

    def _must_be_as_told(self, service: str, operations: list[Operation]) -> None:
        """What the last change said that it did is what the cloud has, unless somebody moved it since."""
        effects = [one for one in self.cloud.effects if one.service == service]
        if not effects:
            return
        last = next(one for one in operations if one.id == effects[-1].token.rsplit("-", 2)[0])
        target = self.cloud.target(service)
        if last.phase is not Phase.SUCCEEDED or self.drifted.get(service, 0.0) > effects[-1].at_s:
            return
        assert last.plan is not None
        told = {name: value for name, value in last.plan.goal.items() if getattr(target, name) != value}
        if told and service not in self.drifted:
            self._broken(f"{last.id} says that it succeeded with {told}, and the cloud has {target}")

    def _broken(self, what: str) -> None:
        self.report.broken.append(what)


def _said(answer: object) -> str:
    message = getattr(answer, "message", None)
    return message.text[:100] if message is not None else "nothing"


def play(seed: int) -> Report:
    """One world, from its seed alone."""
    return run(_played(seed))


async def _played(seed: int) -> Report:
    return await World(seed).play()
