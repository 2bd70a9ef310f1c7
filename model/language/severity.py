"""Which word of a line is the severity: it may stand anywhere, and is asked for where it may be either."""

from model.language.declare import ArgumentSlot, Command
from model.language.line import Line
from model.language.near import or_list
from model.language.parameters import ParseContext
from model.language.text import Word
from model.refusal import Refused


def take_severity(line: Line, slot: ArgumentSlot, command: Command, setting: ParseContext) -> str | None:
    """Take the severity out of the line; None when there is none.

    A code such as SEV2 or P1 may stand anywhere, a word such as High only first. Raises Refused for
    two of them, and for a word that may be the severity or begin the text.
    """
    _join(line, slot, setting)
    fits = [at for at, word in line if _is_severity(word, at, slot, setting)]
    if len(fits) > 1:
        named = [line.words[at].argument for at in fits]
        raise Refused(
            f"There are two severities: {or_list(dict.fromkeys(named))}.",
            'Keep one; put the rest in quotes ("…") if it belongs to the text.',
        )
    if fits:
        return slot.parameter.read(line.words.pop(fits[0]).argument, setting)
    _must_not_be_either(line, command, setting)
    return None


def _join(line: Line, slot: ArgumentSlot, setting: ParseContext) -> None:
    """`SEV 2` is SEV2."""
    for at, (word, after) in enumerate(zip(line.words, line.words[1:], strict=False)):
        both = word.argument + after.argument
        is_code = after.argument.isdigit() and not word.is_quoted and not after.is_quoted
        if is_code and not word.argument[-1:].isdigit() and slot.parameter.fits(both, setting):
            line.words[at : at + 2] = [Word(both, word.start, after.end)]
            return


def _is_severity(word: Word, at: int, slot: ArgumentSlot, setting: ParseContext) -> bool:
    if word.is_quoted or not slot.parameter.fits(word.argument, setting):
        return False
    return at == 0 or any(c.isdigit() for c in word.argument)


def _must_not_be_either(line: Line, command: Command, setting: ParseContext) -> None:
    """Refuse `SERVICE High error rate`, where High is a severity of the service's own."""
    if command.service is None or len(line.words) < 2 or line.words[1].is_quoted:
        return
    service, word = setting.catalog.service(line.words[0].argument), line.words[1]
    if service is None:
        return
    levels = [level.id for level in setting.catalog.system_of(service).severities.levels]
    if word.argument.casefold() not in {level.casefold() for level in levels}:
        return
    raise Refused(
        f"Is `{word.argument}` the severity, or part of the text?",
        f"Put the severity first: {or_list(levels)}.",
        (line.instead(word.argument, without=word),),
    )
