"""From Slack's requests to knocks at the gate, and from the gate's answers to Slack's."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (slack_bolt's listeners are untyped)

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from bot.gate.gate import Answer, Gate
from bot.gate.request import IncomingRequest
from bot.ids import ActionId
from bot.listeners.forms import Outdated, filled_in, form_of, mistakes, step_of, typed
from bot.listeners.home import Home
from bot.listeners.home_viewers import HomeViewers
from bot.listeners.messages import DECLARE, NOTE, MessageShortcuts
from bot.listeners.offers import asked_instead, shown_there
from bot.listeners.other_workspaces import OtherWorkspaces
from bot.listeners.runbook_steps import RunbookSteps, button_line
from bot.patience import Patience
from bot.slack.dialogs import open_dialog
from bot.slack.messages import Chat, SlackRefused, SlackUnreachable
from bot.slack.workspaces import Workspaces
from bot.views.form import SERVICE, fields, must_type_name, options, sure_form, typed_run
from bot.views.message import Message
from bot.views.operation.card import APPROVE, DETAILS, RUN, describe
from bot.views.operation.details import details
from bot.views.outdated import outdated_form, unknown_button
from model.fitting import Accepts
from model.incidents.said_in_slack import SlackMessage
from model.language.registry import Registry
from model.operations.state import Operation, Phase
from model.people import Person
from model.redaction import redact
from model.refusal import Refused
from model.slash import OPS, slash

_LOG = structlog.get_logger()
Body = dict[str, Any]
Ack = Callable[..., Awaitable[BoltResponse]]
Find = Callable[[str], Awaitable[Operation | None]]
_WITH_FORM = frozenset({"update", "sev", "role", "declare"})
"""Buttons of an incident that open a form, where nothing was typed."""


class Listeners:
    """Everything Slack may send. `user` is Muster."""

    def __init__(
        self,
        gate: Gate,
        registry: Registry,
        chat: Chat,
        find: Find,
        steps: RunbookSteps,
        home: Home,
        viewers: HomeViewers,
        patience: Patience,
        workspaces: Workspaces,
        user: str,
        accepts: Accepts,
        messages: MessageShortcuts,
    ) -> None:
        self._gate, self._registry, self._chat, self._steps = gate, registry, chat, steps
        self._find, self._home, self._viewers, self._patience = find, home, viewers, patience
        self._workspaces, self._user, self._accepts = workspaces, user, accepts
        self._messages = messages

    def listen(self, app: AsyncApp) -> None:
        """Register every listener; what none of them knows is answered with 404 by Bolt."""
        anything = re.compile(".*")
        app.use(OtherWorkspaces(self._workspaces, self._chat, self._patience).refuse)
        app.command(anything)(self.on_command)
        app.action({"block_id": SERVICE})(self.on_service)
        app.action(anything)(self.on_action)
        app.view(anything)(self.on_view)
        app.shortcut(anything)(self.on_shortcut)
        app.options(anything)(self.on_options)
        app.event("app_mention")(self.on_mention)
        app.event("app_home_opened")(self.on_home)

    def _presser(self, body: Body) -> Person:
        """Whoever pressed or filled in."""
        user = body["user"]
        return self._workspaces.person(user["id"], user.get("team_id") or self._workspaces.origin(body))

    async def on_command(self, ack: Ack, body: Body) -> None:
        """A slash command; `/ops VERB …` is the same as `/VERB …`, whichever of them are installed."""
        name, text = self._registry.verb(str(body["command"])), str(body.get("text") or "")
        line = (text or "help") if name == OPS else f"{name} {text}".strip()
        person = self._workspaces.person(body["user_id"], body["team_id"])
        incoming = IncomingRequest(person, body["channel_id"], line, "slash", f"slash:{body['trigger_id']}")
        answer = await self._gate.handle(incoming)
        if answer.form is not None:
            answer = await self._open(answer, incoming, body["trigger_id"])
        if answer.message is None:
            await ack()
            return
        await ack(response_type="ephemeral", text=answer.message.text, blocks=answer.message.blocks)

    async def on_mention(self, ack: Ack, body: Body) -> None:
        """`@muster …`, which also works in threads, where slash commands do not."""
        await ack()
        event = body["event"]
        if event.get("bot_id") or not event.get("user"):
            return
        mention = rf"^.*?<@{re.escape(self._user)}(?:\|[^<>]*)?>[,:]?\s*"
        line = re.sub(mention, "", str(event.get("text") or ""), count=1, flags=re.DOTALL)
        own = event.get("user_team") or event.get("team") or body["team_id"]
        person = self._workspaces.person(event["user"], own)
        thread = str(event.get("thread_ts") or "")
        line = line.strip().lstrip("/") or "help"
        incoming = IncomingRequest(
            person, event["channel"], line, "mention", f"event:{body['event_id']}", thread
        )
        await self._tell(incoming, await self._gate.handle(incoming))

    async def on_action(self, ack: Ack, body: Body) -> None:
        """A button: the same as the command it stands for."""
        pressed = body["actions"][0]
        name, value = str(pressed["action_id"]), str(pressed.get("value") or "")
        action = ActionId.parse(name)
        person = self._presser(body)
        channel = (body.get("channel") or {}).get("id") or ""
        thread = str((body.get("message") or {}).get("thread_ts") or "")
        claim = f"action:{body['trigger_id']}"
        seen = value.partition(" ")[2] if action in {RUN, APPROVE} else None
        incoming = IncomingRequest(
            person, channel, button_line(action, value), "button", claim, thread, seen=seen
        )
        if not incoming.line:
            await ack()
            await self._tell(incoming, self._gate.refused(incoming, unknown_button(name)))
            return
        if action.kind == "line":
            asked = asked_instead(incoming, value)
            answer = await self._gate.handle(asked)
            answer = await self._open(answer, asked, body["trigger_id"]) if answer.form else answer
            await ack()
            await self._tell(incoming, shown_there(answer, incoming, value))
            return
        if action in {DETAILS, RUN}:
            said = await self._dialog(action, value.partition(" ")[0], incoming, body["trigger_id"])
            if said is not None:
                await ack()
                await self._tell(incoming, said)
                return
        if (action.kind, action.verb) == ("runbook", "run"):
            answer = await self._steps.press(replace(incoming, step=value), body["trigger_id"])
        elif action.kind == "incident" and action.verb in _WITH_FORM:
            line = f"incident {action.verb}"
            bare = IncomingRequest(person, channel, line, "button", claim, thread, about=value)
            answer = await self._gate.handle(bare)
            if answer.form:
                answer = await self._open(answer, bare, body["trigger_id"], drafts=action.which == "draft")
        else:
            answer = await self._gate.handle(incoming)
        await ack()
        await self._tell(incoming, answer)

    async def on_view(self, ack: Ack, body: Body) -> None:
        """A form that was filled in: it stands for a command line."""
        view = body["view"]
        if body.get("type") == "view_closed" or view["callback_id"] == "outdated":
            await ack()
            return
        try:
            if view["callback_id"] == "step":
                await self._on_step(ack, body)
                return
            if view["callback_id"] not in {"form", "sure"}:
                raise Outdated
            line, command, given, about = filled_in(view, self._registry)
        except Outdated:
            await ack(response_action="update", view=outdated_form(typed(view)))
            return
        person = self._presser(body)
        claim = f"view:{body['trigger_id']}"
        thread, seen = about.get("thread_ts", ""), about.get("seen")
        incoming = IncomingRequest(person, about["channel"], line, "modal", claim, thread, seen=seen)
        answer = await self._gate.handle(incoming)
        if answer.is_refusal and answer.message is not None:
            wrong = mistakes(command, given, answer.message.text)
            await ack(response_action="errors", errors=wrong)
            return
        await ack()
        await self._tell(incoming, answer)

    async def _on_step(self, ack: Ack, body: Body) -> None:
        """The dialog of a runbook's step was filled in."""
        guide, number, channel = step_of(body["view"])
        person = self._presser(body)
        step = f"{guide} {number}"
        incoming = IncomingRequest(
            person, channel, f"runbook {step}", "modal", f"view:{body['trigger_id']}", step=step
        )
        given = fields(body["view"]["state"]["values"])
        answer = await self._steps.filled(incoming, given)
        if answer.is_refusal and answer.message is not None:
            first = next(iter(body["view"]["state"]["values"]))
            await ack(response_action="errors", errors={first: answer.message.text[:2000]})
            return
        await ack()
        await self._tell(incoming, answer)

    async def on_options(self, ack: Ack, body: Body) -> None:
        """What a select of a form offers, while somebody types."""
        incoming = IncomingRequest(self._presser(body), "", "help", "modal", f"options:{body['view']['id']}")
        await ack(**options(await self._gate.services_like(incoming, str(body.get("value") or ""))))

    async def on_service(self, ack: Ack, body: Body) -> None:
        """Another service was chosen in a form: it asks for what that one has; what was typed stays.

        Slack keeps what stands in inputs whose ids stay
        (https://docs.slack.dev/reference/methods/views.update).
        """
        await ack()
        view = body.get("view") or {}
        try:
            _, command, given, about = filled_in(view, self._registry)
        except Outdated:
            return  # said when it is sent
        if command is None:
            return
        person, thread = self._presser(body), about.get("thread_ts", "")
        claim = f"service:{body['trigger_id']}"
        incoming = IncomingRequest(person, about["channel"], command.name, "modal", claim, thread)
        answer = await self._gate.form_again(incoming, command)
        if answer.world is None:
            await self._tell(incoming, answer)
            return
        chosen = given.get(SERVICE, "")
        fresh = form_of(command, answer.world, thread, chosen=chosen, accepts=self._accepts, kept=about)
        try:
            await self._chat.call("views.update", view_id=view["id"], hash=view["hash"], view=fresh)
        except (SlackRefused, SlackUnreachable) as error:
            _LOG.info("a form was not made anew", error=str(error))  # closed, or chosen anew meanwhile

    async def on_shortcut(self, ack: Ack, body: Body) -> None:
        """Slack's shortcuts open the form of the command they are named after (`incident.declare`).

        Those on a message declare an incident from it, or put it into a timeline.
        """
        person = self._presser(body)
        if body["callback_id"] == NOTE:
            await ack()
            await self._tell(*await self._messages.note(body, person))
            return
        if body["callback_id"] == DECLARE:
            incoming, answer, said = await self._messages.declare(body, person)
            if answer.form is not None:
                answer = await self._open(answer, incoming, body["trigger_id"], said=said)
            await ack()
            await self._tell(incoming, answer)
            return
        channel = (body.get("channel") or {}).get("id") or person.user
        line = str(body["callback_id"]).replace(".", " ")
        incoming = IncomingRequest(person, channel, line, "shortcut", f"shortcut:{body['trigger_id']}")
        answer = await self._gate.handle(incoming)
        if answer.form is not None:
            answer = await self._open(answer, incoming, body["trigger_id"])
        await ack()
        await self._tell(incoming, answer)

    async def on_home(self, ack: Ack, body: Body) -> None:
        """The app's own tab."""
        await ack()
        event = body["event"]
        if event.get("tab") == "home":
            person = self._workspaces.person(event["user"], self._workspaces.origin(body))
            self._viewers.saw(person)
            await self._home.publish(person)

    async def _open(
        self,
        answer: Answer,
        incoming: IncomingRequest,
        trigger: str,
        *,
        drafts: bool = False,
        said: SlackMessage | None = None,
    ) -> Answer:
        """Open the form that the gate asked for; within Slack's 3 seconds or not at all.

        drafts: whether an update is drafted in it. said: the message that it is filled in from.
        """
        assert answer.form is not None and answer.world is not None
        try:
            incident = answer.subject.incident if answer.subject else None
            view = form_of(
                answer.form, answer.world, incoming.thread_ts, incident, accepts=self._accepts, drafts=drafts,
                title=redact(said.title) if said else "", kept={"said": redact(said.note)} if said else None,
            )  # fmt: skip
            instead = f"Type it: {answer.form.usage}"
            await open_dialog(self._chat, trigger, view, instead, self._patience.dialog_s)
        except Refused as refused:
            return self._gate.refused(incoming, refused)
        return Answer()

    async def _dialog(
        self, action: ActionId, id: str, incoming: IncomingRequest, trigger: str
    ) -> Answer | None:
        """Open an operation's details, or the dialog that its Run asks for; None when neither applies."""
        operation = await self._gate.read(incoming, lambda: self._find(id))
        if isinstance(operation, Answer):
            return operation
        if operation is None:
            gone = Refused(f"There is no {id}.", f"Look with {slash('history')} SERVICE.")
            return self._gate.refused(incoming, gone) if action == DETAILS else None  # else the gate says so
        is_shown = incoming.seen in (None, operation.mark)
        asks = (
            is_shown
            and operation.phase is Phase.PLANNED
            and (operation.needs_reason or must_type_name(operation))
        )
        if action != DETAILS and not asks:
            return None
        refused = await self._gate.may_look(incoming, operation.service)
        if refused is not None:
            return refused
        if action == DETAILS:
            view = details(operation)
            instead = f"Press Details again, or look with {slash('history')} {operation.service}"
        else:
            view, instead = (
                sure_form(operation, describe(operation)),
                f"Press Run again, or type {typed_run(operation)}",
            )
        try:
            await open_dialog(self._chat, trigger, view, instead, self._patience.dialog_s)
        except Refused as refused:
            return self._gate.refused(incoming, refused)
        return Answer()

    async def _tell(self, incoming: IncomingRequest, answer: Answer) -> None:
        """Show the asker what the channel will not show."""
        message: Message | None = answer.message
        if answer.form is not None:
            message = self._gate.usage(answer.form, incoming)
        if message is None:
            return
        try:
            await self._chat.post_ephemeral(
                incoming.channel, incoming.person.user, message, incoming.thread_ts
            )
        except (SlackRefused, SlackUnreachable) as error:
            _LOG.warning("could not answer", line=incoming.line, error=str(error))


def bolt(
    signing_secret: str, bot_token: Callable[[], str], bot_id: str, bot_user: str, workspaces: Workspaces
) -> AsyncApp:
    """A Bolt app with one token; it answers after its listener, so Bolt never waits by polling."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=workspaces.enterprise or None,
            team_id=workspaces.home,
            bot_token=bot_token(),
            bot_id=bot_id,
            bot_user_id=bot_user,
        )

    return AsyncApp(
        signing_secret=signing_secret or secrets.token_hex(32),  # Socket Mode: no request is signed
        authorize=authorize,
        process_before_response=True,
    )
