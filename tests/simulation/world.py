"""A world made of a seed: people who want things, a cloud, crashes, faults; and what must hold in it."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

from bot.gate.gate import Answer
from bot.gate.request import IncomingRequest
from model.catalog.system import System
from model.events import RecordedEvent
from model.incidents import state as incident_state
from model.incidents.state import Incident
from model.maintenance import state as maintenance_state
from model.maintenance.state import Maintenance
from model.operations import state as operation_state
from model.operations.state import Operation
from model.people import Person
from tests.simulation import of_clocks, of_incidents, of_maintenances, of_operations, of_requests
from tests.simulation.cloud import Cloud, Effect
from tests.simulation.durable import Durable
from tests.simulation.faults import Faults
from tests.simulation.pager import SimulatedPager
from tests.simulation.process import TEAM, Process, read
from tests.simulation.schedule import Act, schedule
from tests.simulation.slack import INCIDENTS, SimulatedSlack
from tests.simulation.virtual_time import run

BEGIN = datetime(2026, 2, 10, 3, 0, tzinfo=UTC)
CHANNEL = "C0OPS"
LONGEST = timedelta(hours=8)
"""How long a world may go on after the last thing that people did."""

State = TypeVar("State", Operation, Incident, Maintenance)
_OF = (of_requests, of_operations, of_incidents, of_clocks, of_maintenances)


@dataclass
class Report:
    """What happened, and what should not have."""

    seed: int
    acts: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return "\n".join([f"seed {self.seed}", *self.acts, "broken:", *self.broken])


@dataclass(frozen=True)
class Said:
    """A request and its answer. word: the word in it that nobody else said, if it had one."""

    claim: str
    line: str
    word: str
    answer: Answer


class World:
    """Plays one schedule. Everything it does hangs on the seed alone."""

    def __init__(self, seed: int) -> None:
        self.dice = Random(seed)
        self.report = Report(seed)
        self.faults = Faults.of(self.dice)
        self.cloud = Cloud(self.faults)
        self.slack = SimulatedSlack(self.faults, BEGIN.timestamp())
        self.pager = SimulatedPager(self.faults)
        self.durable = Durable(self.faults, self.now)
        self.drifted = dict[str, float]()
        self.said = list[Said]()
        self.lost_ids, self.repeated = False, 0
        self._is_doubled, self._slack_trouble = False, self.faults.slack_ails
        self._claims = 0
        self._processes = list[Process]()
        self._asking = list[tuple[Process, asyncio.Task[None]]]()
        self._dying = list[asyncio.Task[None]]()

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=asyncio.get_running_loop().time())

    async def play(self) -> Report:
        """The schedule, then peace, then what must hold."""
        self.cloud.watcher = self._effect
        self._begin_process()
        for act in schedule(self.dice):
            await asyncio.sleep(max(0.0, act.at_s - asyncio.get_running_loop().time()))
            self.report.acts.append(str(act))
            await self._happens(act)
        asked = await asyncio.gather(*(task for _, task in self._asking), return_exceptions=True)
        for failed in (one for one in asked if isinstance(one, Exception)):
            raise failed
        self.faults.off()
        await self._peace()
        for of in _OF:
            self.report.broken.extend(of.at_rest(self))
        for process in self._processes:
            await process.kill()
        return self.report

    async def _happens(self, act: Act) -> None:
        verb, *rest = act.what.split()
        match verb:
            case "crash":
                dies = self._processes[0]
                dies.at_step(int(rest[0]), lambda: self._dies(dies))
            case "another":
                self._is_doubled = True
                self._begin_process()
            case "stands":
                self._stands(float(rest[0]), int(rest[1]))
            case "drift":
                self.cloud.drifts(rest[0])
                self.drifted[rest[0]] = act.at_s
            case "slack-away":
                self._slack_trouble = True
                self.slack.away_until_s = act.at_s + float(rest[0])
            case _:
                process = self.dice.choice([one for one in self._processes if one.is_running])
                self._asking.append((process, asyncio.ensure_future(self._asks(process, act))))

    @property
    def may_post_twice(self) -> bool:
        """Whether two processes ran, and Slack did not take what they wrote at once."""
        return self._is_doubled and self._slack_trouble

    def _begin_process(self) -> None:
        twice = lambda: self.dice.random() < 0.1  # noqa: E731
        self._processes.append(
            Process(self.durable, self.cloud, self.slack, self.now, twice, self.pager, has_pager=True)
        )

    def _dies(self, dies: Process) -> None:
        """A process dies where it is, and another takes its place."""
        if dies not in self._processes:
            return
        self.lost_ids = True
        dies.is_dead = True
        self._processes.remove(dies)
        self._begin_process()
        self._dying.append(asyncio.ensure_future(self._buried(dies)))

    async def _buried(self, dead: Process) -> None:
        await dead.kill()
        for process, task in self._asking:
            if process is dead:
                task.cancel()

    def _stands(self, for_s: float, at_step: int) -> None:
        """One of several processes stands still amid its work; people's requests go to the others."""
        running = [one for one in self._processes if one.is_running]
        if len(running) < 2:
            return
        stops = running[0]

        def stand() -> None:
            if any(one.is_running for one in self._processes if one is not stops):
                stops.stands()
                asyncio.get_running_loop().call_later(for_s, stops.wakes, for_s)

        stops.at_step(at_step, stand)

    async def _asks(self, process: Process, act: Act) -> None:
        """Somebody types or presses; Slack delivers it once, or twice, maybe to another process."""
        self._claims += 1
        claim, word = f"claim-{self._claims}", f"word{self._claims}word"
        line, seen = act.what, None
        if line.startswith("press "):
            verb, *nth = line.split()[1:]
            operation = self._one_to_press(int(nth[0]) if nth else 0)
            if operation is None:
                return
            line = f"{verb} {operation.id}" + (" because pressed" if verb != "approve" else "")
            seen = operation.mark if verb in {"run", "approve"} else None
        line = self._known(line, word)
        if line is None:
            return
        person = Person(team=TEAM, user=act.who)
        incoming = IncomingRequest(person, self._where(act), line, "slash", claim, seen=seen)
        again = self.dice.random() < 0.2
        self.repeated += again
        other = self.dice.choice([one for one in self._processes if one.is_running])
        at_once = (
            asyncio.ensure_future(other.gate.handle(incoming)) if again and other is not process else None
        )
        answer = await process.gate.handle(incoming)
        self.report.acts.append(f"            {line}: {answer.id or words_of(answer)}")
        self.said.append(Said(claim, line, word if word in line else "", answer))
        if again:
            second = await (at_once or process.gate.handle(incoming))
            if not answer.is_refusal and answer.id and second.id not in {"", answer.id}:
                self._broken(f"{claim} was taken twice: {answer.id}, {second.id}")
            self.said.append(Said(claim, line, word if word in line else "", second))

    def _known(self, line: str, word: str) -> str | None:
        """The line with what is only known now; None where it is about something that is not there."""
        if "{inc}" in line:
            incidents = self.incidents()
            if not incidents:
                return None
            chosen = incidents[-1] if self.dice.random() < 0.8 else self.dice.choice(incidents)
            line = line.replace("{inc}", chosen.id)
        if "{mnt}" in line:
            maintenances = self.maintenances()
            if not maintenances:
                return None
            line = line.replace("{mnt}", maintenances[-1].id)
        soon, later = (f"{self.now() + timedelta(minutes=n):%Y-%m-%dT%H:%M}" for n in (5, 75))
        return line.replace("{soon}", soon).replace("{later}", later).replace("{word}", word)

    def _where(self, act: Act) -> str:
        """The channel in which it is typed."""
        rooms = [one.channel for one in self.incidents() if one.channel] if act.room else []
        return rooms[-1] if rooms else INCIDENTS if act.what.startswith("incident declare") else CHANNEL

    def _one_to_press(self, nth: int) -> Operation | None:
        """An operation that is not over, mostly the newest, as a person sees it in the channel."""
        known = [one for one in self.operations() if not one.is_over]
        if nth:
            return known[-nth] if len(known) >= nth else None
        return known[-1] if known and self.dice.random() < 0.8 else self.dice.choice(known) if known else None

    def operations(self) -> list[Operation]:
        return list(self._folded("op:OP-", operation_state.fold))

    def incidents(self) -> list[Incident]:
        return list(self._folded("inc:INC-", incident_state.fold))

    def incidents_at(self, at: datetime) -> list[Incident]:
        """As they were then."""
        return list(self._folded("inc:INC-", incident_state.fold, at))

    def maintenances(self) -> list[Maintenance]:
        return list(self._folded("mnt:MNT-", maintenance_state.fold))

    def _folded(
        self,
        begins: str,
        fold: Callable[[Iterable[RecordedEvent]], State | None],
        at: datetime | None = None,
    ) -> Iterator[State]:
        streams = self.durable.journal.streams
        names = [name for name in streams if name.startswith(begins)]
        for name in sorted(names, key=lambda name: int(name.rpartition("-")[2])):
            state = fold(one for one in streams[name] if at is None or one.at <= at)
            if state is not None:
                yield state

    def system_of(self, incident: Incident) -> System:
        return read()[1].by_system[incident.system]

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
        self.report.broken.extend(of_operations.at_effect(self, effect))

    def _broken(self, what: str) -> None:
        self.report.broken.append(what)


def words_of(answer: Answer) -> str:
    """What somebody is told at once."""
    return answer.message.text[:160] if answer.message is not None else "nothing"


def play(seed: int) -> Report:
    """One world, from its seed alone."""
    return played(seed).report


def played(seed: int) -> World:
    """The world itself, after its end."""
    return run(_played(seed))


async def _played(seed: int) -> World:
    world = World(seed)
    await world.play()
    return world
