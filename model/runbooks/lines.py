"""From a runbook's step to the command line that it runs."""

import re
from collections.abc import Mapping

from model.catalog.schema import RunbookStep
from model.language.registry import Registry
from model.refusal import Refused
from model.runbooks.state import RunbookRun


def line_of(
    guide: RunbookRun, number: int, registry: Registry, given: Mapping[str, str] | None = None
) -> str:
    """The line that a step runs, with what was asked for filled in and, for a change, the reason.

    Raises Refused for a step that runs nothing, a value that is missing or not one word, an unknown command.
    """
    step = guide.step(number)
    if not step.run:
        raise Refused(f"Step {number} of {guide.id} runs nothing.", "Read it, and tick it with Done.")
    line = filled(step, given or {})
    command, _ = registry.find(line)
    if command.takes_dry and not re.search(r"\bbecause\b", line):
        line = f"{line} because step {number} of runbook {guide.runbook}"
    return line


def filled(step: RunbookStep, given: Mapping[str, str]) -> str:
    """The step's line with its words in capitals replaced. Raises Refused for a value that does not do."""
    line = step.run
    for asked in step.asks:
        value = given.get(asked.name, "").strip()
        if not re.fullmatch(r"[^\s\"'`]{1,200}", value):
            raise Refused(f"`{value}` does not do for {asked.name}.", f"Type one word: {asked.hint}.")
        line = re.sub(rf"\b{re.escape(asked.name)}\b", lambda _, value=value: value, line)
    return line
