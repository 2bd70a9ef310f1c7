"""`key=value`, `--key value` and flags, wherever they stand in a line."""

import re
from dataclasses import dataclass, field
from typing import Any

from model.language.declare import ArgumentSlot, Command
from model.language.line import Line
from model.language.near import nearest, or_list, shown
from model.language.parameters import Flag, ParseContext, Text
from model.language.text import Word, argument
from model.refusal import Refused

_NAMED = re.compile(r"([^\s=＝]{1,24})[=＝](.*)", re.DOTALL)
_NAME = re.compile(r"-{0,2}([a-z][a-z-]{0,20})", re.IGNORECASE)
_FLAG = re.compile(r"--[a-z][a-z-]{0,20}", re.IGNORECASE)
DRY = frozenset({"dry", "--dry", "dry-run", "--dry-run", "dryrun", "--dryrun"})
QUEUE = frozenset({"queue", "--queue"})
GLASS = frozenset({"break-glass", "--break-glass", "breakglass", "--breakglass"})


@dataclass(frozen=True)
class _Spelled:
    """An option as it was typed: `value` is None when it stands in the next word."""

    name: str
    value: str | None = None
    takes: int = 1


@dataclass
class Options:
    """Takes the options out of a line. Raises Refused for one that is unknown, doubled or without value."""

    line: Line
    command: Command
    setting: ParseContext
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    dry: bool = False
    glass: bool = False
    queue: bool = False

    def take(self) -> None:
        """Every option, from the left."""
        at = 0
        while at < len(self.line.words):
            word = self.line.words[at]
            if word.is_quoted or not (self._took_flag(at, word) or self._took(at, word)):
                at += 1

    def _took_flag(self, at: int, word: Word) -> bool:
        """`dry`, `queue` and `break-glass`, which belong to every change."""
        said = word.argument.casefold()
        if said in DRY and self._must_take_dry(said):
            followed = self.line.words[at + 1 : at + 2]
            is_two = said == "dry" and bool(followed) and followed[0].argument.casefold() == "run"
            self.dry = True
            del self.line.words[at : at + 1 + is_two]
            return True
        if said in QUEUE and self.command.takes_dry:
            self.queue = True
            del self.line.words[at]
            return True
        if said in GLASS and self.command.takes_reason:
            self.glass = True
            del self.line.words[at]
            return True
        return False

    def _must_take_dry(self, said: str) -> bool:
        """A command that does something at once must not pass over `dry` as if it were not there."""
        if self.command.takes_dry:
            return True
        if self.command.text is None or said.startswith("-"):
            raise Refused(
                f"{self.command.typed} has no plan to stop at, so `{said}` does not go with it.",
                f"Usage: {self.command.usage}",
            )
        return False

    def _took(self, at: int, word: Word) -> bool:
        spelled = self._spelled(at, word)
        if spelled is None:
            return False
        slot = self.command.options.get(spelled.name)
        if slot is None and self.command.takes_pairs and re.search("[=＝]", word.text):
            return False
        if slot is None and at == 0 and self._is_service_with_value(word):
            return False
        if slot is None:
            self._refuse_unknown(word, spelled.name)
            return False
        if slot.name in self.values:
            raise Refused(f"`{slot.name}` is given twice.", "Give it once.")
        self.values[slot.name] = self._value(slot, at, spelled)
        return True

    def _is_service_with_value(self, word: Word) -> bool:
        """`/scale delivery-standard=5` is SERVICE 5: the word becomes two."""
        name, sign, value = word.text.replace("＝", "=", 1).partition("=")
        if self.command.service is None or not value or self.setting.catalog.service(argument(name)) is None:
            return False
        middle = word.start + len(name)
        two = (Word(name, word.start, middle), Word(value, middle + len(sign), word.end))
        self.line.words[:1] = two
        return True

    def _spelled(self, at: int, word: Word) -> _Spelled | None:
        """The option that begins at a word, if one does."""
        if found := _NAMED.fullmatch(word.text):
            name = _NAME.fullmatch(argument(found[1]))
            return _Spelled(name[1].casefold(), found[2] or None) if name else None
        said = word.argument.casefold()
        after = self.line.words[at + 1 : at + 2]
        equals = bool(after) and not after[0].is_quoted and after[0].text[:1] in {"=", "＝"}
        if _FLAG.fullmatch(said) or (equals and said in self.command.options):
            if not equals:
                return _Spelled(said.removeprefix("--"))
            return _Spelled(said.removeprefix("--"), after[0].text[1:] or None, takes=2)
        slot = self.command.options.get(said)
        is_flag = slot is not None and isinstance(slot.parameter, Flag) and self.command.text is None
        return _Spelled(said) if is_flag else None

    def _value(self, slot: ArgumentSlot, at: int, spelled: _Spelled) -> Any:
        """Read the option's value and take its words."""
        words = self.line.words
        last = words[at + spelled.takes - 1]
        del words[at : at + spelled.takes]
        if isinstance(slot.parameter, Flag):
            return slot.parameter.read(argument(spelled.value or ""), self.setting)
        value, is_whole, start = spelled.value, last.has_quotes, last.end - len(spelled.value or "")
        if value is None:
            if last.has_quotes or at >= len(words):
                raise Refused(f"`{slot.name}` has no value.", f"Type {slot.name}={slot.parameter.label}.")
            last = words.pop(at)
            value, is_whole, start = last.text, last.is_quoted, last.start
        if not isinstance(slot.parameter, Text):
            return slot.parameter.read(argument(value), self.setting)
        return slot.parameter.read(value if is_whole else self._to_next(at, start, last.end), self.setting)

    def _to_next(self, at: int, start: int, end: int) -> str:
        """Text without quotes runs to the next option, or to the end of the line."""
        words = self.line.words
        while at < len(words) and not self._is_known(at):
            end = words.pop(at).end
        return self.line.source[start:end]

    def _is_known(self, at: int) -> bool:
        word = self.line.words[at]
        spelled = None if word.is_quoted else self._spelled(at, word)
        return spelled is not None and spelled.name in self.command.options

    def _refuse_unknown(self, word: Word, name: str) -> None:
        """An unknown option is a mistake; in free text it is one only when it is nearly a known one."""
        has_text = self.command.text is not None
        known = [*self.command.options]
        known += ["because"] if self.command.takes_reason else []
        known += ["dry"] if self.command.takes_dry else []
        near = nearest(name, known, 0.8 if has_text else 0.6)
        if has_text and not near:
            return
        instead = f"Did you mean {or_list(near)}?" if near else f"Usage: {self.command.usage}"
        instead += ' If it belongs to the text, put the text in quotes ("…").' if has_text else ""
        raise Refused(f"{shown(word.text)} is not an option of {self.command.typed}.", instead)
