"""What is wrong with a catalog, said so that it can be put right: file, line, and what was meant."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One thing that is wrong. `line` counts from 1; `path` is such as `services[0].limits.hard_max`.

    suggestion: what could stand there. text: the line as it is written, or the text that is wrong.
    file is empty and line 0 where only the text is known, until somebody has found it.
    """

    file: str
    line: int
    path: str
    what: str
    suggestion: str = ""
    text: str = field(default="", compare=False)

    @property
    def said(self) -> str:
        """What is wrong, without where and what else could stand there."""
        return f"{self.path}: {self.what}" if self.path else self.what

    @classmethod
    def of_text(cls, text: str, what: str, suggestion: str) -> "Diagnostic":
        """Of a query or a shell command, wherever it stands in the catalog."""
        return cls("", 0, "", what, suggestion, text)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.said} {self.suggestion}".rstrip()


class CatalogErrors(Exception):
    """Raised with every problem found, in the order of files and lines."""

    def __init__(self, problems: Iterable[Diagnostic]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(typed: str, known: Iterable[str]) -> str:
    """`Did you mean \\`x\\`?`, or what may be written; empty when nothing may."""
    names = sorted(set(known))
    by_fold = {name.casefold(): name for name in names}
    near = get_close_matches(typed.casefold(), by_fold, n=1, cutoff=0.6)
    if near:
        return f"Did you mean `{by_fold[near[0]]}`?"
    return f"It may be {listed(names[:20])}." if names else ""


def listed(names: Iterable[object]) -> str:
    """`a`, `b` or `c`."""
    *most, last = [f"`{name}`" for name in names]
    return f"{', '.join(most)} or {last}" if most else last


def dotted(path: Iterable[str | int]) -> str:
    """A path as people write it: `services[0].limits.hard_max`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")
