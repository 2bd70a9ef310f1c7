"""Presses on a runbook's steps: each becomes the command line that the step runs, at the gate."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from bot.gate.gate import Answer, Gate
from bot.gate.request import IncomingRequest
from bot.ids import ActionId
from bot.patience import Patience
from bot.slack.dialogs import open_dialog
from bot.slack.messages import Chat
from bot.views.runbook import step_form
from model.language.registry import Registry
from model.ports.journal import JournalUnavailable
from model.refusal import Refused
from model.runbooks.lines import line_of
from model.runbooks.state import RunbookRun
from model.slash import slash


class RunbookSteps:
    """Whoever presses asks with their own rights; the step is marked in the commit of what it runs."""

    def __init__(
        self,
        gate: Gate,
        registry: Registry,
        chat: Chat,
        find: Callable[[str], Awaitable[RunbookRun | None]],
        patience: Patience,
    ) -> None:
        self._gate, self._registry, self._chat, self._find = gate, registry, chat, find
        self._patience = patience

    async def press(self, incoming: IncomingRequest, trigger: str) -> Answer:
        """`knock.step` is `RB-3 2`. A step that has to know something opens its dialog first."""
        try:
            guide, number = await self._guide(incoming)
            if guide.step(number).asks:
                view = step_form(guide, number, incoming.channel)
                instead = "Press again, or type the command of the step."
                await open_dialog(self._chat, trigger, view, instead, self._patience.dialog_s)
                return Answer()
            line = line_of(guide, number, self._registry)
        except Refused as refused:
            return self._gate.refused(incoming, refused)
        return await self._gate.handle(replace(incoming, line=line))

    async def filled(self, incoming: IncomingRequest, given: Mapping[str, str]) -> Answer:
        """The dialog of such a step was filled in."""
        try:
            guide, number = await self._guide(incoming)
            line = line_of(guide, number, self._registry, given)
        except Refused as refused:
            return self._gate.refused(incoming, refused)
        return await self._gate.handle(replace(incoming, line=line, thread_ts=guide.thread_ts))

    async def _guide(self, incoming: IncomingRequest) -> tuple[RunbookRun, int]:
        id, _, number = incoming.step.partition(" ")
        try:
            guide = await self._find(id)
        except JournalUnavailable as error:
            raise Refused(
                "The journal cannot be reached, so nothing was done.", "Try again in a minute."
            ) from error
        if guide is None:
            raise Refused(f"There is no open runbook {id}.", f"Open one: {slash('runbook')} SERVICE NAME")
        return guide, int(number)


def button_line(action: ActionId, value: str) -> str:
    """The command line that a button stands for.

    Empty for a button that this version does not know.
    """
    verb = action.verb
    match action.kind if verb else "":
        case "op":
            return f"{verb} {value.partition(' ')[0]}"
        case "maintenance":
            return f"maintenance {verb} {value}"
        case "runbook":
            return f"runbook {value}" if verb == "open" else f"runbook {verb} {value}"
        case "incident":
            return f"incident {verb} incident={value}"
        case "line":
            return value.partition(" ")[2].lstrip("/")
        case _:
            return ""
