"""All commands by their words; finds the one a line calls."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from model.language.declare import Alone, Command
from model.language.near import nearest, or_list, shown
from model.language.text import argument, plain
from model.refusal import Refused
from model.slash import ALL, OPS, installed, slash

HELP = "help"
_DASHED = frozenset({"--help", "-h", "-?", "?"})


@dataclass(frozen=True)
class Registry:
    """The commands there are. Raises ValueError when two share their words."""

    commands: tuple[Command, ...]

    def __post_init__(self) -> None:
        if len({command.path for command in self.commands}) != len(self.commands):
            raise ValueError("two commands have the same words")

    @classmethod
    def of(cls, commands: Iterable[Command]) -> "Registry":
        """A registry in the order of the words."""
        return cls(tuple(sorted(commands, key=lambda command: command.path)))

    @cached_property
    def verbs(self) -> tuple[str, ...]:
        """First words, once each."""
        return tuple(dict.fromkeys(command.path[0] for command in self.commands))

    @cached_property
    def slash(self) -> tuple[str, ...]:
        """Verbs that are slash commands of their own; the others are typed as `/ops VERB`."""
        own = {command.path[0] for command in self.commands if command.is_own}
        return tuple(verb for verb in self.verbs if verb in own)

    def typed(self, line: str) -> str:
        """A line without slash as it is typed here: what is no slash command of its own begins with `/ops`.

        What was typed is not touched but for the command's own name.
        """
        words = line.strip().lstrip("/")
        if self.verb(words) != _split(words)[0]:
            words = installed().bare(words)
        verb = _split(words)[0]
        is_unknown = verb not in {OPS, *self.verbs}
        if verb in {OPS, *self.slash} or (is_unknown and installed() == ALL):
            return slash(words)
        return slash(f"{OPS} {words}")

    def verb(self, line: str) -> str:
        """The first word of a line as commands are called: without slash and this workspace's prefix."""
        word = _split(line)[0]
        return word if word in {OPS, *self.verbs} else installed().bare(word)

    def by_action(self, action: str) -> Command:
        """The command policies call `action`. Raises KeyError."""
        return {command.action: command for command in self.commands}[action]

    def find(self, line: str, in_incident: bool = False) -> tuple[Command, str]:
        """The command a line without slash calls, and what stands after its words.

        in_incident: whether it is typed in the channel of an open incident. Raises Refused for words no
        command has, with the closest ones.
        """
        verb, rest = self.verb(line), _split(line)[1]
        if verb == OPS:
            verb, rest = self.verb(rest), _split(rest)[1]
        if (about := self._helped(verb, rest)) is not None:
            return about
        of_verb = [c for c in self.commands if len(c.path) == 2 and c.path[0] == verb]
        subs = {c.path[1]: c for c in of_verb}
        alone = next((c for c in self.commands if c.path == (verb,)), None)
        inner = _behind_service(rest, {c.path[1] for c in of_verb if c.after_service})
        if inner is not None:
            return subs[inner[0]], inner[1]
        if subs:
            sub, after = _split(rest)
            if sub in subs:
                return subs[sub], after
            where = Alone.IN_ITS_CHANNEL if in_incident else Alone.ELSEWHERE
            if not sub and (meant := next((c for c in of_verb if c.alone is where), None)):
                return meant, ""
            if called := next((c for c in of_verb if sub in c.also), None):
                said = f"There is no command {shown(self.typed(f'{verb} {sub}'))}."
                instead = f"Here it is {shown(called.typed)}."
                raise Refused(said, instead, (called.line(after).strip(),))
            if alone is None:
                raise self._unknown(f"{verb} {sub}".strip(), [f"{verb} {name}" for name in subs], bool(sub))
        if alone is not None:
            return alone, rest
        raise self._unknown(verb, self.verbs)

    def _helped(self, verb: str, rest: str) -> tuple[Command, str] | None:
        """`/incident help`, `/scale --help`: the help of those words.

        A text that ends so is a text: "/incident note is it down ?" is a note.
        """
        asks = next((c for c in self.commands if c.path == (HELP,)), None)
        *words, last = rest.split() or [""]
        is_known = verb in self.verbs and verb != HELP
        asked, path = last.casefold(), (verb, *words)
        is_asked = asked == HELP and not words
        if asked in _DASHED:
            is_asked |= any(c.path[: len(path)] == path for c in self.commands)
        is_asked |= asked == "--help" and len(words) == 1
        if asks is None or not is_known or not is_asked:
            return None
        return asks, " ".join([verb, *words])

    def of_words(self, typed: str) -> tuple[Command, ...]:
        """The commands that begin with these words, the whole one first; none for words that none has."""
        words = tuple(typed.casefold().replace("/", " ").split())
        if words[:1] == (OPS,) and len(words) > 1:
            words = words[1:]
        words = (installed().bare(words[0]), *words[1:]) if words and words[0] not in self.verbs else words
        return tuple(c for c in self.commands if words and c.path[: len(words)] == words)

    def _unknown(self, typed: str, known: Iterable[str], is_whole: bool = True) -> Refused:
        """What to say of words that no command has, or (not `is_whole`) that want one more."""
        names = list(known)
        near = nearest(typed, names) if is_whole else ()
        typed_as = {command.name: command.typed for command in self.commands}
        slashed = [typed_as.get(name, slash(name)) for name in near or names]
        instead = f"Did you mean {or_list(slashed)}?" if near else f"Type {or_list(slashed)}."
        if not typed:
            return Refused("The command is missing.", instead)
        said = shown(self.typed(typed))
        return Refused(
            f"There is no command {said}." if is_whole else f"{said} wants one more word.", instead
        )


def _behind_service(rest: str, words: set[str]) -> tuple[str, str] | None:
    """The word behind the service that names a command, and the line without it; in quotes it is text."""
    found = list(re.finditer(r"\S+", rest))[1:2] if words else []
    for word in found:
        if (said := plain(word[0]).casefold()) in words:
            return said, f"{rest[: word.start()]}{rest[word.end() :].lstrip()}".strip()
    return None


def _split(line: str) -> tuple[str, str]:
    """The first word in lower case, as it was meant, and the rest as typed."""
    text = line.strip()
    first = text.split(maxsplit=1)[0] if text else ""
    return argument(plain(first)).lstrip("/").casefold(), text[len(first) :].strip()
