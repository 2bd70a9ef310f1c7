"""Filter patterns of CloudWatch Logs: terms, phrases, ?any, -not, %regex% and JSON selectors."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from playground.aws.refusal import AwsError

Matcher = Callable[[str], bool]
MOST_CHARACTERS = 1024
_TERM = re.compile(r"\s*(?P<sign>[?-]?)(?:\"(?P<phrase>(?:[^\"\\]|\\.)*)\"|(?P<bare>[^\s\"]+))")
_PLAIN = re.compile(r"[\w]+")
_REGEX = re.compile(r"[\w#=@/;,:\-^$?\[\]{}|\\*+. ]*", re.ASCII)
_TOKEN = re.compile(
    r"\s*(?:(?P<field>\$(?:\.[\w@-]+|\[\d+\])+)|(?P<op>!=|>=|<=|=|>|<|&&|\|\||\(|\))"
    r"|(?P<word>IS|NOT|EXISTS|NULL|TRUE|FALSE)\b|(?P<number>-?\d+(?:\.\d+)?)(?![\w*])"
    r"|\"(?P<text>[^\"]*)\"|%(?P<regex>[^%]*)%|(?P<bare>[\w.*:/-]+))"
)


def invalid(why: str) -> AwsError:
    """What CloudWatch Logs says of a pattern that it does not take."""
    return AwsError("InvalidParameterException", f"Invalid filter pattern: {why}")


def matcher(pattern: str) -> Matcher:
    """Whether a message fits. Case matters. Raises InvalidParameterException, as AWS does."""
    said = pattern.strip()
    if len(pattern) > MOST_CHARACTERS:
        raise invalid(f"longer than {MOST_CHARACTERS} characters")
    if not said:
        return lambda message: True
    if said.startswith("{"):
        if not said.endswith("}"):
            raise invalid("'}' expected")
        return _Selector(said[1:-1]).matcher()
    if said.startswith("["):
        raise invalid("the playground does not have space-delimited patterns")
    if said.startswith("%") and said.endswith("%") and len(said) > 1:
        return _regex(said[1:-1])
    return _terms(said)


def _regex(said: str) -> Matcher:
    if not _REGEX.fullmatch(said):
        raise invalid(f"unsupported characters in the regular expression '{said}'")
    try:
        found = re.compile(said)
    except re.error as error:
        raise invalid(str(error)) from error
    return lambda message: found.search(message) is not None


def _terms(said: str) -> Matcher:
    """All plain terms, and none of those with a minus; any of the optional ones if there are no others."""
    must: list[str] = []
    never: list[str] = []
    any_of: list[str] = []
    at = 0
    while at < len(said):
        found = _TERM.match(said, at)
        if found is None:
            raise invalid(f"unbalanced quotes in '{said}'")
        bare = found["bare"]
        if bare is not None and not _PLAIN.fullmatch(bare):
            raise invalid(f"Invalid character(s) in term '{bare}'")
        term = bare if bare is not None else re.sub(r"\\(.)", r"\1", found["phrase"])
        {"?": any_of, "-": never, "": must}[found["sign"]].append(term)
        at = found.end()
        at += len(said[at:]) - len(said[at:].lstrip())

    def fits(message: str) -> bool:
        if any(term in message for term in never) or not all(term in message for term in must):
            return False
        return bool(must or never) or any(term in message for term in any_of)

    return fits


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


class _Selector:
    """`$.a = 1 && ($.b = "x*" || $.c IS NULL)`, read from the left; `&&` binds closer."""

    def __init__(self, said: str) -> None:
        self._said, self._at = said, 0

    def matcher(self) -> Matcher:
        wanted = self._either()
        if self._next() is not None:
            raise invalid(f"unexpected input in '{self._said.strip()}'")

        def fits(message: str) -> bool:
            try:
                value = json.loads(message)
            except ValueError:
                return False
            return isinstance(value, dict) and wanted(cast(dict[str, Any], value))

        return fits

    def _next(self, take: bool = True) -> _Token | None:
        rest = self._said[self._at :]
        if not rest.strip():
            return None
        found = _TOKEN.match(rest)
        if found is None or found.lastgroup is None:
            raise invalid(f"unexpected input in '{rest.strip()}'")
        if take:
            self._at += found.end()
        return _Token(found.lastgroup, found[found.lastgroup])

    def _took(self, *texts: str) -> bool:
        token = self._next(take=False)
        if token is None or token.kind not in {"op", "word"} or token.text not in texts:
            return False
        self._next()
        return True

    def _either(self) -> Callable[[dict[str, Any]], bool]:
        parts = [self._both()]
        while self._took("||"):
            parts.append(self._both())
        return lambda value: any(part(value) for part in parts)

    def _both(self) -> Callable[[dict[str, Any]], bool]:
        parts = [self._one()]
        while self._took("&&"):
            parts.append(self._one())
        return lambda value: all(part(value) for part in parts)

    def _one(self) -> Callable[[dict[str, Any]], bool]:
        if self._took("("):
            inner = self._either()
            if not self._took(")"):
                raise invalid("')' expected")
            return inner
        field = self._next()
        if field is None or field.kind != "field":
            raise invalid("a selector such as $.field expected")
        path = [part for part in re.split(r"[.\[\]]", field.text)[1:] if part]
        if self._took("NOT"):
            if not self._took("EXISTS"):
                raise invalid("EXISTS expected")
            return lambda value: _at(value, path) is _MISSING
        if self._took("IS"):
            return self._constant(path)
        return self._compared(path)

    def _constant(self, path: list[str]) -> Callable[[dict[str, Any]], bool]:
        for word, wanted in (("NULL", None), ("TRUE", True), ("FALSE", False)):
            if self._took(word):
                return lambda value: _at(value, path) is wanted
        raise invalid("NULL, TRUE or FALSE expected")

    def _compared(self, path: list[str]) -> Callable[[dict[str, Any]], bool]:
        sign, operand = self._next(), self._next()
        if sign is None or sign.text not in {"=", "!=", ">", "<", ">=", "<="} or operand is None:
            raise invalid("a comparison such as $.field = value expected")
        if operand.kind == "number":
            return _number_test(path, sign.text, float(operand.text))
        if sign.text not in {"=", "!="} or operand.kind not in {"text", "bare", "regex"}:
            raise invalid(f"'{operand.text}' cannot be compared by {sign.text}")
        form = operand.text if operand.kind == "regex" else _glob(operand.text)
        found = re.compile(form)
        looks = found.search if operand.kind == "regex" else found.fullmatch
        is_equal = sign.text == "="
        return lambda value: isinstance(said := _at(value, path), str) and bool(looks(said)) == is_equal


_MISSING = object()


def _at(value: object, path: list[str]) -> object:
    for part in path:
        if isinstance(value, dict) and part in value:
            value = cast(dict[str, object], value)[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(cast(list[object], value)):
            value = cast(list[object], value)[int(part)]
        else:
            return _MISSING
    return value


def _glob(text: str) -> str:
    return ".*".join(re.escape(part) for part in text.split("*"))


def _number_test(path: list[str], sign: str, wanted: float) -> Callable[[dict[str, Any]], bool]:
    def fits(value: dict[str, Any]) -> bool:
        said = _at(value, path)
        if not isinstance(said, int | float) or isinstance(said, bool):
            return False
        tests = {
            "=": said == wanted,
            "!=": said != wanted,
            ">": said > wanted,
            "<": said < wanted,
            ">=": said >= wanted,
            "<=": said <= wanted,
        }
        return tests[sign]

    return fits
