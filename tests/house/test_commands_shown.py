"""Every text that shows a command to type asks `model.slash` for the form that works in the workspace."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import commands
from model.slash import OPS

ROOT = Path(__file__).parents[2]
ROOMS = ("backends", "bot", "commands", "journal", "model", "permissions")
VERBS = "|".join((*commands.registry().verbs, OPS))
COMMAND = re.compile(rf"(?<![\w/.:}}\x00-])/(?:{VERBS})(?![\w/-])|(?:^|(?<=[\s`(“\"]))/(?=\x00)")
"""A command in a text, or a slash before what is filled in (written as a null) that may be one."""

DECLARED = {"command", "Field", "Name", "Revision", "BackupNamed"}
"""Calls that declare what is spelled where it is shown (`tests/commands/test_spelled.py`), or docs."""

NO_COMMANDS = {
    ("bot/http.py", "/metrics"),  # where Prometheus looks
    ("backends/cloudwatch_logs/traps.py", "/\0/ finds only lines with it in small letters."),  # a pattern
    ("backends/kubernetes/pods.py", "/\0"),  # a container of a pod
    ("backends/postgres/session.py", "/\0"),  # a database in its address
    ("backends/wafv2/plans.py", "Type a range of /\0 or narrower."),  # the size of a range
    ("model/slash.py", "/\0\0"),  # where commands are spelled
    ("model/slash.py", "/\0\0 \0"),
    ("model/slash.py", "`\0` is too long for /\0."),
    ("model/language/parse.py", "/\0"),  # the canonical line, for the record and to be read again
}


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every text in code by its line, what is filled in as a null; docstrings and declarations left out."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):  # a docstring, of a module's constant too
            skipped |= {id(one) for one in ast.walk(node) if isinstance(one, ast.Constant)}
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", "")
            if name in DECLARED:
                skipped |= {id(one) for one in ast.walk(node)}
        if isinstance(node, ast.ClassDef):  # the default of a declared parameter's hint
            for field in node.body:
                if isinstance(field, ast.AnnAssign) and getattr(field.target, "id", "") == "hint":
                    skipped |= {id(one) for one in ast.walk(field)}
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in {"_TRAPS", "_LEAD"}:
            skipped |= {id(one) for one in ast.walk(node)}
        if isinstance(node, ast.JoinedStr) and id(node) not in skipped:
            parts = [one.value if isinstance(one, ast.Constant) else "\0" for one in node.values]
            skipped |= {id(one) for one in node.values}
            yield node.lineno, "".join(str(part) for part in parts)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


@pytest.mark.parametrize("room", ROOMS)
def test_no_text_has_a_command_that_was_not_spelled_for_the_workspace(room: str):
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text!r}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for line, text in texts(ast.parse(path.read_text()))
        if COMMAND.search(text) and (str(path.relative_to(ROOT)), text) not in NO_COMMANDS
    ]
    assert found == [], 'write slash("scale …"), from model.slash'


@pytest.mark.parametrize(
    "code",
    [
        'said = "Type /scale SERVICE 3"',
        'said = f"Type `/rollback {service.id}`"',
        'said = f"/{command.name} needs more words"',
        'raise Refused("No.", suggestions=("/incident ack",))',
    ],
)
def test_such_a_text_is_found_wherever_it_stands(code: str):
    assert [text for _, text in texts(ast.parse(code)) if COMMAND.search(text)] != []


@pytest.mark.parametrize("code", ['path = f"{base}/scale"', 'path = "/api/health"', 'said = "GET /healthz"'])
def test_a_path_is_no_command(code: str):
    assert [text for _, text in texts(ast.parse(code)) if COMMAND.search(text)] == []
