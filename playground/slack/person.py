"""What a person in the workspace can do: type, click, fill in, open."""

from dataclasses import dataclass
from typing import Any, cast

from playground.slack.blocks import find_element, initial_state, message_blocks, option, state_for
from playground.slack.courier import Courier
from playground.slack.errors import Refusal
from playground.slack.escape import escape_command, escape_entities, escape_message
from playground.slack.forms import Forms
from playground.slack.messages import add_member, open_direct, post
from playground.slack.modals import set_state
from playground.slack.payloads import interaction, message_container, room_ref, slash_form
from playground.slack.response_url import Reply, ResponseUrls, show_answer
from playground.slack.seed import BOT_USER
from playground.slack.workspace import Room, Workspace
from playground.slack.written import Ack, Json

MOST_OPTIONS = 100
"""Options of a select, static or offered (Block Kit reference, select menus)."""


@dataclass(frozen=True)
class Person:
    """One user at the keyboard; every method does what Slack's client would do, and returns the app's ack."""

    id: str
    workspace: Workspace
    courier: Courier
    urls: ResponseUrls

    async def slash(self, channel: str, typed: str, thread_ts: str | None = None) -> Ack:
        """Type a slash command in a channel. A command Slack does not know, or in a thread, is not sent."""
        room = self._inside(channel)
        name, _, text = typed.strip().partition(" ")
        command = self.workspace.manifest.find_command(name)
        if command is None:
            return Ack(
                0, error=f"{name} is not a valid command. A message that begins with / is read as a command."
            )
        if thread_ts:
            return Ack(0, error=f"{name} is not supported in threads. Sorry!")
        if name in self.workspace.taken:
            return Ack(200, {"text": f"Another app answers {name}."})
        text = text.strip()
        text = escape_command(self.workspace, text) if command.should_escape else escape_entities(text)
        payload = slash_form(self.workspace, self.id, room, name, text)
        payload["response_url"] = self.urls.issue(room, self.id)
        payload["trigger_id"] = self.workspace.new_trigger(self.id)
        ack = await self.courier.send("slash_commands", payload)
        if not ack.ok:
            self.workspace.fail(self.id, room.id, name, ack.error)
        elif ack.body:
            self._show_ack(room, ack)
        return ack

    async def say(self, channel: str, text: str, thread_ts: str | None = None) -> Json:
        """Say something; returns the message as stored."""
        room = self._inside(channel)
        if room.is_archived:
            raise Refusal("is_archived")
        team = self.workspace.people[self.id].team_id or self.workspace.config.team.id
        message = {"user": self.id, "team": team, "text": escape_message(self.workspace, text)}
        if thread_ts:
            if thread_ts not in room.messages:
                raise Refusal("thread_not_found")
            message["thread_ts"] = thread_ts
        return post(self.workspace, self.courier, room, message)

    async def click(
        self, channel: str, message_ts: str, action_id: str, block_id: str | None = None, value: Any = None
    ) -> Ack:
        """Click a button, or choose `value` in a select of a message.

        Raises Refusal message_not_found or no_such_action, ValueError for an option that is not offered.
        """
        message = self.message(channel, message_ts)
        found = find_element([block for block, _ in message_blocks(message)], action_id, block_id)
        if found is None:
            raise Refusal("no_such_action", [f"{action_id} is not in message {message_ts}"])
        block, element = found
        return await self.act(channel, message_ts, {"block_id": block["block_id"], **_chosen(element, value)})

    async def act(self, channel: str, message_ts: str, action: Json, state: Json | None = None) -> Ack:
        """Send an action as the client composed it, after checking that its element is there."""
        room, message = self.workspace.room(channel), self.message(channel, message_ts)
        placed = list(message_blocks(message))
        found = find_element([block for block, _ in placed], str(action["action_id"]), action.get("block_id"))
        if found is None:
            raise Refusal("no_such_action")
        attachment = next(number for block, number in placed if block is found[0])
        payload = interaction(self.workspace, "block_actions", self.id, room=room)
        shown = initial_state([block for block, _ in placed])
        values = _merged(shown, state if state is not None else _state_of(found[0], found[1], action))
        payload |= {
            "container": message_container(room, message, attachment),
            "channel": room_ref(room),
            "state": {"values": values},
            "response_url": self.urls.issue(room, self.id, message),
            "actions": [self._action(found[0], found[1], action)],
        }
        if not message.get("ephemeral"):
            payload["message"] = message
        return await self._interact(payload, room.id, str(action["action_id"]))

    async def click_in_view(
        self, view_id: str, action_id: str, value: Any = None, block_id: str | None = None
    ) -> Ack:
        """Click or choose in a modal or in the App Home."""
        view = self._view(view_id)
        found = find_element(view["blocks"], action_id, block_id)
        if found is None:
            raise Refusal("no_such_action", [f"{action_id} is not in view {view_id}"])
        return await self.act_in_view(view_id, {"block_id": found[0]["block_id"], **_chosen(found[1], value)})

    async def act_in_view(self, view_id: str, action: Json, state: Json | None = None) -> Ack:
        """Send an action of a view as the client composed it."""
        view = self._view(view_id)
        found = find_element(view["blocks"], str(action["action_id"]), action.get("block_id"))
        if found is None:
            raise Refusal("no_such_action")
        block, element = found
        merged = _merged(view["state"]["values"], state or {})
        view = set_state(self.workspace, self.id, view, _merged(merged, _state_of(block, element, action)))
        payload = interaction(self.workspace, "block_actions", self.id, view_id)
        payload |= {
            "container": {"type": "view", "view_id": view_id},
            "view": view,
            "actions": [self._action(block, element, action)],
        }
        return await self._interact(payload, "", str(action["action_id"]))

    async def type_in(self, view_id: str, action_id: str, typed: str) -> list[Json]:
        """Type into an external select of a modal; the options that the app offers for it.

        Slack asks from `min_query_length` characters on (3 where it is not given), over HTTP only where the
        manifest has `message_menu_options_url`, and takes at most 100 options
        (https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload).
        Raises Refusal no_such_action, no_options_url or invalid_options.
        """
        view = self._view(view_id)
        found = find_element(view["blocks"], action_id, None)
        if found is None or found[1]["type"] != "external_select":
            raise Refusal("no_such_action")
        block, element = found
        if len(typed) < int(element.get("min_query_length", 3)):
            return []
        if not self.workspace.manifest.has_options:
            raise Refusal("no_options_url")
        payload = interaction(self.workspace, "block_suggestion", self.id, view_id)
        payload.pop("trigger_id", None)
        payload |= {"container": {"type": "view", "view_id": view_id}, "view": view, "value": typed}
        payload |= {"action_id": action_id, "block_id": block["block_id"]}
        ack = await self.courier.send("interactive", payload)
        offered = cast("list[Json]", ack.body.get("options") or [])
        wrong = not ack.ok or len(offered) > MOST_OPTIONS
        if wrong or any(len(one["value"]) > 150 or len(one["text"]["text"]) > 75 for one in offered):
            self.workspace.fail(self.id, "", action_id, ack.error or "invalid options")
            raise Refusal("invalid_options")
        return offered

    async def submit(self, view: Json | str, values: Json | None = None) -> Ack:
        """Fill in a modal and press its submit button.

        `values` maps an action id or block id to text, an option's value, an id or a list of them, or maps
        block ids to Slack's own `{action_id: {...}}`. What is left out keeps what the form showed. A required
        field that stays empty is refused by the client itself: status 0 and error `client_errors`.
        """
        shown = self._view(view if isinstance(view, str) else str(view["id"]))
        return await self.forms().submit(shown, values or {})

    async def close(self, view: Json | str, everything: bool = False) -> Ack | None:
        """Close a modal; the app is told only if it asked for `notify_on_close`."""
        shown = self._view(view if isinstance(view, str) else str(view["id"]))
        return await self.forms().close(shown, everything)

    async def shortcut(
        self, callback_id: str, channel: str | None = None, message_ts: str | None = None
    ) -> Ack:
        """Use a shortcut: global, or on a message when a channel and ts are given."""
        if callback_id not in self.workspace.manifest.shortcuts:
            raise Refusal("no_such_shortcut")
        kind = "message_action" if message_ts else "shortcut"
        payload = {**interaction(self.workspace, kind, self.id), "callback_id": callback_id}
        payload["action_ts"] = self.workspace.new_ts()
        if channel and message_ts:
            room, message = self.workspace.room(channel), self.message(channel, message_ts)
            payload |= {"channel": room_ref(room), "message": message, "message_ts": message_ts}
            payload["response_url"] = self.urls.issue(room, self.id)
        return await self._interact(payload, channel or "", callback_id)

    async def join(self, channel: str) -> None:
        """Join a public channel; the app hears member_joined_channel."""
        room = self.workspace.room(channel)
        if room.kind != "channels":
            raise Refusal("channel_not_found")
        if self.id not in room.members:
            add_member(self.workspace, self.courier, room, self.id)

    async def open_home(self) -> None:
        """Open the App Home; the app hears app_home_opened."""
        room, _ = open_direct(self.workspace, [self.id, BOT_USER])
        event: Json = {"type": "app_home_opened", "user": self.id, "channel": room.id, "tab": "home"}
        view = self.workspace.homes.get(self.id)
        if view is not None:
            event["view"] = view
            self.workspace.tell({"type": "home", "view": view}, only=self.id)
        self.courier.announce("app_home_opened", event)

    def message(self, channel: str, ts: str) -> Json:
        """A message of a channel as this person sees it, ephemeral ones too.

        Raises Refusal message_not_found.
        """
        room = self.workspace.room(channel)
        mine = {
            shown["ts"]: shown for shown in self.workspace.ephemerals(self.id) if shown["channel"] == room.id
        }
        found = room.messages.get(ts) or mine.get(ts)
        if found is None:
            raise Refusal("message_not_found")
        return found

    def forms(self) -> Forms:
        """The modals of this person."""
        return Forms(self.id, self.workspace, self.courier)

    def _inside(self, channel: str) -> Room:
        room = self.workspace.room(channel)
        if self.id not in room.members:
            raise Refusal("not_in_channel")
        return room

    def _view(self, view_id: str) -> Json:
        user, view = self.workspace.view(view_id)
        if user != self.id:
            raise Refusal("not_found")
        return view

    def _action(self, block: Json, element: Json, action: Json) -> Json:
        shown = {key: element[key] for key in ("text", "style", "placeholder") if key in element}
        base = {"action_id": element["action_id"], "block_id": block["block_id"], "type": element["type"]}
        value = {"value": element["value"]} if element["type"] == "button" and "value" in element else {}
        return {**base, **shown, **_only_state(action), **value, "action_ts": self.workspace.new_ts()}

    async def _interact(self, payload: Json, channel: str, name: str) -> Ack:
        if not self.workspace.manifest.is_interactive:
            return Ack(0, error="This app is not configured to handle interactive responses.")
        ack = await self.courier.send("interactive", payload)
        if not ack.ok:
            self.workspace.fail(self.id, channel, name, ack.error)
        return ack

    def _show_ack(self, room: Room, ack: Ack) -> None:
        reply = Reply(room, self.id, self.workspace.now())
        try:
            show_answer(self.workspace, self.courier, reply, ack.body, "slash_ack")
        except Refusal as refusal:
            self.workspace.fail(self.id, room.id, "The command", refusal.code)


def _chosen(element: Json, value: Any) -> Json:
    """The action that a click on this element makes."""
    base: Json = {"action_id": element["action_id"], "type": element["type"]}
    if element["type"] == "button":
        return base
    if element["type"] == "overflow":
        return {**base, "selected_option": option(element, str(value))}
    return {**base, **state_for(element, value)}


def _only_state(action: Json) -> Json:
    return {key: value for key, value in action.items() if key == "value" or key.startswith("selected_")}


def _state_of(block: Json, element: Json, action: Json) -> Json:
    """What an action leaves in `state.values`; buttons and menus leave nothing."""
    if element["type"] in ("button", "overflow", "workflow_button"):
        return {}
    return {block["block_id"]: {element["action_id"]: {"type": element["type"], **_only_state(action)}}}


def _merged(old: Json, new: Json) -> Json:
    return {block_id: {**old.get(block_id, {}), **new.get(block_id, {})} for block_id in {**old, **new}}
