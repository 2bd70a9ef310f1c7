"""One reading of a command's words: options, severity, then what stands by place."""

import re
from typing import Any

from model.catalog.schema import Service
from model.language.declare import ArgumentSlot, Command
from model.language.line import Line
from model.language.near import alike, shown
from model.language.options import DRY, GLASS, Options
from model.language.pairs import Pairs
from model.language.parameters import IdParameter, ParseContext, ServiceNamed, Text
from model.language.severity import take_severity
from model.language.text import DASHES, Word, argument, must_be_short, words
from model.refusal import Refused
from model.slash import spelled

LONGEST_REASON = 500
_MOST_QUOTED = 20
_BECAUSE = re.compile(rf"(?:^|\s)[{DASHES}]{{0,2}}because(?:\s*[:=]|\s|$)(.*)$", re.IGNORECASE | re.DOTALL)


class Reading:
    """Reads a line once. `values` holds the typed arguments; the rest is what a Request says of them.

    Raises Refused with what to type instead; nothing is guessed where two readings are possible.
    """

    def __init__(self, command: Command, text: str, setting: ParseContext) -> None:
        self.command, self.setting = command, setting
        must_be_short(text)
        holds_text = command.text is not None or command.takes_pairs
        self.because, end = cut_reason(text, holds_text) if command.takes_reason else ("", len(text))
        self.line = Line(command.typed, text, end)
        self.assumed = False
        options = Options(self.line, command, setting)
        options.take()
        self._take_id(options.values)
        # A flag that was said not to hold is as if it had not been said.
        self.values: dict[str, Any] = {n: value for n, value in options.values.items() if value is not False}
        self.dry, self.glass, self.queue = options.dry, options.glass, options.queue
        if self.glass and not self.because:
            raise Refused("Breaking the glass needs a reason.", "Add `because …` at the end of the line.")
        self._take_places()

    def _take_id(self, given: dict[str, Any]) -> None:
        """`resolve INC-2 …`: an id that stands first names what is acted on, as `incident=INC-2` does."""
        for slot in self.command.options.values():
            word = self.line.words[0] if self.line.words else None
            if word is None or word.is_quoted or not isinstance(slot.parameter, IdParameter):
                continue
            if not re.fullmatch(rf"{slot.parameter.prefix}-\d{{1,9}}", word.argument, re.IGNORECASE):
                continue
            named = slot.parameter.read(word.argument, self.setting)
            if given.get(slot.name, named) != named:
                said = f"{named} and {given[slot.name]} are both named."
                raise Refused(said, f"Name one of them; text that begins with {named} goes in quotes.")
            self.line.words.pop(0)
            given[slot.name] = named

    def _take_places(self) -> None:
        if slot := self.command.severity:
            severity = take_severity(self.line, slot, self.command, self.setting)
            self.values |= {} if severity is None else {slot.name: severity}
        for slot in self.command.positional:
            if slot.name not in self.values:
                self._take(slot)
        if self.line:
            extra = " ".join(self.line.typed(word) for word in self.line.words)
            what = f"{shown(extra, 200)} is more than {self.command.typed} takes."
            raise Refused(what, f"Usage: {self.command.usage}")

    def _take(self, slot: ArgumentSlot) -> None:
        """Fill one argument by place from the words that are left."""
        if isinstance(slot.parameter, Text):
            if self.line:
                self.values[slot.name] = slot.parameter.read(self.line.rest(), self.setting)
                self.line.words.clear()
            elif slot.is_required:
                raise self._missing(slot)
        elif isinstance(slot.parameter, Pairs) and self.line:
            self.values[slot.name] = slot.parameter.read_all(self.line.words, self.setting)
            self.line.words.clear()
        elif slot is self.command.service:
            self._take_service(slot)
        elif self.line and (slot.is_required or self._fits(slot) or self._is_meant(slot)):
            self.values[slot.name] = slot.parameter.read(self._value_of(slot), self.setting)
        elif slot.is_required:
            raise self._missing(slot)

    def _is_meant(self, slot: ArgumentSlot) -> bool:
        """Whether the next word can only be meant for it, although it does not fit: then it is told why."""
        others = self.command.positional
        later = others[others.index(slot) + 1 :]
        return self.command.text is None and not any(self._fits(one) for one in later)

    def _value_of(self, slot: ArgumentSlot) -> str:
        """The next word, with the one after it where both are one value."""
        said = self.line.words.pop(0).argument
        if self.line and slot.parameter.joins(said, self.line.words[0].argument):
            said = f"{said} {self.line.words.pop(0).argument}"
        return said

    def _fits(self, slot: ArgumentSlot) -> bool:
        """Whether the next word is this argument; in quotes it is text where there is text."""
        if not self.line or (self.line.words[0].is_quoted and self.command.text is not None):
            return False
        return slot.parameter.fits(self.line.words[0].argument, self.setting)

    def _take_service(self, slot: ArgumentSlot) -> None:
        """A named service, or in an incident channel the incident's own."""
        if self._fits(slot):
            word = self.line.words.pop(0)
            self.values[slot.name] = slot.parameter.read(word.argument, self.setting)
            return
        self._must_not_stand_later()
        own = self.setting.catalog.service(self.setting.service or "")
        if own is not None and self._may_leave_out():
            self.values[slot.name], self.assumed = own, True
        elif self.line and (slot.is_required or self.command.text is None):
            raise self._no_service(self.line.words[0])
        elif slot.is_required:
            raise self._missing(slot)

    def _must_not_stand_later(self) -> None:
        """A service that is named after something else is asked about, never passed over."""
        named = [(word, found) for _, word in self.line if (found := self._service(word))]
        if not named:
            return
        word, service = named[0]
        moved = None if self.command.text else word
        command = self.line.instead(service.id, without=moved)
        raise Refused(
            f"The service stands first, and {shown(word.text)} does not.", "Did you mean this?", (command,)
        )

    def _service(self, word: Word) -> Service | None:
        return None if word.is_quoted else self.setting.catalog.service(word.argument)

    def _may_leave_out(self) -> bool:
        """Whether the next word belongs to another argument, so that no service was meant."""
        if not self.line or self.line.words[0].is_quoted:
            return True
        word = self.line.words[0].argument
        is_near = bool(alike(word, self.setting.catalog, 0.8)) and ":" not in word
        if is_near or self.command.text is not None:
            return not is_near
        others = [slot for slot in self.command.positional if slot is not self.command.service]
        return any(slot.parameter.fits(word, self.setting) for slot in others)

    def _no_service(self, word: Word) -> Refused:
        """What to say of a word in the place of the service, with the command corrected."""
        slot = self.command.service
        named = slot.parameter if slot and isinstance(slot.parameter, ServiceNamed) else ServiceNamed()
        try:
            named.read(word.argument, self.setting)
        except Refused as refused:
            near = named.near(word.argument, self.setting)
            commands = tuple(self.line.replaced(word, name) for name in near)
            return Refused(refused.what, refused.instead, commands)
        raise AssertionError("a service that is known was taken")

    def _missing(self, slot: ArgumentSlot) -> Refused:
        """What to say when a required argument is not there."""
        lead = next(iter(self.command.examples_typed), "")
        hint = f" ({spelled(slot.parameter.hint)})" if slot.parameter.hint else ""
        what = f"{slot.parameter.label} is missing{hint}."
        return Refused(what, f"Usage: {self.command.usage}", (lead,) if lead else ())


def cut_reason(text: str, holds_text: bool = False) -> tuple[str, int]:
    """The reason after `because`, and where the words before it end.

    It runs to the end of the line, and is looked for before quotes are; only where the command takes
    free text too (`holds_text`) one in quotes belongs to that. Raises Refused for a reason that is empty,
    too long, or holds a flag that would be passed over as part of it.
    """
    found = _BECAUSE.search(text)
    for _ in range(_MOST_QUOTED):
        if found is None or not holds_text or _is_whole(text[: found.start()]):
            break
        found = _BECAUSE.search(text, found.start() + 1)
    if found is None:
        return "", len(text)
    reason = tidy(found[1])
    if not reason:
        raise Refused("`because` has no reason after it.", "Type the reason to the end of the line.")
    if len(reason) > LONGEST_REASON:
        said = f"The reason has {len(reason):,} characters; it takes up to {LONGEST_REASON}."
        raise Refused(said, "Shorten it, or put the rest in the thread.")
    for word in reason.split():
        flag = argument(word).casefold()
        if flag.startswith("--") and flag in DRY | GLASS:
            raise Refused(
                f"`{flag}` stands in the reason, where it has no effect.", "Put it before `because`."
            )
    return reason, found.start()


def _is_whole(text: str) -> bool:
    """Whether every quote in it is closed."""
    try:
        words(text)
    except Refused:
        return False
    return True


def tidy(reason: str) -> str:
    """One line, without a colon before it or quotes around the whole of it."""
    line = " ".join(reason.split()).lstrip(":= ")
    is_whole = len(line) > 1 and line[0] == line[-1] == '"' and '"' not in line[1:-1]
    return tidy(line[1:-1]) if is_whole else line
