"""The forms of incidents: what the commands take, filled in as far as it is known."""

from collections.abc import Sequence
from typing import Any, cast

from slack_sdk.models.blocks import (
    Block,
    ExternalDataSelectElement,
    InputBlock,
    InputInteractiveElement,
    Option,
    OptionGroup,
    PlainTextInputElement,
    StaticSelectElement,
    UserSelectElement,
)
from slack_sdk.models.views import View

from bot.views.blocks import section
from bot.views.message import safe
from model.catalog.schema import Catalog, Service
from model.catalog.system import System
from model.incidents.declare import LONGEST_TITLE
from model.incidents.state import Incident
from model.incidents.timeline import ROLE_NAMES

Form = dict[str, Any]

PROMISES = {
    "15m": "in 15 minutes",
    "30m": "in 30 minutes",
    "1h": "in 1 hour",
    "2h": "in 2 hours",
    "4h": "in 4 hours",
    "1d": "tomorrow",
}
"""What the next update may be promised for in the form; any length may be typed in the command."""

_TEXT = 2000
_OPTIONS = 100


def declare_form(
    catalog: Catalog,
    *,
    service: str = "",
    severity: str = "",
    title: str = "",
    channel: str = "",
    error: str = "",
) -> Form:
    """`/incident declare` as a form. Fields: service, severity, title.

    With a service its own severities are offered, else those of every scheme with whose they are.
    channel: where it was asked for, kept in private_metadata. error: shown on top.
    """
    known = catalog.service(service) if service else None
    blocks = [
        _input("service", "Service", _services(catalog, known)),
        _input("severity", "Severity", _severity(_severities(catalog, known), severity)),
        _input("title", "What is wrong", _text("title", title, LONGEST_TITLE, lines=False)),
    ]
    return _view("incident.declare", "Declare an incident", "Declare", blocks, channel, error)


def update_form(
    incident: Incident, *, text: str = "", status: str = "", next: str = "", error: str = ""
) -> Form:
    """`/incident update` as a form. Fields: status, text, next, impact, affected, customers, eta, actions.

    What was said before stands in the fields; `actions` has one a line. The incident is private_metadata.
    """
    statuses = [_option(one, one) for one in incident.statuses]
    promises = [_option(says, length) for length, says in PROMISES.items()]
    fields = (
        ("impact", "Impact on users", incident.impact),
        ("affected", "Affected features", incident.affected),
        ("customers", "Customers affected", incident.customers),
        ("eta", "Expected resolution", incident.eta),
    )
    more = [_input(name, label, _text(name, was), optional=True) for name, label, was in fields]
    actions = _text("actions", "\n".join(incident.actions))
    blocks = [
        _input("status", "Status", _select("status", statuses, status or incident.status)),
        _input("text", "What is known now", _text("text", text)),
        _input("next", "Next update", _select("next", promises, next), optional=True),
        *more,
        _input("actions", "Current actions, one a line", actions, optional=True),
    ]
    return _view("incident.update", f"Update {incident.id}", "Post update", blocks, incident.id, error)


def severity_form(incident: Incident, system: System, *, error: str = "") -> Form:
    """`/incident sev` as a form. Fields: severity, because."""
    options = [_option(_level(level.id, level.means), level.id) for level in system.severities.levels]
    blocks = [
        _input("severity", "Severity", _severity(options, incident.severity)),
        _input("because", "Because", _text("because", "", lines=False), optional=True),
    ]
    return _view("incident.sev", f"Severity of {incident.id}", "Set", blocks, incident.id, error)


def role_form(incident: Incident, *, role: str = "ic", error: str = "") -> Form:
    """`/incident role` as a form. Fields: role, person."""
    options = [_option(name, key) for key, name in ROLE_NAMES.items()]
    blocks = [
        _input("role", "Role", _select("role", options, role)),
        _input("person", "Person", UserSelectElement(action_id="person", placeholder="Pick a person")),
    ]
    return _view("incident.role", f"Roles of {incident.id}", "Assign", blocks, incident.id, error)


def _view(callback: str, title: str, submit: str, blocks: list[Block], about: str, error: str) -> Form:
    shown = [section(f"⚠️ *Not done* {safe(error, 1500)}"), *blocks] if error else blocks
    for block in shown:
        block.validate_json()
    view = View(
        type="modal",
        callback_id=callback,
        title=_short(title, 24),
        submit=submit,
        close="Cancel",
        blocks=shown,
        private_metadata=about,
    )
    view.validate_json()
    return cast(Form, view.to_dict())  # pyright: ignore[reportUnknownMemberType]  # untyped SDK


def _input(name: str, label: str, element: InputInteractiveElement, *, optional: bool = False) -> Block:
    return InputBlock(block_id=name, label=label, element=element, optional=optional)


def _text(name: str, value: str, longest: int = _TEXT, *, lines: bool = True) -> PlainTextInputElement:
    initial = _short(value, longest) or None
    return PlainTextInputElement(action_id=name, initial_value=initial, multiline=lines, max_length=longest)


def _select(name: str, options: Sequence[Option], chosen: str) -> StaticSelectElement:
    initial = next((one for one in options if str(one.value).casefold() == chosen.casefold()), None)
    return StaticSelectElement(
        action_id=name, placeholder="Choose", options=list(options[:_OPTIONS]), initial_option=initial
    )


def _services(catalog: Catalog, chosen: Service | None) -> InputInteractiveElement:
    """Services by system; over 100 of them nobody scrolls through, so a part of the name is typed."""
    initial = _option(chosen.id, chosen.id) if chosen else None
    if len(catalog.services) > _OPTIONS:
        return ExternalDataSelectElement(
            action_id="service",
            placeholder="Type a part of its name",
            initial_option=initial,
            min_query_length=1,
        )
    groups: list[OptionGroup] = []
    for system in catalog.systems:
        own = [service for service in catalog.services if service.system == system.id]
        if own:
            options = [_option(service.id, service.id) for service in own]
            groups.append(OptionGroup(label=_short(system.name, 75), options=options))
    return StaticSelectElement(
        action_id="service", placeholder="Choose", option_groups=groups, initial_option=initial
    )


def _severities(catalog: Catalog, service: Service | None) -> list[Option]:
    """The severities of the service's scheme, or each severity there is with the systems that use it."""
    own = catalog.system_of(service).severities.levels if service else ()
    if own:
        return [_option(_level(level.id, level.means), level.id) for level in own]
    used: dict[str, list[str]] = {}
    for system in catalog.systems:
        for level in system.severities.levels if system.severities.defined else ():
            used.setdefault(level.id, []).append(system.name)
    return [_option(f"{id} · {', '.join(names)}", id) for id, names in used.items()]


def _severity(options: Sequence[Option], chosen: str) -> InputInteractiveElement:
    """A choice; where no runbook defines severities, a word to be typed."""
    if options:
        return _select("severity", options, chosen)
    return _text("severity", chosen, 40, lines=False)


def _level(id: str, means: str) -> str:
    return f"{id} · {means}" if means else id


def _option(label: str, value: str) -> Option:
    return Option(text=_short(label, 75), value=value)


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
