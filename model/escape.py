"""Foreign text (people's, logs', clouds') made inert for where it goes: one function for each place."""

import re

_CONTROLS = (*range(0x00, 0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0))
_FORMATS = (
    (0xAD, 0xAD), (0x600, 0x605), (0x61C, 0x61C), (0x6DD, 0x6DD), (0x70F, 0x70F), (0x890, 0x891),
    (0x8E2, 0x8E2), (0x180E, 0x180E), (0x200B, 0x200B), (0x200E, 0x200F), (0x202A, 0x202E),
    (0x2060, 0x2064), (0x2066, 0x206F), (0xD800, 0xDFFF), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB),
    (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A), (0xE0001, 0xE0001), (0xE0020, 0xE007F),
)  # fmt: skip
"""Unicode's categories Cf and Cs but for U+200C and U+200D, with which scripts and emoji are spelled."""

_HIDDEN = dict.fromkeys(_CONTROLS) | {
    point: None for first, last in _FORMATS for point in range(first, last + 1)
}
_BREAKS = re.compile(r"[\r\n\t\v\f\x1c-\x1e\x85\u2028\u2029]+")
_ALL = re.compile(r"@(?=(?:channel|here|everyone)\b)", re.IGNORECASE)
_ADDRESS = re.compile(r"\b(?:https?|ftp)://[^\s`<>]+|\bwww\.[^\s`<>]+")
_MARKS = re.compile(r"([\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])|^[-+#=>])")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])")
_NAME = re.compile(r"[^\w.-]+")


def visible(text: str) -> str:
    """Without what cannot be seen and turns text round or hides it: U+202E, zero-width, control characters.

    A carriage return ends a line; line feeds and tabs stay.
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_HIDDEN)


def one_line(text: str) -> str:
    """For plain text of one line: a header, a button, a file's title, a topic."""
    return visible(_BREAKS.sub(" ", text)).strip()


def mrkdwn(text: str) -> str:
    """For Slack's mrkdwn: no mention, no link, no `@channel` can come of it. It stands in `verbatim` text."""
    text = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ALL.sub("@\u2060", text)


def entry(text: str) -> str:
    """mrkdwn already escaped, as one entry of a list: its further lines are a quotation below the first."""
    first, *more = text.split("\n")
    return "\n".join([first, *(f"&gt; {line}" for line in more if line.strip())])


def markdown(text: str) -> str:
    """For one line of Markdown: no mark, link, HTML, image, table cell or mention can come of it.

    Addresses stand in code, where no reader makes a link of them.
    """
    return _marked(one_line(text))


def markdown_entry(text: str) -> str:
    """For one item of a Markdown list: its further lines are a quotation inside the item."""
    first, *more = [line for line in visible(text).split("\n") if line.strip()] or [""]
    return "\n".join([_marked(one_line(first)), *(f"  > {_marked(one_line(line))}  " for line in more)])


def file_name(text: str) -> str:
    """For the name of a file: letters, digits, dot, dash and underscore; at most 100 characters."""
    return _NAME.sub("-", one_line(text)).strip(".-")[:100] or "file"


def _marked(text: str) -> str:
    pieces: list[str] = []
    at = 0
    for found in _ADDRESS.finditer(text):
        pieces += [_inert(text[at : found.start()]), f"`{found[0]}`"]
        at = found.end()
    return "".join([*pieces, _inert(text[at:])])


def _inert(text: str) -> str:
    text = _NUMBERED.sub(r"\1\\\2", _MARKS.sub(r"\\\1", text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("@", "@\u2060")
