"""The form of a command, made from its declaration; what it gives back is a command line."""

import json
from collections.abc import Sequence
from typing import Any, cast

from model.catalog.schema import Catalog
from model.context import RequestContext
from model.fitting import Accepts, accepts_all, slots_for
from model.language.declare import ArgumentSlot, Command, Kind
from model.language.parameters import Flag, OneOf, PersonParameter, ServiceNamed, Text
from model.language.text import escaped, quoted
from model.operations.state import Operation
from model.plan import RiskTier
from model.slash import slash, spelled

Values = dict[str, dict[str, Any]]
"""`view.state.values` of a submission: block id → action id → element state."""

SELECTABLE = 100
"""Slack's limit of options in a select."""

SERVICE = "service"
"""The block and the action of the input that asks for a service."""

TITLE = 24
"""Slack's limit of characters in a form's title."""


def form(
    command: Command, world: RequestContext, chosen: str = "", accepts: Accepts = accepts_all
) -> dict[str, Any]:
    """A modal with an input for each argument that the service has: the chosen one, or the incident's own.

    Where services differ in what they have, choosing another one makes the form anew.
    """
    own = chosen or (world.here.service if world.here and world.here.is_open else None)
    service = world.catalog.service(own or "")
    slots = slots_for(command, service, world, accepts)
    blocks = [_input(slot, world.catalog, own) for slot in slots]
    if slots_for(command, None, world, accepts) != command.slots:
        blocks = [made_anew_by(block) for block in blocks]
        blocks += [] if service else [_small("Choose the service; what can be set of it follows.")]
    if command.kind is Kind.CHANGE:
        blocks.append(_text_block("because", "Because", "the reason, for the record", optional=True))
        blocks.append(_check("dry", "Only show the plan"))
    if command.kind is Kind.MAINTENANCE:
        blocks.append(_text_block("because", "Because", "why it cannot wait", optional=True))
    return {
        "type": "modal",
        "callback_id": "form",
        "title": _plain(command.typed if len(command.typed) <= TITLE else command.name[:TITLE]),
        "submit": _plain("Show the plan" if command.kind is Kind.CHANGE else "Send"),
        "close": _plain("Cancel"),
        "blocks": [_help(command), *blocks],
    }


def made_anew_by(block: dict[str, Any]) -> dict[str, Any]:
    """The service's input, so that Slack tells of the choice at once; other inputs as they are.

    https://docs.slack.dev/reference/block-kit/blocks/input-block (dispatch_action)
    """
    return {**block, "dispatch_action": True} if block.get("block_id") == SERVICE else block


def fields(values: Values) -> dict[str, str]:
    """What was filled in, by argument; what was left out is left out."""
    given = {name: _given(state[next(iter(state))]) for name, state in values.items() if state}
    return {name: text for name, text in given.items() if text}


def line(command: Command, given: dict[str, str]) -> str:
    """The command line that the filled-in form stands for."""
    words: list[str] = []
    for slot in command.slots:
        typed = given.get(slot.name, "")
        if not typed:
            continue
        if isinstance(slot.parameter, Flag):
            words.append(f"--{slot.name}")
            continue
        # In quotes nothing that was written is taken for an option, a status or a severity.
        text = quoted(escaped(typed)) if isinstance(slot.parameter, Text) else typed
        words.append(f"{slot.name}={text}" if slot.is_option else text)
    words += ["dry"] if given.get("dry") else []
    if (because := given.get("because", "")) and "because" not in {slot.name for slot in command.slots}:
        words.append(f"because {because}")
    return " ".join([command.name, *words])


def errors(command: Command, given: dict[str, str], said: str) -> dict[str, str]:
    """Where in the form a refusal belongs: at the input whose text it quotes, else at the first."""
    for block, typed in given.items():
        if f"`{typed}`" in said:
            return {block: said[:2000]}
    first = command.slots[0].name if command.slots else "because"
    return {first: said[:2000]}


def sure_form(operation: Operation, says: str) -> dict[str, Any]:
    """The dialog before a change that needs a reason, or something typed once more."""
    inputs: list[dict[str, Any]] = []
    if must_type_name(operation):
        word = operation.needs_typed or operation.service
        inputs.append(_text_block("name", f"Type {word} to run it", word, optional=False))
    if operation.needs_reason:
        inputs.append(_text_block("because", "Why", "the reason, for the record", optional=False))
    about = {"line": f"run {operation.id}", "channel": operation.channel, "seen": operation.mark}
    return {
        "type": "modal",
        "callback_id": "sure",
        "title": _plain(f"Run {operation.id}?"[:24]),
        "submit": _plain("Run"),
        "close": _plain("Cancel"),
        "private_metadata": json.dumps(about),
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": says[:3000], "verbatim": True}},
            *inputs,
        ],
    }


def typed_run(operation: Operation) -> str:
    """What confirms it without a dialog: `/ops run OP-17 architect-db because REASON`."""
    name = f" {operation.needs_typed or operation.service}" if must_type_name(operation) else ""
    because = " because REASON" if operation.needs_reason else ""
    return f"{slash('ops run')} {operation.id}{name}{because}"


def must_type_name(operation: Operation) -> bool:
    """Whether the service's name, or a large count, has to be typed once more."""
    is_grave = operation.plan is not None and operation.plan.tier is RiskTier.R3
    return is_grave or bool(operation.needs_typed)


def _input(slot: ArgumentSlot, catalog: Catalog, own: str | None) -> dict[str, Any]:
    parameter = slot.parameter
    label = slot.name.replace("_", " ").capitalize()
    if isinstance(parameter, Flag):
        return _check(slot.name, spelled(parameter.hint) or label)
    match parameter:
        case ServiceNamed():
            names = [service.id for service in catalog.services]
            element = _select(slot.name, names, own) if len(names) <= SELECTABLE else _asked(slot.name, own)
        case OneOf():
            element = _select(slot.name, list(parameter.choices), None)
        case PersonParameter():
            element = {"type": "users_select", "action_id": slot.name}
        case Text():
            element = {
                "type": "plain_text_input",
                "action_id": slot.name,
                "multiline": True,
                "max_length": min(parameter.longest, 3000),
            }
        case _:
            return _text_block(slot.name, label, spelled(parameter.hint), optional=not slot.is_required)
    block: dict[str, Any] = {
        "type": "input",
        "block_id": slot.name,
        "optional": not slot.is_required,
        "label": _plain(label),
        "element": element,
    }
    return block


def _asked(name: str, chosen: str | None) -> dict[str, Any]:
    """A select that asks for its options as somebody types: more than Slack takes at once.

    https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select
    """
    element: dict[str, Any] = {"type": "external_select", "action_id": name, "min_query_length": 1}
    element["placeholder"] = _plain("Type a part of its name")
    return {**element, "initial_option": _option(chosen)} if chosen else element


def options(names: Sequence[str]) -> dict[str, Any]:
    """The answer to a `block_suggestion`."""
    return {"options": [_option(name) for name in names[:SELECTABLE]]}


def _option(name: str) -> dict[str, Any]:
    return {"text": _plain(name[:75]), "value": name[:75]}


def _select(name: str, names: list[str], chosen: str | None) -> dict[str, Any]:
    offered = [_option(one) for one in names]
    element: dict[str, Any] = {"type": "static_select", "action_id": name, "options": offered}
    initial = next((option for option in offered if option["value"] == chosen), None)
    return {**element, "initial_option": initial} if initial else element


def _text_block(name: str, label: str, hint: str, *, optional: bool) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": name, "max_length": 500}
    if hint:
        element["placeholder"] = _plain(hint[:150])
    return {
        "type": "input",
        "block_id": name,
        "optional": optional,
        "label": _plain(label),
        "element": element,
    }


def _check(name: str, label: str) -> dict[str, Any]:
    options = [{"text": _plain(label[:75]), "value": "yes"}]
    return {
        "type": "input",
        "block_id": name,
        "optional": True,
        "label": _plain(name.capitalize()),
        "element": {"type": "checkboxes", "action_id": name, "options": options},
    }


def _help(command: Command) -> dict[str, Any]:
    typed = "".join(f"Or type `{line}`" for line in command.examples_typed[:1])
    return _small(f"{command.told} {typed}".strip())


def _small(said: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": said[:1900], "verbatim": True}]}


def _given(state: dict[str, Any]) -> str:
    """What an element of a form holds, as text; empty when nothing was given."""
    match state.get("type"):
        case "static_select" | "external_select":
            option = cast(dict[str, Any] | None, state.get("selected_option"))
            return str(option["value"]) if option else ""
        case "users_select":
            user = state.get("selected_user") or ""
            return f"<@{user}>" if user else ""
        case "checkboxes":
            return "yes" if state.get("selected_options") else ""
        case _:
            return str(state.get("value") or "").strip()


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text or " "}
