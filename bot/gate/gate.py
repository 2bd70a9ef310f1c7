"""The one path every request takes: parse, claim, authorise, commit, answer."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

import structlog

from bot.gate.already_open import Beside
from bot.gate.authorizer import AuthorizationRequest, Authorizer, of_press
from bot.gate.budgets import Budgets, spent_by
from bot.gate.commits import AnswerLost, CommitWriter
from bot.gate.context import ContextReader
from bot.gate.offers import offered
from bot.gate.request import IncomingRequest
from bot.metrics import GATE_SECONDS, REQUESTS
from bot.patience import Patience
from bot.views.message import Message
from bot.views.refusal import refusal
from model.catalog.schema import Service
from model.context import Invocation, RequestContext, Subject
from model.effects import actions_of, must_be_of, services_of
from model.incidents.opened import OpenIncidents
from model.language.declare import Command, Kind
from model.language.parse import ParsedCommand, parse
from model.language.reason import must_say_something
from model.language.registry import Registry
from model.language.suggest import suggested
from model.language.text import too_long
from model.operations.decide import must_be_shown
from model.operations.state import Operation
from model.outcomes import Display, Outcome
from model.plan import RiskTier
from model.ports.journal import Committed, Conflict, Duplicate, JournalUnavailable
from model.refusal import Refused
from model.secrets import REMOVED
from model.slash import slash
from model.subject import find_subject, numbered
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
    world: RequestContext | None = None
    subject: Subject | None = None
    id: str = ""
    is_refusal: bool = False
    typed: dict[str, Any] = field(default_factory=dict[str, Any])


Attempt = Callable[[IncomingRequest], Awaitable[Answer | None]]
"""Decides on a fresh view; None when that view was moved meanwhile. Raises Refused."""


class Gate:
    """Nothing reaches a target, an incident or the journal except through `handle`."""

    def __init__(
        self,
        registry: Registry,
        authorizer: Authorizer,
        contexts: ContextReader,
        records: CommitWriter,
        budgets: Budgets,
        clock: Callable[[], datetime],
        patience: Patience,
    ) -> None:
        self._registry, self._authorizer, self._contexts, self._patience = (
            registry,
            authorizer,
            contexts,
            patience,
        )
        self._records, self._budgets, self._clock = records, budgets, clock
        self._shown = Beside()

    async def handle(self, incoming: IncomingRequest) -> Answer:
        """Carry a request as far as it may go. Never raises: a refusal is an answer."""
        with GATE_SECONDS.time():
            answer = await self._answer(incoming, self._submit)
        outcome = "refused" if answer.is_refusal else "form" if answer.form else "done"
        REQUESTS.labels(incoming.via, outcome).inc()
        return answer

    async def _answer(self, incoming: IncomingRequest, attempt: Attempt) -> Answer:
        try:
            async with asyncio.timeout(self._patience.answer_s):
                return await self._tried(incoming, attempt)
        except (TimeoutError, AnswerLost) as error:
            how = "is slow" if isinstance(error, TimeoutError) else "did not answer"
            said = Refused(
                f"The journal {how}, and whether this was taken is not known.",
                "Look before you repeat it: what was taken shows in the channel.",
            )
            return self.refused(incoming, said)
        except JournalUnavailable:
            said = Refused(
                "The journal cannot be reached, so nothing can be changed or promised now.",
                "Nothing was done. Try again in a minute; /healthz shows when it is back.",
            )
            return self.refused(incoming, said)
        except Exception:  # the gate is the one place that may not fail: the person must be told
            return self._mistake(incoming)

    async def _tried(self, incoming: IncomingRequest, attempt: Attempt) -> Answer:
        """Decide again on a fresh view when someone else was faster; a refusal is kept like a decision."""
        try:
            for _ in range(ATTEMPTS):
                answer = await attempt(incoming)
                if answer is not None:
                    return answer
            raise Refused("Others moved this at the same moment.", "Look again, and repeat it if need be.")
        except Refused as refused:
            if self._budgets.take(incoming.person, "refusals", incoming.claim, self._clock()) is not None:
                said = Refused("You were refused very often just now.", "Wait a minute; nothing was done.")
                return self.refused(replace(incoming, line=""), said)
            if await self._records.refusal(incoming, refused):
                return self.refused(incoming, refused)
            return Answer(is_refusal=True)  # another delivery of the same request was told why

    def _mistake(self, incoming: IncomingRequest) -> Answer:
        """A mistake of Muster's own: told with an id that finds it in the log."""
        id = secrets.token_hex(4)
        _LOG.exception("the gate failed", id=id, line=incoming.line)
        said = Refused(
            f"Muster made a mistake of its own (error {id}), so this was not carried out.",
            f"Look with {slash('health')} before you repeat it, and show the id to whoever runs Muster.",
        )
        return self.refused(incoming, said)

    def refused(self, incoming: IncomingRequest, refused: Refused) -> Answer:
        """A refusal as an answer; what was typed comes back with it, a pressed button was not typed."""
        typed = self._registry.typed(incoming.line) if incoming.via in {"slash", "mention", "cli"} else ""
        return Answer(message=refusal(typed, refused), is_refusal=True)

    def usage(self, command: Command, incoming: IncomingRequest) -> Message:
        """What to type, where no form can be opened."""
        said = Refused(f"{command.typed} needs more words.", f"Usage: {command.usage}")
        return refusal(self._registry.typed(incoming.line), said)

    async def _submit(self, incoming: IncomingRequest) -> Answer | None:
        """One attempt; None when the aggregate was moved meanwhile, and nothing was written.

        What it acts on is found first, the policies are asked about exactly that, and the command gets only
        that; what comes of it is held against what was judged.
        """
        if incoming.too_long:
            raise too_long(incoming.too_long)
        await self._must_be_member(incoming)
        command, text = self._registry.find(incoming.line)
        world = await self._contexts.read(incoming, command)
        command, text = self._registry.find(incoming.line, bool(world.here and world.here.is_open))
        if not text.strip() and command.has_form and _needs_words(command, world):
            return await self._form(incoming, command, world)
        setting = self._contexts.setting(incoming, world)
        _must_be_whole(command, text)
        request = parse(command, text, setting)
        must_say_something(request.because)
        self._must_be_within_budget(incoming, command)
        world = await self._contexts.with_named(world, request)
        subject = find_subject(request, world)
        decision = await self._authorised(incoming, request, subject, world)
        if subject.operation is not None and incoming.seen is not None:
            must_be_shown(subject.operation, incoming.seen)
        ask = Invocation(incoming.person, request, subject, world.context, setting)
        outcome: Outcome = command.decide(ask, **request.values)
        await self._judge_effects(incoming, request, subject, outcome, world)
        if command.name == "incident declare":
            self._shown.must_be_shown(incoming, outcome, world)
        if isinstance(outcome, Display) and outcome.what == "help":
            outcome = replace(
                outcome, allowed=await self._authorizer.anywhere(incoming.person, self._registry)
            )
        if world.new_id and not isinstance(outcome, Display):  # only what is made gets a number
            world = await self._contexts.numbered(world, command)
            ask = Invocation(incoming.person, request, subject, world.context, setting)
            outcome = command.decide(ask, **request.values)
        return await self._commit(incoming, request, outcome, decision, world)

    async def _must_be_member(self, incoming: IncomingRequest) -> None:
        """Strangers end here, before their words are read or anything is looked for. Raises Refused."""
        if await self._authorizer.is_full_member(incoming.person):
            return  # what members may is judged with what they ask for
        asked = AuthorizationRequest(action="help", entry=incoming.via, channel=incoming.channel)
        decision = await self._authorizer.ask(incoming.person, asked, OpenIncidents())
        if not decision.allowed:
            raise Refused(decision.reason, " ".join(decision.would_allow))

    def _must_be_within_budget(self, incoming: IncomingRequest, command: Command) -> None:
        """Raises Refused, kindly, for who asks for more in a minute than a person needs."""
        spent = spent_by(command)
        wait = self._budgets.take(incoming.person, spent, incoming.claim, self._clock()) if spent else None
        if wait is not None:
            most = self._budgets.most[spent or "looks"]
            raise Refused(
                f"You asked for {most} {spent} within a minute, which is the most. Nothing was done.",
                f"It goes on in {max(1, round(wait.total_seconds()))} seconds.",
            )

    async def _form(self, incoming: IncomingRequest, command: Command, world: RequestContext) -> Answer:
        """The form that an empty command opens, of the incident that it will be about."""
        about = incoming.about
        if numbered(command) is None:
            await self._may_fill_in(incoming, command, world)
            world = await self._contexts.with_named(world, ParsedCommand(command, {"alert": about}))
            return Answer(form=command, world=world)
        request = ParsedCommand(command, {"incident": about} if about else {})
        world = await self._contexts.with_named(world, request)
        subject = find_subject(request, world)
        await self._authorised(incoming, request, subject, world)
        return Answer(form=command, world=world, subject=subject)

    async def form_again(self, incoming: IncomingRequest, command: Command) -> Answer:
        """A form that is open, for another service that was chosen in it. Nothing is carried out."""

        async def attempt(incoming: IncomingRequest) -> Answer:
            await self._must_be_member(incoming)
            world = await self._contexts.read(incoming, command)
            await self._may_fill_in(incoming, command, world)
            return Answer(form=command, world=world)

        return await self._answer(incoming, attempt)

    async def _judge_effects(
        self,
        incoming: IncomingRequest,
        request: ParsedCommand,
        subject: Subject,
        outcome: Outcome,
        world: RequestContext,
    ) -> None:
        """Ask about what the words did not tell: an update that resolves, a service that was chosen.

        Raises Refused, or Misjudged for a command that acts on something else than was judged.
        """
        must_be_of(outcome, subject)
        for action in actions_of(outcome):
            if action != request.command.action:
                await self._authorised(incoming, request, subject, world, action)
        chosen = tuple(one for one in services_of(outcome) if one not in subject.services)
        if chosen:
            await self._authorised(incoming, request, replace(subject, services=chosen), world)

    async def read(
        self, incoming: IncomingRequest, reading: Callable[[], Awaitable[Found]]
    ) -> Found | Answer:
        """What is read before a dialog opens, or the refusal that says why it cannot be read now."""
        found: list[Found] = []

        async def attempt(_: IncomingRequest) -> Answer:
            found[:] = [await reading()]
            return Answer()

        answer = await self._answer(incoming, attempt)
        return answer if answer.is_refusal else found[0]

    async def services_like(self, incoming: IncomingRequest, typed: str) -> tuple[str, ...]:
        """Ids of services for a form that is being filled in; none for who may not see the catalog."""
        found: list[str] = []

        async def look(incoming: IncomingRequest) -> Answer:
            await self._must_be_member(incoming)
            found.extend(suggested(typed, self._contexts.catalog))
            return Answer()

        await self._answer(incoming, look)
        return tuple(found)

    async def may_look(self, incoming: IncomingRequest, service: str) -> Answer | None:
        """The refusal of someone who may not look at a service, or at a plan's exact calls; else None."""
        asked = AuthorizationRequest(
            action="history",
            entry=incoming.via,
            channel=incoming.channel,
            service=self._contexts.catalog.service(service),
        )

        async def look(incoming: IncomingRequest) -> Answer:
            decision = await self._authorizer.ask(incoming.person, asked)
            if not decision.allowed and decision.needs is None:
                raise Refused(decision.reason, " ".join(decision.would_allow))
            return Answer()

        answer = await self._answer(incoming, look)
        return answer if answer.is_refusal else None

    async def _may_fill_in(self, incoming: IncomingRequest, command: Command, world: RequestContext) -> None:
        """A form shows what there is, so it opens only for people who may run its command somewhere."""
        tier = RiskTier.R1 if command.kind is Kind.CHANGE else RiskTier.R0
        asked = AuthorizationRequest(
            action=command.action, entry=incoming.via, channel=incoming.channel, tier=tier, because=True
        )
        if command.service is not None:
            if command.action in await self._authorizer.anywhere(incoming.person, Registry((command,))):
                return
            asked = replace(asked, service=world.catalog.services[0])
        decision = await self._authorizer.ask(incoming.person, asked, world.open)
        if not decision.allowed and decision.needs is None:
            raise Refused(decision.reason, " ".join(decision.would_allow))

    async def _authorised(
        self,
        incoming: IncomingRequest,
        request: ParsedCommand,
        subject: Subject,
        world: RequestContext,
        action: str = "",
    ) -> Decision:
        """The decision that lets the request in, for each of its services. Raises Refused in words.

        action: what is done, where that is not what the command is called.
        """
        decision: Decision | None = None
        for service in subject.services or (None,):
            asked = self._asked(incoming, request, subject, service)
            asked = replace(asked, action=action or asked.action)
            decision = await self._authorizer.ask(incoming.person, asked, world.open)
            if not decision.allowed and decision.needs is None:
                offers = await offered(self._authorizer, incoming, request, asked, world)
                raise Refused(decision.reason, " ".join(decision.would_allow), offers=offers)
        assert decision is not None
        return decision

    def _asked(
        self, incoming: IncomingRequest, request: ParsedCommand, subject: Subject, service: Service | None
    ) -> AuthorizationRequest:
        """What the policies are asked; a press on an operation asks about the operation itself."""
        operation = subject.operation
        if operation is not None:
            return self._pressed(incoming, request, operation, service)
        return AuthorizationRequest(
            action=request.command.action,
            entry=incoming.via,
            channel=incoming.channel,
            service=service,
            incident=subject.incident,
            is_of_incident=subject.incident is not None,
            tier=RiskTier.R1 if request.command.kind is Kind.CHANGE else RiskTier.R0,
            because=bool(request.because),
            dry=request.dry,
            break_glass=request.break_glass,
            queue=request.queue,
        )

    def _pressed(
        self, incoming: IncomingRequest, request: ParsedCommand, operation: Operation, service: Service | None
    ) -> AuthorizationRequest:
        asked = of_press(request.command.action, operation, incoming.person, service, incoming.via)
        if not asked.tier:
            return asked
        return replace(
            asked,
            because=asked.because or bool(request.because),
            dry=request.dry,
            break_glass=asked.break_glass or request.break_glass,
            policy_version_matches=operation.policy_version == self._authorizer.policies.version,
        )

    async def _commit(
        self,
        incoming: IncomingRequest,
        request: ParsedCommand,
        outcome: Outcome,
        decision: Decision,
        world: RequestContext,
    ) -> Answer | None:
        written = await self._records.write(incoming, request, outcome, decision, world)
        match written.result:
            case Duplicate():
                return Answer(id=written.result.result)
            case Conflict():
                return None
            case Committed():
                return Answer(message=self._records.answer(outcome, written, world, incoming), id=written.id)


def _must_be_whole(command: Command, text: str) -> None:
    """A change is made of what was typed or not at all: what was struck out goes nowhere. Raises Refused."""
    typed = text.partition("because ")[0]
    if command.kind is Kind.CHANGE and REMOVED in typed:
        raise Refused(
            "What you typed looks like a secret, so it was struck out before anything was done with it.",
            "Put it into Secrets Manager and name it: KEY=secret:NAME",
        )


def _needs_words(command: Command, world: RequestContext) -> bool:
    """Whether an empty command lacks something that a form could ask for."""
    missing = [slot for slot in command.positional if slot.is_required]
    if command.service is not None and world.here is not None:
        missing = [slot for slot in missing if slot is not command.service]
    asks_optional = command.kind is Kind.CHANGE and len(command.slots) > 1 and world.here is None
    return bool(missing) or asks_optional
