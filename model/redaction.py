"""Strikes out what looks like a secret: once, in time that grows with the text's length and no faster.

RE2 does the searching: it does not backtrack, whatever it is given. Each rule finds where a secret begins and
takes it whole; what was struck out is not looked at again.
"""

from collections.abc import Callable
from functools import lru_cache

from model.linear import Pattern, over_bytes
from model.secrets import REMOVED, is_secret_name
from model.token_shapes import LONG_SHAPES, SHAPES

_GONE = REMOVED.encode()
_TOKENS = tuple((mark, over_bytes(shape)) for mark, shape in ((b"", "|".join(SHAPES)), *LONG_SHAPES))
"""What a text must hold for a pattern to be worth looking for, and the pattern.

Each of unbounded length is looked for by itself: beside shorter ones it would be followed to the text's end
again after each of them.
"""

_USERINFO = over_bytes(r"://[^\s/\"'<>@:]*:[^\s/\"'<>]*@")
_HEADER = over_bytes(
    r"(?i)\b(?:proxy-)?authorization[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?"
    r"(?:(?:basic|bearer|token|apikey|api-key|negotiate|ntlm|splunk)[ \t]+)?"
)
_COOKIE = over_bytes(r"(?i)\b(?:set-)?cookie[\"']?[ \t]{0,3}:[ \t]{0,3}[\"']?")
_SIGNED = over_bytes(r"(?i)\bauthorization[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?(?:digest|aws4)\S*[ \t]+")
_BEARER = over_bytes(r"(?i)\bbearer[ \t]+")
_FLAG = over_bytes(
    r"(?i)(?:^|[\s\"'])--?(?:[a-z-]{0,40}(?:password|passwd|passphrase|token|secret|api-?key|access-?key|private-?key)"
    r"|pwd|pass)[ \t]+[\"']?"
)
_CLIENT = over_bytes(
    r"\b(?:mysql|mysqldump|mariadb)\b[^\r\n|;]{0,300}?[ \t]-p|\bsshpass\b[^\r\n|;]{0,100}?[ \t]-p[ \t]?"
    r"|\bredis-cli\b[^\r\n|;]{0,300}?[ \t]-a[ \t]+"
    r"|\bcurl\b[^\r\n|;]{0,300}?[ \t](?:-u|--user)[ \t=]+[\"']?[^\s:\"']{1,100}:"
)
_NAMED = over_bytes(
    r"(?i)([A-Z0-9_.-]*(?:secret|token|pass|pwd|key|sig|dsn|credential|private|connection|uri|url)[A-Z0-9_.-]*)"
    r"([\"']?[ \t]{0,9}(?:=|:|\xef\xbc\x9d)[ \t]{0,9})"
)
"""Names that have a part of a secret's name in them; `_names_secret` looks closer."""
_QUOTED = over_bytes(
    r"\"(?:[^\"\\]|\\(?s:.))*|'(?:[^'\\]|\\(?s:.))*|\xe2\x80[\x9c\x9d](?:[^\xe2]|\xe2[^\x80])*"
)
_BARE = over_bytes(r"[^\s\"';]+")
_NEXT_FIELD = over_bytes(r"[,&](?:[A-Za-z0-9_.-]+[=:]|$)")
_REFERENCE = over_bytes(r"[\"']?(?:\xe2\x80\x9c)?secret:[A-Za-z0-9_/+=.@-]+")
_TO_QUOTE = over_bytes(r"[^\r\n\"']+")
_TO_END = over_bytes(r"[^\r\n]+")
_OPAQUE = over_bytes(r"[A-Za-z0-9._~+/=-]{16,}")

_STRONG = (
    "secret",
    "token",
    "password",
    "passwd",
    "passphrase",
    "apikey",
    "accesskey",
    "accountkey",
    "privatekey",
    "authkey",
    "credential",
    "connectionstring",
)
"""Parts of a name, without its dashes, that tell a secret wherever it stands."""

_EMPTY = frozenset({b"null", b"none", b"true", b"false", b"undefined", b"nil"})

_LONGEST_NAME = 200

Ends = Callable[[bytes, int], int]
"""Where the value that begins at a place ends; the place itself where there is none to strike out."""


def redact(text: str) -> str:
    """The text with what looks like a secret struck out; doing it again changes nothing."""
    raw = text.encode("utf-8", "surrogatepass")
    raw = _userinfo_struck(raw)
    for prefix, ends in _AFTER:
        raw = _struck_after(raw, prefix, ends)
    for mark, shape in _TOKENS:
        raw = _tokens_struck(raw, shape) if mark in raw else raw
    raw = _named_struck(raw)
    return raw.decode("utf-8", "surrogatepass")


def looks_secret(text: str) -> bool:
    """Whether any of it would be struck out."""
    return redact(text) != text


def _userinfo_struck(raw: bytes) -> bytes:
    pieces: list[bytes] = []
    at = 0
    for found in _USERINFO.finditer(raw):
        pieces += [raw[at : found.start() + 3], _GONE]
        at = found.end() - 1
    return b"".join([*pieces, raw[at:]]) if pieces else raw


def _tokens_struck(raw: bytes, shape: Pattern) -> bytes:
    pieces: list[bytes] = []
    at = 0
    for found in shape.finditer(raw):
        pieces += [raw[at : found.start()], _GONE]
        at = found.end()
    return b"".join([*pieces, raw[at:]]) if pieces else raw


def _struck_after(raw: bytes, prefix: Pattern, ends: Ends) -> bytes:
    pieces: list[bytes] = []
    at = start = 0
    while (found := prefix.search(raw, start)) is not None:
        begin = found.end()
        end = ends(raw, begin)
        if end > begin:
            pieces += [raw[at:begin], _GONE]
            at = end
        start = max(end, found.end(), start + 1)
    return b"".join([*pieces, raw[at:]]) if pieces else raw


def _named_struck(raw: bytes) -> bytes:
    """`NAME=value` and `name: value` without the value, where the name is that of a secret."""
    pieces: list[bytes] = []
    at = start = 0
    while (found := _NAMED.search(raw, start)) is not None:
        begin, start = found.end(), found.end()
        if not _names_secret(raw, found.start(), found[1], found[2]):
            continue
        if (reference := _REFERENCE.match(raw, begin)) is not None:
            start = reference.end()
            continue
        end = _value_end(raw, begin)
        if end > begin and not (_is_count(found[1], raw[begin:end])):
            opening = raw[begin : begin + _quote(raw, begin)]
            pieces += [raw[at:begin], opening, _GONE]
            at = end
        start = max(start, end)
    return b"".join([*pieces, raw[at:]]) if pieces else raw


def _names_secret(raw: bytes, start: int, name: bytes, between: bytes) -> bool:
    if between == b":" and raw[start - 1 : start] == b":":
        return False  # a part of an ARN or a URN
    name = name.lstrip(b"0123456789.-")[-_LONGEST_NAME:]
    return _is_strong(name) or (b":" not in between and _is_variable(name))


@lru_cache(maxsize=4096)
def _is_strong(name: bytes) -> bool:
    plain = name.lower().replace(b"-", b"").replace(b"_", b"").replace(b".", b"").decode("ascii")
    return any(word in plain for word in _STRONG) or plain in {"pwd", "sig"}


@lru_cache(maxsize=4096)
def _is_variable(name: bytes) -> bool:
    """Whether it is written like a variable (capitals, or with an underscore) and is a secret's."""
    text = name.decode("ascii")
    return (text[0].isupper() or "_" in text) and is_secret_name(text)


def _is_count(name: bytes, value: bytes) -> bool:
    """`max_tokens=4096` counts; it is no token."""
    return b"tokens" in name.lower() and value.isdigit()


def _quote(raw: bytes, at: int) -> int:
    """Bytes of a quotation mark that begins here."""
    if raw[at : at + 1] in (b'"', b"'"):
        return 1
    return 3 if raw[at : at + 3] in (b"\xe2\x80\x9c", b"\xe2\x80\x9d") else 0


def _value_end(raw: bytes, begin: int) -> int:
    """The end of a value, quoted or bare; what was struck out is none."""
    inside = begin + _quote(raw, begin)
    if raw.startswith(_GONE, inside):
        return begin
    if inside > begin:
        found = _QUOTED.match(raw, begin)
        return found.end() if found is not None and found.end() > inside else begin
    return _bare_end(raw, begin)


def _bare_end(raw: bytes, begin: int) -> int:
    if raw.startswith(_GONE, begin):
        return begin
    found = _BARE.match(raw, begin)
    if found is None:
        return begin
    value = found[0]
    cut = _NEXT_FIELD.search(value)
    value = value[: cut.start()] if cut is not None else value
    return begin if value.lower() in _EMPTY else begin + len(value)


def _cookie_end(raw: bytes, begin: int) -> int:
    found = None if raw.startswith(_GONE, begin) else _TO_QUOTE.match(raw, begin)
    return begin if found is None else found.end()


def _line_end(raw: bytes, begin: int) -> int:
    found = None if raw.startswith(_GONE, begin) else _TO_END.match(raw, begin)
    return begin if found is None else found.end()


def _opaque_end(raw: bytes, begin: int) -> int:
    found = _OPAQUE.match(raw, begin)
    if found is None or not any(digit in found[0] for digit in b"0123456789"):
        return begin
    return found.end()


def _flag_end(raw: bytes, begin: int) -> int:
    return begin if raw[begin : begin + 1] == b"-" else _bare_end(raw, begin)


_AFTER: tuple[tuple[Pattern, Ends], ...] = (
    (_COOKIE, _cookie_end),
    (_SIGNED, _line_end),
    (_HEADER, _bare_end),
    (_BEARER, _opaque_end),
    (_FLAG, _flag_end),
    (_CLIENT, _bare_end),
)
