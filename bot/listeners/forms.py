"""Which form a command opens, and what a filled-in form says as a command line."""

import json
from collections.abc import Mapping
from typing import Any, cast

from bot.views import form as generic
from bot.views.incident.forms import declare_form, role_form, severity_form, update_form
from model.context import RequestContext
from model.fitting import Accepts, accepts_all
from model.incidents.promise import drafted
from model.incidents.state import Incident
from model.language.declare import Command
from model.language.registry import Registry
from model.refusal import Refused

Form = dict[str, Any]
_KEPT = ("alert", "said")
"""Arguments of a declaration that a form carries unseen."""

_BESIDE = frozenset({"because", "dry", "incident", "name"})
"""Fields that forms have beside their command's arguments."""


class Outdated(Exception):
    """The form was made by another version, and what it says is not understood."""


def form_of(
    command: Command,
    world: RequestContext,
    thread_ts: str = "",
    incident: Incident | None = None,
    chosen: str = "",
    accepts: Accepts = accepts_all,
    *,
    drafts: bool = False,
    title: str = "",
    kept: Mapping[str, str] | None = None,
) -> Form:
    """The form, pre-filled from the incident that it is about, or from the channel's.

    chosen: the service that was chosen in it. accepts: which changes a service has.
    drafts: whether an update is drafted in it, of what happened since the last one. title: what stands there
    for a declaration. kept: arguments of its command for which it has no field, by their names.
    """
    alert = next(iter(world.alerts.values()), None)
    kept = kept or ({"alert": alert.id} if alert else {})
    made = _form(command, world, incident, chosen, accepts, title)
    if drafts and incident:
        made = update_form(incident, text=drafted(incident, incident.version))
    about = {
        "command": command.name,
        "channel": world.channel,
        "thread_ts": thread_ts,
        "incident": incident.id if incident else "",
        **{name: value for name, value in kept.items() if name in _KEPT},
    }
    return {**made, "callback_id": "form", "private_metadata": json.dumps(about)}


def _form(
    command: Command,
    world: RequestContext,
    incident: Incident | None,
    chosen: str,
    accepts: Accepts,
    title: str = "",
) -> Form:
    match command.name:
        case "incident declare":
            own = world.here.service if world.here else ""
            said = next((one.said for one in world.alerts.values()), None)
            form = declare_form(
                world.catalog,
                service=chosen or (said.service if said else own),
                severity=said.severity if said else "",
                title=said.title if said else title,
                channel=world.channel,
            )
            return {**form, "blocks": [generic.made_anew_by(block) for block in form["blocks"]]}
        case "incident update" if incident:
            return update_form(incident)
        case "incident sev" if incident:
            return severity_form(incident, world.catalog.by_system[incident.system])
        case "incident role" if incident:
            return role_form(incident)
        case _:
            return generic.form(command, world, chosen, accepts)


def filled_in(view: Form, registry: Registry) -> tuple[str, Command | None, dict[str, str], dict[str, str]]:
    """From a submission: the command line, its command, the fields by argument, and the metadata.

    Raises Outdated for a view that another version made.
    """
    given = typed(view)
    try:
        about = cast(dict[str, str], json.loads(view["private_metadata"]))
        channel = about["channel"]
        if "line" in about:
            because = f"because {given['because']}" if given.get("because") else ""
            return " ".join(f"{about['line']} {given.get('name', '')} {because}".split()), None, given, about
        command, _ = registry.find(about["command"])
    except (KeyError, TypeError, ValueError, Refused) as error:
        raise Outdated from error
    if not channel or set(given) - {slot.name for slot in command.slots} - _BESIDE:
        raise Outdated
    if about.get("incident"):
        given = {**given, "incident": about["incident"]}
    given |= {name: about[name] for name in _KEPT if about.get(name)}
    return generic.line(command, given), command, given, about


def typed(view: Form) -> dict[str, str]:
    """What was filled in, by field, whoever made the form."""
    try:
        return generic.fields(view["state"]["values"])
    except (KeyError, TypeError, AttributeError, StopIteration):
        return {}


def step_of(view: Form) -> tuple[str, str, str]:
    """The runbook, the number and the channel of a step's dialog. Raises Outdated."""
    match str(view.get("private_metadata")).split(" "):
        case [guide, number, channel] if number.isdigit():
            return guide, number, channel
        case _:
            raise Outdated


def mistakes(command: Command | None, given: dict[str, str], refused: str) -> dict[str, str]:
    """A refusal at the input it belongs to, so that what was typed stays to be corrected."""
    if command is None:
        return {next(iter(given), "because"): refused[:2000]}
    return generic.errors(command, given, refused)
