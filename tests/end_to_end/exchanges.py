"""What was typed and shown in the tests of the runbooks' procedures, kept as `docs/procedures.md`."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "procedures.md"
_SECTION = re.compile(r"<!-- (?P<row>[\w-]+) (?P<test>\S+) -->\n(?P<body>.*?)<!-- end -->\n", re.DOTALL)
BEGINNING = 60
"""Characters of a message's first line that are held against the page; behind them names are made up."""

_HEAD = """# Every procedure of the five runbooks

Generated from the end-to-end tests: `dev.py test tests/end_to_end --write-procedures -n 0`; do not edit.
Each exchange is what a test typed and what it was shown, over a real connection to a server of that kind.
"""


@dataclass
class Exchange:
    """What went to and fro, in order: who typed which line, and what was shown."""

    typed: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    parts: list[str] = field(default_factory=list[str])
    lines: list[str] = field(default_factory=list[str])
    last: str = ""

    def types(self, user: str, line: str) -> None:
        """A line that a person typed, or a button pressed."""
        self.parts.append(f"**{user.removeprefix('U0').lower()}** `{line}`\n")
        self.lines.append(canonical(line))

    def shown(self, text: str) -> None:
        """A message, as it reads."""
        lines = plain(text).split("\n")[:24]
        self.parts.append("\n".join(["```text", *(line[:160] for line in lines), "```", ""]))
        self.last = canonical(lines[0])[:BEGINNING]

    @property
    def said(self) -> tuple[list[str], str]:
        """What may not differ from run to run: the lines typed, and the first line shown last."""
        return self.lines, self.last

    @property
    def body(self) -> str:
        """The exchange in Markdown."""
        return "\n".join(self.parts)


def plain(text: str) -> str:
    """Slack's mark-up as a person reads it, each line once."""
    text = re.sub(r"<!date\^\d+\^[^|]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"<@U0(\w+)>", lambda found: f"@{found[1].lower()}", text)
    text = re.sub(r"<!subteam\^\w+\|?([^>]*)>", r"\1", text).replace("```", "")
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("*", "")
    return "\n".join(dict.fromkeys(line.rstrip() for line in text.split("\n") if line.strip()))


def canonical(line: str) -> str:
    """A line without what differs from run to run: figures, times, verdicts, generated names."""
    line = re.sub(r" is [🟢🟡🔴⚪].*", " is", line)
    line = re.sub(r"\b[0-9a-f]{8,}\b|\b[a-z0-9]{5}\b(?=\W|$)(?<=\d\w{4}|\w\d\w{3})", "#", line)
    line = re.sub(r"[\d.,:-]*\d+", "#", line).strip()
    return re.sub(r"#(?: #)+", "#", line)


def rows() -> dict[str, list[dict[str, Any]]]:
    """The procedures, by what sort they are."""
    return yaml.safe_load((HERE / "procedures.yaml").read_text())


def sections(text: str) -> dict[tuple[str, str], str]:
    """The page's exchanges by row and test."""
    return {(one["row"], one["test"]): one["body"] for one in _SECTION.finditer(text)}


def page(kept: dict[tuple[str, str], str]) -> str:
    """The whole page."""
    parts = [_HEAD]
    for sort, listed in rows().items():
        parts.append(f"## {sort}\n")
        for row in listed:
            parts.append(f"### {row['what']}\n")
            parts.append(f"`{row['command']}` · {row['systems']} · reaches {row['reaches']}\n")
            for (id, test), body in sorted(kept.items()):
                if id == row["id"]:
                    parts.append(f"<!-- {id} {test} -->\n{body}\nTest: `{test}`\n\n<!-- end -->\n")
    return "\n".join(parts)


def write(row: str, test: str, exchange: Exchange) -> None:
    """Put one exchange into the page."""
    kept = sections(PAGE.read_text()) if PAGE.exists() else {}
    bodies = {key: body.split("\nTest: `")[0] for key, body in kept.items()}
    PAGE.write_text(page({**bodies, (row, test): exchange.body}))


def told(body: str) -> tuple[list[str], str]:
    """The same of an exchange that the page keeps."""
    typed: list[str] = []
    last = ""
    lines = iter(body.split("\n"))
    for line in lines:
        if found := re.fullmatch(r"\*\*\w+\*\* `(.*)`", line):
            typed.append(canonical(found[1]))
        elif line == "```text":
            last = canonical(next(lines))[:BEGINNING]
            while next(lines, "```") != "```":
                pass
    return typed, last
