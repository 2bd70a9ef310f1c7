"""Reading a command's words into its typed arguments, and writing them back."""

import re
from dataclasses import dataclass, field
from typing import Any

from model.catalog import Service
from model.language.declare import Command, Slot
from model.language.parameters import Setting, Switch, Text, nearest, or_list
from model.language.text import LONGEST, Word, plain, words
from model.refusal import Refused

_OPTION = re.compile(r"(?:--)?([a-z][a-z-]{0,20})=(.*)", re.DOTALL | re.IGNORECASE)
_DRY = frozenset({"dry", "--dry", "--dry-run", "dry-run"})
_GLASS = frozenset({"break-glass", "--break-glass", "breakglass"})


@dataclass(frozen=True)
class Request:
    """A command with typed arguments. `assumed` says the service was the incident's own.

    dry: stop at the plan. break_glass: an incident commander overrides approvals, and answers for it.
    """

    command: Command
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    dry: bool = False
    because: str = ""
    break_glass: bool = False
    assumed: bool = False

    @property
    def service(self) -> Service | None:
        """The service it acts on, if any."""
        slot = self.command.service
        return self.values.get(slot.name) if slot else None


def parse(command: Command, text: str, setting: Setting) -> Request:
    """Read what stands after the command's own words.

    Raises Refused with what to type instead; nothing is guessed where two readings are possible.
    """
    return _Reading(command, plain(text), setting).request()


def render(request: Request) -> str:
    """The canonical command line; parsing it gives the same request."""
    parts = [f"/{request.command.name}"]
    for slot in request.command.slots:
        value = request.values.get(slot.name)
        if value is not None and value is not False:
            parts.append(_written(slot, value))
    parts += ["dry"] if request.dry else []
    parts += ["break-glass"] if request.break_glass else []
    parts += [f"because {request.because}"] if request.because else []
    return " ".join(parts)


def _written(slot: Slot, value: Any) -> str:
    if isinstance(slot.parameter, Switch):
        return f"--{slot.name}"
    text = slot.parameter.write(value)
    if isinstance(slot.parameter, Text) and '"' not in text:
        # In quotes nothing in it is taken for an option, a severity or a service.
        text = f'"{text}"'
    return f"{slot.name}={text}" if slot.is_option else text


class _Reading:
    """One pass over the words of one command."""

    def __init__(self, command: Command, text: str, setting: Setting) -> None:
        self.command, self.text, self.setting = command, text, setting
        self.because = self.cut_reason() if command.takes_reason else ""
        self.words = list(words(self.text))
        self.values: dict[str, Any] = {}
        self.dry = self.glass = self.assumed = False

    def request(self) -> Request:
        """Options first, then what stands by place, then what is missing."""
        self.take_options()
        if self.glass and not self.because:
            raise Refused("Breaking the glass needs a reason.", "Add `because …` at the end of the line.")
        self.take_severity()
        for slot in self.command.positional:
            if slot.name not in self.values:
                self.take(slot)
        if self.words:
            raise self.too_much()
        return Request(self.command, self.values, self.dry, self.because, self.glass, self.assumed)

    def cut_reason(self) -> str:
        """`because …` runs to the end of the line; it comes before quotes are looked at."""
        if len(self.text) > LONGEST:
            words(self.text)
        found = re.search(r"(?:^|\s)(?:--)?because[:=]?(?:\s+(.*))?$", self.text, re.IGNORECASE | re.DOTALL)
        if found is None:
            return ""
        reason = " ".join((found[1] or "").split())
        if not reason:
            raise Refused("`because` has no reason after it.", "Type the reason to the end of the line.")
        if len(reason) > 500:
            raise Refused(f"The reason has {len(reason)} characters; it takes up to 500.", "Shorten it.")
        self.text = self.text[: found.start()]
        return reason

    def take_options(self) -> None:
        """`key=value`, `--key value` and flags, wherever they stand."""
        at = 0
        while at < len(self.words):
            if not self.take_option(at):
                at += 1

    def take_option(self, at: int) -> bool:
        """Take the option at a place, if one stands there."""
        word = self.words[at]
        if word.is_quoted:
            return False
        lower = word.text.casefold()
        if self.command.takes_reason and lower in _DRY | _GLASS:
            self.dry, self.glass = self.dry or lower in _DRY, self.glass or lower in _GLASS
            del self.words[at]
            return True
        name, value = self.option_at(word)
        slot = self.command.options.get(name)
        if slot is None:
            self.refuse_unknown(word, name)
            return False
        if name in self.values:
            raise Refused(f"`{name}` is given twice.", "Give it once.")
        del self.words[at]
        if value is None and not isinstance(slot.parameter, Switch):
            if at >= len(self.words):
                raise Refused(f"`--{name}` has no value.", f"Type {name}={slot.parameter.label}.")
            value = self.words.pop(at).text
        self.values[name] = slot.parameter.read(value or "", self.setting)
        return True

    def option_at(self, word: Word) -> tuple[str, str | None]:
        """The option's name and value that a word spells; ("", None) when it is no option."""
        if found := _OPTION.fullmatch(word.text):
            return found[1].casefold(), found[2]
        if word.text.startswith("--"):
            return word.text[2:].casefold(), None
        flag = self.command.options.get(word.text.casefold())
        is_flag = flag is not None and isinstance(flag.parameter, Switch) and self.command.text is None
        return (word.text.casefold() if is_flag else ""), None

    def refuse_unknown(self, word: Word, name: str) -> None:
        """In a command without free text every unknown option is a mistake."""
        if not name or self.command.text is not None:
            return
        known = [*self.command.options, *(["dry", "because"] if self.command.takes_reason else [])]
        near = nearest(name, known)
        instead = f"Did you mean {or_list(near)}?" if near else f"Usage: {self.command.usage}"
        raise Refused(f"`{word.text}` is not an option of /{self.command.name}.", instead)

    def take_severity(self) -> None:
        """A code such as SEV2 or P1 may stand anywhere; a word such as High only first, or it is asked."""
        slot = self.command.severity
        if slot is None:
            return
        fits = [i for i, w in enumerate(self.words) if not w.is_quoted and self.is_severity(slot, w, i)]
        if len(fits) > 1:
            named = [self.words[i].text for i in fits]
            raise Refused(
                f"There are two severities: {or_list(named)}.",
                'Keep one; put the other in quotes ("…") if it belongs to the text.',
            )
        if fits:
            self.values[slot.name] = slot.parameter.read(self.words.pop(fits[0]).text, self.setting)

    def is_severity(self, slot: Slot, word: Word, at: int) -> bool:
        """Whether the word at a place is meant as the severity. Raises Refused where it may be either."""
        if not slot.parameter.fits(word.text, self.setting):
            return False
        if at == 0 or any(c.isdigit() for c in word.text):
            return True
        before = self.words[at - 1].text
        if at == 1 and self.command.service and self.setting.catalog.service(before):
            rest = " ".join(w.text for w in self.words[2:])
            raise Refused(
                f"Is `{word.text}` the severity, or part of the text?",
                "Put a severity first, or the text in quotes.",
                (
                    f"/{self.command.name} {word.text} {before} {rest}".strip(),
                    f'/{self.command.name} {before} "{word.text} {rest}"'.replace(' "', ' "', 1).strip(),
                ),
            )
        return False

    def take(self, slot: Slot) -> None:
        """Fill one argument by place from the words that are left."""
        parameter = slot.parameter
        if isinstance(parameter, Text):
            self.take_text(slot, parameter)
        elif slot is self.command.service:
            self.take_service(slot)
        elif self.words and (slot.is_required or self.fits(slot)):
            self.values[slot.name] = parameter.read(self.words.pop(0).text, self.setting)
        elif slot.is_required:
            raise self.missing(slot)

    def fits(self, slot: Slot) -> bool:
        """Optional words before free text are taken only when they fit; elsewhere they must."""
        return self.command.text is None or slot.parameter.fits(self.words[0].text, self.setting)

    def take_service(self, slot: Slot) -> None:
        """A named service, or in an incident channel the incident's own."""
        if self.words and slot.parameter.fits(self.words[0].text, self.setting):
            self.values[slot.name] = slot.parameter.read(self.words.pop(0).text, self.setting)
            return
        own = self.setting.catalog.service(self.setting.service or "")
        if own is not None and self.may_leave_out():
            self.values[slot.name], self.assumed = own, True
        elif self.words and (slot.is_required or self.command.text is None):
            slot.parameter.read(self.words[0].text, self.setting)
        elif slot.is_required:
            raise self.missing(slot)

    def may_leave_out(self) -> bool:
        """Whether the next word belongs to another argument, so that no service was meant."""
        if not self.words or self.command.text is not None:
            return True
        word = self.words[0].text
        others = [slot for slot in self.command.positional if slot is not self.command.service]
        return any(slot.parameter.fits(word, self.setting) for slot in others)

    def take_text(self, slot: Slot, parameter: Text) -> None:
        """Everything that is left, with the spacing it was typed with."""
        if not self.words:
            if slot.is_required:
                raise self.missing(slot)
            return
        self.values[slot.name] = parameter.read(self.rest(), self.setting)
        self.words.clear()

    def rest(self) -> str:
        """The words left, joined by the white space that stood between neighbours."""
        if len(self.words) == 1 and self.words[0].is_quoted:
            return self.words[0].text
        parts = [self.text[self.words[0].start : self.words[0].end]]
        for before, word in zip(self.words, self.words[1:], strict=False):
            between = self.text[before.end : word.start]
            parts.append(
                (between if between.isspace() or not between else " ") + self.text[word.start : word.end]
            )
        return "".join(parts)

    def missing(self, slot: Slot) -> Refused:
        """What to say when a required argument is not there."""
        lead = f"/{self.command.name} {self.command.examples[0]}" if self.command.examples else ""
        hint = f" ({slot.parameter.hint})" if slot.parameter.hint else ""
        return Refused(
            f"{slot.parameter.label} is missing{hint}.",
            f"Usage: {self.command.usage}",
            (lead,) if lead else (),
        )

    def too_much(self) -> Refused:
        """What to say of words that nothing takes."""
        extra = " ".join(word.text for word in self.words)[:200]
        return Refused(f"`{extra}` is more than /{self.command.name} takes.", f"Usage: {self.command.usage}")
