"""YAML that knows its lines: plain values, and for each path the line it stands in."""

import re
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import cast

import yaml

from model.catalog.problems import Diagnostic, dotted

Path = tuple[str | int, ...]

_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_INT = re.compile(r"[-+]?(0|[1-9]\d*)")
_FLOAT = re.compile(r"[-+]?\d+\.\d+")
_DEEPEST = 20
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""libyaml's, where PyYAML was built with it: several times faster, and the same text."""


@dataclass
class Source:
    """One file as read. `lines` has every path; a path below a known one has its parent's line.

    text: the file, line by line.
    """

    name: str
    data: object = None
    lines: dict[Path, int] = field(default_factory=dict[Path, int])
    problems: list[Diagnostic] = field(default_factory=list[Diagnostic])
    text: tuple[str, ...] = ()

    def line(self, path: Path) -> int:
        """The line of a path, or of the nearest thing around it that is written."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1

    def problem(self, path: Path, what: str, suggestion: str = "") -> Diagnostic:
        """A problem at a path of this file."""
        line = self.line(path)
        return Diagnostic(self.name, line, dotted(path), what, suggestion, self.written(line))

    def written(self, line: int) -> str:
        """A line as it is written, without its indentation; empty where there is none."""
        return self.text[line - 1].strip() if line <= len(self.text) else ""


def read_source(file: File) -> Source:
    """Read a YAML file; what is wrong with it as YAML stands in `problems`.

    Stricter than YAML 1.1 where that surprises: `no` and `12:30` are text, a key stands once.
    """
    source = Source(file.name)
    try:
        text = file.read_text(encoding="utf-8")
        source.text = tuple(text.splitlines())
        deep = _too_deep(text)
        if deep:
            source.problems.append(Diagnostic(file.name, deep, "", "is nested too deep"))
            return source
        root = yaml.compose(text, Loader=_LOADER)
    except (OSError, UnicodeDecodeError) as error:
        source.problems.append(source.problem((), f"cannot be read: {error}"))
        return source
    except yaml.MarkedYAMLError as error:
        # An unclosed quote is found at the end of the file; what helps is where it was opened.
        is_quote = "quoted" in (error.context or "")
        mark = error.context_mark if is_quote else error.problem_mark or error.context_mark
        said = f"is not YAML: {error.problem or error.context}"
        line = mark.line + 1 if mark else 1
        source.problems.append(Diagnostic(file.name, line, "", said, text=source.written(line)))
        return source
    except yaml.YAMLError as error:
        source.problems.append(source.problem((), f"is not YAML: {error}"))
        return source
    if root is not None:
        source.data = _value(source, root, ())
    return source


def _too_deep(text: str) -> int:
    """The line where nesting goes past all reason, before anything recurses over it; 0 where it does not."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > 2 * _DEEPEST:
            return event.start_mark.line + 1 if event.start_mark else 1
    return 0


def _value(source: Source, node: yaml.Node, path: Path) -> object:
    source.lines.setdefault(path, node.start_mark.line + 1)
    if len(path) > _DEEPEST:
        source.problems.append(source.problem(path, "is nested too deep"))
        return None
    if isinstance(node, yaml.MappingNode):
        return _mapping(source, node, path)
    if isinstance(node, yaml.SequenceNode):
        items = cast(list[yaml.Node], node.value)
        return [_value(source, item, (*path, index)) for index, item in enumerate(items)]
    return _scalar(cast(yaml.ScalarNode, node))


def _mapping(source: Source, node: yaml.MappingNode, path: Path) -> dict[str, object]:
    read: dict[str, object] = {}
    for key_node, value_node in cast(list[tuple[yaml.Node, yaml.Node]], node.value):
        if not isinstance(key_node, yaml.ScalarNode):
            source.problems.append(source.problem(path, "has a key that is not text"))
            continue
        key = cast(str, key_node.value)
        here, line = (*path, key), key_node.start_mark.line + 1
        if key in read:
            said = f"stands twice, first in line {source.line(here)}"
            source.problems.append(
                Diagnostic(source.name, line, dotted(here), said, text=source.written(line))
            )
            continue
        source.lines[here] = line
        read[key] = _value(source, value_node, here)
    return read


def _scalar(node: yaml.ScalarNode) -> object:
    text = cast(str, node.value)
    if node.style:  # plain is None, or "" of libyaml
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
