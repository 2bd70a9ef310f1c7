"""What phones and Slack do to typed text, undone: smart quotes, long dashes, odd spaces, escapes."""

import re
import unicodedata
from dataclasses import dataclass

from model.refusal import Refused

LONGEST = 4000
"""Characters of one command; a Slack message holds 40,000, a section block 3,000."""

DASHES = "-‐‑‒–—―−﹘﹣－"
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″＂", '"') | dict.fromkeys("‘’‚‛′", "'"))
_TO_HYPHEN = str.maketrans(dict.fromkeys(DASHES, "-"))
_LONG_OPTION = re.compile(rf"[{DASHES}]{{1,2}}(?=[^\W\d])")
_ESCAPED = re.compile(
    r"<(?:@(?P<user>[UW][A-Z0-9]+)|#(?P<channel>[CDG][A-Z0-9]+)|!(?P<special>[a-z][^<>|]*)"
    r"|(?P<link>[a-z][a-z0-9+.-]*:[^<>|\s]+))(?:\|(?P<label>[^<>]*))?>"
)
_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_JOINERS = "\u200c\u200d"
"""Scripts and emoji are spelled with these; every other invisible character is taken out."""


@dataclass(frozen=True)
class Word:
    """One word of a command and where it stood, so that free text keeps its own spacing.

    has_quotes: it is `key="…"`, so that its value ends with it.
    """

    text: str
    start: int
    end: int
    is_quoted: bool = False
    has_quotes: bool = False

    @property
    def argument(self) -> str:
        """The word as an argument is read: see `argument`."""
        return argument(self.text)


def plain(text: str) -> str:
    """The text as the person meant it: ASCII quotes, plain spaces, no invisible characters.

    Slack's `<@U…|name>` and `<#C…|name>` stay as `<@U…>` and `<#C…>`; links become their address.
    """
    text = "".join(map(_visible, text)).translate(_QUOTES)
    return _ENTITY.sub(lambda found: _ENTITIES[found[1]], _ESCAPED.sub(_unescaped, text)).strip()


def escaped(text: str) -> str:
    """Free text written so that `plain` gives it back, whatever it holds."""
    text = _ENTITY.sub(r"&amp;\1;", text)
    return _ESCAPED.sub(lambda it: it[0] if _unescaped(it) == it[0] else f"&lt;{it[0][1:]}", text)


_MARKED = re.compile(r"(`{1,3}|\*)([^`*]+)\1")
"""A word as `code` or *bold*, as Slack's mrkdwn marks it."""


def argument(text: str) -> str:
    """A word outside free text: full-width letters, long dashes, a last comma or full stop undone.

    So are Slack's marks around it, which come along when it is copied from a message.
    """
    if len(text) > LONGEST:  # no argument; one letter may be eighteen in full
        return text
    word = "".join(c for c in unicodedata.normalize("NFKC", text) if c not in _JOINERS)
    word = _LONG_OPTION.sub("--", word, count=1) if _LONG_OPTION.match(word) else word
    word = word.translate(_TO_HYPHEN)
    word = word.rstrip(".,;:!?") or word
    marked = _MARKED.fullmatch(word)
    return marked[2] if marked else word


def quoted(text: str) -> str:
    """The text in quotes, those inside it doubled: nothing in it is taken for anything else."""
    return '"' + text.replace('"', '""') + '"'


def words(text: str) -> tuple[Word, ...]:
    """Split plain text at white space; `"…"` holds words together, and `""` inside it is one quote.

    Raises Refused for text over LONGEST characters and for a quote that is never closed.
    """
    must_be_short(text)
    found: list[Word] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        word = _quoted(text, at) if text[at] == '"' else _bare(text, at)
        found.append(word)
        at = word.end
    return tuple(found)


def must_be_short(text: str) -> None:
    """Raises Refused for text over LONGEST characters."""
    if len(text) > LONGEST:
        raise too_long(len(text))


def too_long(length: int) -> Refused:
    """What to say of a line of so many characters."""
    said = f"This is {length:,} characters; a command takes up to {LONGEST:,}."
    return Refused(said, "Shorten it, or put the rest in the thread.")


def _visible(c: str) -> str:
    """A character as it is kept: white space as a plain space, what cannot be seen as nothing."""
    if c in "\n\t" or c in _JOINERS:
        return c
    if c.isspace():
        return " "
    return "" if unicodedata.category(c) in {"Cf", "Cc", "Cs"} else c


def _unescaped(found: re.Match[str]) -> str:
    """Slack's markup as a person reads it; people and channels stay markup, for they are shown as names."""
    label = found["label"]
    if found["user"]:
        return f"<@{found['user']}>"
    if found["channel"]:
        return f"<#{found['channel']}>"
    if found["special"]:
        return label or f"@{found['special'].split('^')[0]}"
    link = found["link"].removeprefix("mailto:")
    return link if not label else label if link.endswith(label) else f"{label} ({link})"


def _bare(text: str, start: int) -> Word:
    """A word up to the next white space; `key="two words"` keeps its quoted value whole."""
    end = start
    while end < len(text) and not text[end].isspace():
        if text[end] == '"' and end > start and text[end - 1] in "=＝":
            value = _quoted(text, end)
            return Word(text[start:end] + value.text, start, value.end, has_quotes=True)
        end += 1
    return Word(text[start:end], start, end)


def _quoted(text: str, start: int) -> Word:
    end = text.find('"', start + 1)
    while end >= 0 and text.startswith('""', end):
        end = text.find('"', end + 2)
    if end < 0:
        raise Refused("A quote is opened and never closed.", 'Close it with " or leave it out.')
    return Word(text[start + 1 : end].replace('""', '"'), start, end + 1, is_quoted=True)
