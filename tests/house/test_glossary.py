"""One word per idea: `docs/glossary.md` names classes that exist, and the words before them are gone."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("backends", "bot", "commands", "journal", "model", "permissions", "playground")
NAMED = re.findall(r"\| `([\w.]+)` \|", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))

FORMER = frozenset(
    {
        "Knock", "Judge", "Asked", "Worlds", "World", "Ask", "Propose", "Press", "Tend", "Upkeep", "Walk",
        "Look", "Show", "Findings", "Folds", "Records", "Ledger", "Vitals", "Answering", "OnLook",
        "OnOperation", "OnIncident", "OnMaintenance", "OnGuide", "OnAdmin", "Means", "Overtaken", "Rooms",
        "NoRoom", "Guide", "Taken", "Turns", "TurnLost", "Wire", "Recalls", "Remembers", "Answers",
        "Changes", "Observes", "BacksUp", "Checks", "Town", "Seen", "Looked", "Sign", "Changer", "Whole",
        "Moment", "Past", "Days", "Someone", "Numbered", "Switch", "Slot", "Setting", "Lookup", "Members",
        "Tail", "Held", "Intended", "Tip", "Trap", "Mistake", "Circle", "SomeFacts", "Asks", "Explaining",
        "Sheet", "Card", "Frozen", "Freeze", "Bound", "Bounds", "NewBounds", "Range", "Caution",
        "Standing", "Facts", "AskHealth", "AskHistory", "AskLogs", "AskMetrics", "AskConfig",
        "AskDatabase", "AskCache", "AskCost", "whisper", "print_of", "template_print", "rang", "rung",
        "ring", "bells"
    }
)  # fmt: skip
"""Classes and functions that have today's words instead."""

FORMER_MODULES = frozenset(
    {
        "knock", "judge", "worlds", "world", "folds", "records", "ledger", "vitals", "answering",
        "on_look", "on_operation", "on_incident", "on_maintenance", "on_guide", "asked", "question",
        "findings", "recorded", "change", "secrecy", "rooms", "cast", "warden", "visitors", "town",
        "turns", "wire", "compose", "inbound", "signs"
    }
)  # fmt: skip
"""Modules that are called by what they hold instead."""


def names(file: Path) -> Iterator[str]:
    """Those of a file's classes and functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


@pytest.mark.parametrize("name", NAMED)
def test_each_class_of_the_glossary_exists(name: str):
    module, _, cls = name.rpartition(".")
    assert isinstance(getattr(importlib.import_module(module), cls), type)


def test_the_glossary_is_read_in_a_minute():
    assert 20 <= len(NAMED) <= 32


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_is_called_by_a_former_word(room: str):
    files = list((ROOT / room).rglob("*.py"))
    found = [f"{file.relative_to(ROOT)}: {name}" for file in files for name in names(file) if name in FORMER]
    modules = [str(file.relative_to(ROOT)) for file in files if file.stem in FORMER_MODULES]
    assert [*found, *modules] == []
