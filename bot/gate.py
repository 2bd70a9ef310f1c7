"""The one path every request takes: parse, claim, authorise, commit, answer."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

import structlog

from bot.beside import Beside
from bot.budgets import Budgets, spent_by
from bot.judge import Asked, Judge, of_press
from bot.knock import Knock
from bot.metrics import GATE_SECONDS, REQUESTS
from bot.patience import Patience
from bot.records import Records
from bot.views.message import Message
from bot.views.refusal import refusal
from bot.worlds import Worlds
from model.catalog import Service
from model.change import RiskTier
from model.effects import actions_of, must_be_of, services_of
from model.incidents.opened import OpenIncidents
from model.language.declare import Command, Kind
from model.language.parse import Request, parse
from model.language.reason import must_say_something
from model.language.registry import Registry
from model.language.text import too_long
from model.operations.decide import must_be_shown
from model.operations.state import Operation
from model.recorded import Committed, Conflict, Duplicate, JournalUnavailable
from model.refusal import Refused
from model.secrecy import REMOVED
from model.subject import find_subject, numbered
from model.world import Ask, Outcome, Show, Subject, World
from permissions import Decision

_LOG = structlog.get_logger()
Found = TypeVar("Found")
ATTEMPTS = 8
"""Decisions on an aggregate that others keep moving, before the asker is told."""


@dataclass(frozen=True)
class Answer:
    """What the asker is told at once. `form` is a command whose form should open instead.

    id: what was made or moved (`OP-17`); is_refusal: nothing was done.
    """

    message: Message | None = None
    form: Command | None = None
    world: World | None = None
    subject: Subject | None = None
    id: str = ""
    is_refusal: bool = False
    typed: dict[str, Any] = field(default_factory=dict[str, Any])


Attempt = Callable[[Knock], Awaitable[Answer | None]]
"""Decides on a fresh view; None when that view was moved meanwhile. Raises Refused."""


class Gate:
    """Nothing reaches a target, an incident or the journal except through `submit`."""

    def __init__(
        self,
        registry: Registry,
        judge: Judge,
        worlds: Worlds,
        records: Records,
        budgets: Budgets,
        clock: Callable[[], datetime],
        patience: Patience,
    ) -> None:
        self._registry, self._judge, self._worlds, self._patience = registry, judge, worlds, patience
        self._records, self._budgets, self._clock = records, budgets, clock
        self._shown = Beside()

    async def submit(self, knock: Knock) -> Answer:
        """Carry a request as far as it may go. Never raises: a refusal is an answer."""
        with GATE_SECONDS.time():
            answer = await self._answer(knock, self._submit)
        outcome = "refused" if answer.is_refusal else "form" if answer.form else "done"
        REQUESTS.labels(knock.via, outcome).inc()
        return answer

    async def _answer(self, knock: Knock, attempt: Attempt) -> Answer:
        try:
            async with asyncio.timeout(self._patience.answer_s):
                return await self._tried(knock, attempt)
        except TimeoutError:
            said = Refused(
                "The journal is slow, and whether this was taken is not known.",
                "Look before you repeat it: what was taken shows in the channel.",
            )
            return self.refused(knock, said)
        except JournalUnavailable:
            said = Refused(
                "The journal cannot be reached, so nothing can be changed or promised now.",
                "Nothing was done. Try again in a minute; /healthz shows when it is back.",
            )
            return self.refused(knock, said)
        except Exception:  # the gate is the one place that may not fail: the person must be told
            return self._mistake(knock)

    async def _tried(self, knock: Knock, attempt: Attempt) -> Answer:
        """Decide again on a fresh view when someone else was faster; a refusal is kept like a decision."""
        try:
            for _ in range(ATTEMPTS):
                answer = await attempt(knock)
                if answer is not None:
                    return answer
            raise Refused("Others moved this at the same moment.", "Look again, and repeat it if need be.")
        except Refused as refused:
            if self._budgets.take(knock.person, "refusals", knock.claim, self._clock()) is not None:
                said = Refused("You were refused very often just now.", "Wait a minute; nothing was done.")
                return self.refused(replace(knock, line=""), said)
            if await self._records.refusal(knock, refused):
                return self.refused(knock, refused)
            return Answer(is_refusal=True)  # another delivery of the same request was told why

    def _mistake(self, knock: Knock) -> Answer:
        """A mistake of Muster's own: told with an id that finds it in the log."""
        id = secrets.token_hex(4)
        _LOG.exception("the gate failed", id=id, line=knock.line)
        said = Refused(
            f"Muster made a mistake of its own (error {id}), so this was not carried out.",
            "Look with /health before you repeat it, and show the id to whoever runs Muster.",
        )
        return self.refused(knock, said)

    def refused(self, knock: Knock, refused: Refused) -> Answer:
        """A refusal as an answer; what was typed comes back with it, a pressed button was not typed."""
        typed = self._registry.typed(knock.line) if knock.via in {"slash", "mention", "cli"} else ""
        return Answer(message=refusal(typed, refused), is_refusal=True)

    def usage(self, command: Command, knock: Knock) -> Message:
        """What to type, where no form can be opened."""
        said = Refused(f"/{command.name} needs more words.", f"Usage: {command.usage}")
        return refusal(knock.line, said)

    async def _submit(self, knock: Knock) -> Answer | None:
        """One attempt; None when the aggregate was moved meanwhile, and nothing was written.

        What it acts on is found first, the policies are asked about exactly that, and the command gets only
        that; what comes of it is held against what was judged.
        """
        if knock.too_long:
            raise too_long(knock.too_long)
        await self._must_be_member(knock)
        command, text = self._registry.find(knock.line)
        world = await self._worlds.see(knock, command)
        if not text.strip() and command.has_form and _needs_words(command, world):
            return await self._form(knock, command, world)
        setting = self._worlds.setting(knock, world)
        _must_be_whole(command, text)
        request = parse(command, text, setting)
        must_say_something(request.because)
        self._must_be_within_budget(knock, command)
        world = await self._worlds.with_named(world, request)
        subject = find_subject(request, world)
        decision = await self._authorised(knock, request, subject, world)
        if subject.operation is not None and knock.seen is not None:
            must_be_shown(subject.operation, knock.seen)
        ask = Ask(knock.person, request, subject, world.context, setting)
        outcome: Outcome = command.decide(ask, **request.values)
        await self._judge_effects(knock, request, subject, outcome, world)
        if command.name == "incident declare":
            self._shown.must_be_shown(knock, outcome, world)
        if isinstance(outcome, Show) and outcome.what == "help":
            outcome = replace(outcome, allowed=await self._judge.anywhere(knock.person, self._registry))
        return await self._commit(knock, request, outcome, decision, world)

    async def _must_be_member(self, knock: Knock) -> None:
        """Strangers end here, before their words are read or anything is looked for. Raises Refused."""
        if await self._judge.is_full_member(knock.person):
            return  # what members may is judged with what they ask for
        asked = Asked(action="help", entry=knock.via, channel=knock.channel)
        decision = await self._judge.ask(knock.person, asked, OpenIncidents())
        if not decision.allowed:
            raise Refused(decision.reason, " ".join(decision.would_allow))

    def _must_be_within_budget(self, knock: Knock, command: Command) -> None:
        """Raises Refused, kindly, for who asks for more in a minute than a person needs."""
        spent = spent_by(command)
        wait = self._budgets.take(knock.person, spent, knock.claim, self._clock()) if spent else None
        if wait is not None:
            most = self._budgets.most[spent or "looks"]
            raise Refused(
                f"You asked for {most} {spent} within a minute, which is the most. Nothing was done.",
                f"It goes on in {max(1, round(wait.total_seconds()))} seconds.",
            )

    async def _form(self, knock: Knock, command: Command, world: World) -> Answer:
        """The form that an empty command opens, of the incident that it will be about."""
        about = knock.about
        if numbered(command) is None:
            await self._may_fill_in(knock, command, world)
            return Answer(form=command, world=world)
        request = Request(command, {"incident": about} if about else {})
        world = await self._worlds.with_named(world, request)
        subject = find_subject(request, world)
        await self._authorised(knock, request, subject, world)
        return Answer(form=command, world=world, subject=subject)

    async def _judge_effects(
        self, knock: Knock, request: Request, subject: Subject, outcome: Outcome, world: World
    ) -> None:
        """Ask about what the words did not tell: an update that resolves, a service that was chosen.

        Raises Refused, or Misjudged for a command that acts on something else than was judged.
        """
        must_be_of(outcome, subject)
        for action in actions_of(outcome):
            if action != request.command.action:
                await self._authorised(knock, request, subject, world, action)
        chosen = tuple(one for one in services_of(outcome) if one not in subject.services)
        if chosen:
            await self._authorised(knock, request, replace(subject, services=chosen), world)

    async def read(self, knock: Knock, reading: Callable[[], Awaitable[Found]]) -> Found | Answer:
        """What is read before a dialog opens, or the refusal that says why it cannot be read now."""
        found: list[Found] = []

        async def attempt(_: Knock) -> Answer:
            found[:] = [await reading()]
            return Answer()

        answer = await self._answer(knock, attempt)
        return answer if answer.is_refusal else found[0]

    async def may_look(self, knock: Knock, service: str) -> Answer | None:
        """The refusal of someone who may not look at a service, or at a plan's exact calls; else None."""
        asked = Asked(
            action="history",
            entry=knock.via,
            channel=knock.channel,
            service=self._worlds.catalog.service(service),
        )

        async def look(knock: Knock) -> Answer:
            decision = await self._judge.ask(knock.person, asked)
            if not decision.allowed and decision.needs is None:
                raise Refused(decision.reason, " ".join(decision.would_allow))
            return Answer()

        answer = await self._answer(knock, look)
        return answer if answer.is_refusal else None

    async def _may_fill_in(self, knock: Knock, command: Command, world: World) -> None:
        """A form shows what there is, so it opens only for people who may run its command somewhere."""
        tier = RiskTier.R1 if command.kind is Kind.CHANGE else RiskTier.R0
        asked = Asked(action=command.action, entry=knock.via, channel=knock.channel, tier=tier, because=True)
        if command.service is not None:
            if command.action in await self._judge.anywhere(knock.person, Registry((command,))):
                return
            asked = replace(asked, service=world.catalog.services[0])
        decision = await self._judge.ask(knock.person, asked, world.open)
        if not decision.allowed and decision.needs is None:
            raise Refused(decision.reason, " ".join(decision.would_allow))

    async def _authorised(
        self, knock: Knock, request: Request, subject: Subject, world: World, action: str = ""
    ) -> Decision:
        """The decision that lets the request in, for each of its services. Raises Refused in words.

        action: what is done, where that is not what the command is called.
        """
        decision: Decision | None = None
        for service in subject.services or (None,):
            asked = self._asked(knock, request, subject, service)
            asked = replace(asked, action=action or asked.action)
            decision = await self._judge.ask(knock.person, asked, world.open)
            if not decision.allowed and decision.needs is None:
                raise Refused(decision.reason, " ".join(decision.would_allow))
        assert decision is not None
        return decision

    def _asked(self, knock: Knock, request: Request, subject: Subject, service: Service | None) -> Asked:
        """What the policies are asked; a press on an operation asks about the operation itself."""
        operation = subject.operation
        if operation is not None:
            return self._pressed(knock, request, operation, service)
        return Asked(
            action=request.command.action,
            entry=knock.via,
            channel=knock.channel,
            service=service,
            incident=subject.incident,
            is_of_incident=subject.incident is not None,
            tier=RiskTier.R1 if request.command.kind is Kind.CHANGE else RiskTier.R0,
            because=bool(request.because),
            dry=request.dry,
            break_glass=request.break_glass,
        )

    def _pressed(
        self, knock: Knock, request: Request, operation: Operation, service: Service | None
    ) -> Asked:
        asked = of_press(request.command.action, operation, knock.person, service, knock.via)
        if not asked.tier:
            return asked
        return replace(
            asked,
            because=asked.because or bool(request.because),
            dry=request.dry,
            break_glass=asked.break_glass or request.break_glass,
            policy_version_matches=operation.policy_version == self._judge.policies.version,
        )

    async def _commit(
        self, knock: Knock, request: Request, outcome: Outcome, decision: Decision, world: World
    ) -> Answer | None:
        written = await self._records.write(knock, request, outcome, decision, world)
        match written.result:
            case Duplicate():
                return Answer(id=written.result.result)
            case Conflict():
                return None
            case Committed():
                return Answer(message=self._records.answer(outcome, written, world, knock), id=written.id)


def _must_be_whole(command: Command, text: str) -> None:
    """A change is made of what was typed or not at all: what was struck out goes nowhere. Raises Refused."""
    typed = text.partition("because ")[0]
    if command.kind is Kind.CHANGE and REMOVED in typed:
        raise Refused(
            "What you typed looks like a secret, so it was struck out before anything was done with it.",
            "Put it into Secrets Manager and name it: KEY=secret:NAME",
        )


def _needs_words(command: Command, world: World) -> bool:
    """Whether an empty command lacks something that a form could ask for."""
    missing = [slot for slot in command.positional if slot.is_required]
    if command.service is not None and world.here is not None:
        missing = [slot for slot in missing if slot is not command.service]
    asks_optional = command.kind is Kind.CHANGE and len(command.slots) > 1 and world.here is None
    return bool(missing) or asks_optional
