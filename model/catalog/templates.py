"""Communication templates of the catalog: read from their files and tried before anyone needs them."""

from pathlib import Path

from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from model.catalog.problems import did_you_mean
from model.catalog.source import Path as At
from model.catalog.source import Source
from model.catalog.system import Template

TEXTS = (
    "severity",
    "service",
    "title",
    "status",
    "next_update",
    "started",
    "eta",
    "customers",
    "affected",
    "updates_url",
    "questions",
)
LISTS = ("impact", "actions")
VARIABLES = frozenset({*TEXTS, *LISTS, "timeline", "latest"})
"""What a template may use. `timeline` is a list of (HH:MM, event), `latest` is one such pair."""


def with_text(source: Source, folder: Path, template: Template, path: At) -> Template:
    """The template with its file's text; notes a file that cannot be read or does not work."""
    at = (*path, "file")
    file = (folder / template.file).resolve()
    if not file.is_relative_to(folder.resolve()):
        source.problems.append(source.problem(at, "has to stand in the catalog's folder."))
        return template
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        there = [str(one.relative_to(folder)) for one in sorted(folder.rglob("*.j2"))]
        said = f"`{template.file}` cannot be read."
        source.problems.append(source.problem(at, said, did_you_mean(template.file, there)))
        return template
    for what, suggestion in problems_in(text):
        source.problems.append(source.problem(at, f"{template.file}: {what}", suggestion))
    return template.model_copy(update={"text": text})


def problems_in(text: str) -> list[tuple[str, str]]:
    """What is wrong with a template, each with a suggestion: syntax, unknown variables, failing to fill."""
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    try:
        used = meta.find_undeclared_variables(environment.parse(text))
    except TemplateError as error:
        return [(f"line {getattr(error, 'lineno', 1)}: {error}.", "")]
    unknown = sorted(used - VARIABLES)
    if unknown:
        return [(f"there is no variable `{name}`.", did_you_mean(name, VARIABLES)) for name in unknown]
    try:
        environment.from_string(text).render(_sample())
    except (TemplateError, TypeError, ValueError) as error:
        return [(f"cannot be filled: {error}.", "")]
    return []


def _sample() -> dict[str, object]:
    texts: dict[str, object] = dict.fromkeys(TEXTS, "text")
    lists: dict[str, object] = {name: ["text"] for name in LISTS}
    return {**texts, **lists, "timeline": [("00:00", "text")], "latest": ("00:00", "text")}
