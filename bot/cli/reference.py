"""Reference pages, made from what the code declares: `python -m bot.cli.reference` writes them."""

from pathlib import Path
from typing import Any

import commands
from bot.catalog_reference import catalog_page, schema_text, schemas
from bot.settings import Settings
from model.language.declare import Command, Kind
from model.language.parameters import Flag
from model.language.registry import Registry
from permissions import Policies, actions_of, schema
from permissions.rights import rights

DOCS = Path(__file__).parents[2] / "docs"
_GENERATED = "<!-- Made by `python -m bot.cli.reference`; do not edit. -->"
_LEAD = """\
Everything here can be typed as a slash command, as `/ops …`, or as `@muster …` in a thread. Changes take
`dry` (only the plan) and `because …` (the reason, to the end of the line). In an incident's channel the
service may be left out."""
_RIGHTS = """\
What the shipped policies answer for a service in production, on a quiet day, with a reason given. `1 other`:
another person has to approve who is on call for the service, owns it or is an operator. The gravest changes
take others whoever asks, broken glass or not; a catalog may ask for more people, never for fewer. The
policies and an example beside each are in `permissions/policies/`; `muster check` runs the examples."""
_TITLES = {
    Kind.INCIDENT: "Incidents",
    Kind.LOOK: "Look",
    Kind.CHANGE: "Change",
    Kind.MAINTENANCE: "Maintenance",
    Kind.OPERATION: "Plans and operations",
    Kind.META: "Muster itself",
    Kind.ADMIN: "For operators",
}


def pages() -> dict[str, str]:
    """File name in `docs/` → its text."""
    registry = commands.registry()
    return {
        "commands.md": command_page(registry),
        "settings.md": settings_page(),
        "catalog.md": catalog_page(_GENERATED),
        **{f"../examples/catalog/{name}": schema_text(one) for name, one in schemas().items()},
        "rights.md": rights_page(Policies.load(None, schema(actions_of(registry)))),
    }


def rights_page(policies: Policies) -> str:
    """Who may do what by the shipped policies, as they answer."""
    header, *rows = rights(policies)
    lines = [f"| {' | '.join(row)} |" for row in (header, tuple("---" for _ in header), *rows)]
    return "\n\n".join(["# Who may do what", _GENERATED, _RIGHTS, "\n".join(lines)]) + "\n"


def command_page(registry: Registry) -> str:
    """Every command: usage, arguments, examples and what policies call it."""
    parts = [
        "# Commands",
        _GENERATED,
        _LEAD,
    ]
    for kind, title in _TITLES.items():
        parts.append(f"## {title}")
        parts += [_command(one) for one in registry.commands if one.kind is kind]
    return "\n\n".join(parts) + "\n"


def _command(command: Command) -> str:
    lines = [f"### `{command.usage}`", f"{command.summary}. {command.explains}".strip()]
    if command.slots:
        rows = [f"| `{slot.usage}` | {_takes(slot.parameter)} |" for slot in command.slots]
        lines.append("\n".join(["| argument | takes |", "|---|---|", *rows]))
    examples = [f"- `{line}`" for line in command.examples_typed]
    if examples:
        lines.append("\n".join(examples))
    lines.append(f"Policies call it `{command.action}`.")
    return "\n\n".join(lines)


def _takes(parameter: Any) -> str:
    if isinstance(parameter, Flag):
        return parameter.hint or "given or not"
    return (parameter.hint or parameter.label).replace("|", "\\|")


def settings_page() -> str:
    """Every setting, its default and what it is for."""
    rows = [
        f"| `MUSTER_{name.upper()}` | {_default(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    head = ["# Settings", _GENERATED, "All are environment variables."]
    table = ["| variable | default | what it is |", "|---|---|---|", *rows]
    return "\n\n".join([*head, "\n".join(table)]) + "\n"


def _default(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"`{text}`" if text.strip("*{}") else "–"


def main() -> None:
    """Write every page."""
    for name, text in pages().items():
        (DOCS / name).write_text(text)


if __name__ == "__main__":
    main()
