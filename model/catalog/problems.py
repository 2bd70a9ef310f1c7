"""What is wrong with a catalog, said so that it can be put right: file, line, and what was meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One thing that is wrong. `line` counts from 1; `path` is such as `services[0].limits.hard_max`."""

    file: str
    line: int
    path: str
    what: str
    suggestion: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        said = f"{self.path}: {self.what}" if self.path else self.what
        return f"{where}: {said} {self.suggestion}".rstrip()


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
    shown = ", ".join(f"`{name}`" for name in names[:20])
    return f"It may be {shown}." if shown else ""


def dotted(path: Iterable[str | int]) -> str:
    """A path as people write it: `services[0].limits.hard_max`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")
