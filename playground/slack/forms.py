"""Modals in a person's hands: filling in, submitting, closing, and what the app answers to it."""

from dataclasses import dataclass
from typing import Any, cast

from playground.slack.blocks import elements_of, state_for
from playground.slack.checks import check_view
from playground.slack.content import file_problems
from playground.slack.courier import Courier
from playground.slack.errors import Refusal
from playground.slack.modals import close, push, replace, set_state
from playground.slack.payloads import interaction
from playground.slack.workspace import Workspace
from playground.slack.written import Ack, Json, Refused, as_object

REQUIRED = "Please complete this required field."


@dataclass(frozen=True)
class Forms:
    """One user's modals."""

    user: str
    workspace: Workspace
    courier: Courier

    async def submit(self, view: Json, values: Json) -> Ack:
        """Submit a view with these values, and do what the app answers."""
        view = set_state(self.workspace, self.user, view, fill(view, values))
        wrong = client_errors(view)
        if wrong:
            self._show_errors(view, wrong)
            return Ack(0, {"errors": wrong}, "client_errors")
        payload = {**interaction(self.workspace, "view_submission", self.user, view["id"]), "view": view}
        payload["response_urls"] = []
        ack = await self.courier.send("interactive", payload)
        if not ack.ok:
            self.workspace.fail(self.user, "", view["callback_id"] or "The form", ack.error)
            self._show_errors(
                view, {view["blocks"][0]["block_id"]: "We had some trouble connecting. Try again?"}
            )
            return ack
        self._obey(view, ack.body)
        return ack

    async def close(self, view: Json, everything: bool) -> Ack | None:
        """Close a view; the app hears of it if it asked to."""
        is_cleared = everything or bool(view["clear_on_close"])
        close(self.workspace, self.user, view, everything=is_cleared)
        if not view["notify_on_close"]:
            return None
        payload = {
            **interaction(self.workspace, "view_closed", self.user),
            "view": view,
            "is_cleared": is_cleared,
        }
        return await self.courier.send("interactive", payload)

    def _obey(self, view: Json, answer: Json) -> None:
        action = answer.get("response_action")
        if action is None:
            close(self.workspace, self.user, view)
        elif action == "clear":
            close(self.workspace, self.user, view, everything=True)
        elif action == "errors":
            self._take_errors(view, answer)
        elif action in ("update", "push"):
            self._take_view(view, action, answer)
        else:
            self._refuse(answer, [f"unknown response_action {action}"])

    def _take_errors(self, view: Json, answer: Json) -> None:
        errors = cast("dict[str, Any]", answer.get("errors") or {})
        inputs = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
        strangers = sorted(set(errors) - inputs)
        if strangers or not errors:
            self._refuse(answer, [f"no input block {name}" for name in strangers] or ["errors is empty"])
        else:
            self._show_errors(view, {name: str(text) for name, text in errors.items()})

    def _take_view(self, view: Json, action: str, answer: Json) -> None:
        given = as_object(answer.get("view"))
        why = check_view(answer.get("view")) + file_problems(self.workspace, given.get("blocks"))
        if why:
            self._refuse(answer, why)
            return
        try:
            if action == "push":
                push(self.workspace, self.user, answer["view"])
            else:
                replace(self.workspace, self.user, view, answer["view"])
        except Refusal as refusal:
            self._refuse(answer, [refusal.code])

    def _refuse(self, answer: Json, why: list[str]) -> None:
        self.workspace.refused.append(Refused("view_submission", answer, why))
        self.workspace.fail(self.user, "", "The form", "invalid_response_action")

    def _show_errors(self, view: Json, errors: dict[str, str]) -> None:
        event = {"type": "view_errors", "view_id": view["id"], "errors": errors}
        self.workspace.tell(event, only=self.user)


def fill(view: Json, values: Json) -> Json:
    """`state.values` of a view after a person filled in some of it.

    Raises KeyError for a field the form does not have.
    """
    state = {block_id: dict(actions) for block_id, actions in view["state"]["values"].items()}
    unknown = set(values)
    for block in view["blocks"]:
        for element in elements_of(block):
            name, block_id = element.get("action_id", ""), block["block_id"]
            if name not in state.get(block_id, {}):
                continue
            for key, given in ((block_id, values.get(block_id)), (name, values.get(name))):
                if key in values:
                    unknown.discard(key)
                    raw: Any = as_object(given).get(name, given)
                    state[block_id][name] = state_for(element, raw)
    if unknown:
        raise KeyError(f"the form has no field {', '.join(sorted(unknown))}")
    return state


def client_errors(view: Json) -> dict[str, str]:
    """What Slack's client refuses by itself: required fields left empty, text too short or too long."""
    wrong: dict[str, str] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        state = view["state"]["values"].get(block["block_id"], {}).get(element["action_id"], {})
        value = next((state[key] for key in state if key != "type" and state[key]), None)
        if not value and not block.get("optional"):
            wrong[block["block_id"]] = REQUIRED
        elif isinstance(value, str) and element["type"] == "plain_text_input":
            low, high = element.get("min_length", 0), element.get("max_length", 3000)
            if not low <= len(value) <= high:
                wrong[block["block_id"]] = f"Enter {low} to {high} characters."
    return wrong
