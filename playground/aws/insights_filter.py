"""Conditions of Logs Insights: comparisons and `like`, joined by and, or, not."""

import operator
import re
from collections.abc import Callable
from typing import Any

from playground.aws.insights_rows import Row, number
from playground.aws.refusal import AwsError

Condition = Callable[[Row], bool]
_TOKEN = re.compile(
    r"\s*(?:(?P<regex>/(?:[^/\\]|\\.)+/)|\"(?P<text>[^\"]*)\"|'(?P<single>[^']*)'"
    r"|(?P<op>!=|>=|<=|=~|=|>|<|\(|\)|,|\[|\])|(?P<number>-?\d+(?:\.\d+)?)\b|(?P<name>[@\w.]+))"
)
_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


def condition(said: str) -> Condition:
    """What stands behind `filter`. Raises MalformedQueryException."""
    return _Reader(said).whole()


class _Reader:
    """Reads from the left; `or` binds least."""

    def __init__(self, said: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while said[at:].strip():
            found = _TOKEN.match(said, at)
            if found is None or found.lastgroup is None:
                raise _malformed(said[at:].strip())
            self._tokens.append((found.lastgroup, found[found.lastgroup]))
            at = found.end()

    def whole(self) -> Condition:
        """The condition. Raises MalformedQueryException when something is left."""
        found = self._either()
        if self._tokens:
            raise _malformed(self._tokens[0][1])
        return found

    def _took(self, word: str) -> bool:
        if self._tokens and self._tokens[0][0] in {"name", "op"} and self._tokens[0][1].lower() == word:
            self._tokens.pop(0)
            return True
        return False

    def _take(self, *kinds: str) -> tuple[str, str]:
        if not self._tokens or self._tokens[0][0] not in kinds:
            raise _malformed(self._tokens[0][1] if self._tokens else "the end of the query")
        return self._tokens.pop(0)

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._took("or"):
            parts.append(self._both())
        return lambda row: any(part(row) for part in parts)

    def _both(self) -> Condition:
        parts = [self._one()]
        while self._took("and"):
            parts.append(self._one())
        return lambda row: all(part(row) for part in parts)

    def _one(self) -> Condition:
        if self._took("not"):
            inner = self._one()
            return lambda row: not inner(row)
        if self._took("("):
            inner = self._either()
            if not self._took(")"):
                raise _malformed("missing )")
            return inner
        name = self._take("name")[1]
        if name.lower() == "ispresent" and self._took("("):
            field = self._take("name")[1]
            if not self._took(")"):
                raise _malformed("missing )")
            return lambda row: row.get(field) is not None
        is_not = self._took("not")
        if self._took("like") or self._took("=~"):
            found = self._pattern()
            return lambda row: (found.search(str(row.get(name) or "")) is not None) != is_not
        return self._comparison(name)

    def _pattern(self) -> re.Pattern[str]:
        kind, said = self._take("regex", "text", "single")
        try:
            return re.compile(said[1:-1] if kind == "regex" else re.escape(said))
        except re.error as error:
            raise _malformed(said) from error

    def _comparison(self, name: str) -> Condition:
        sign = self._take("op")[1]
        kind, said = self._take("number", "text", "single", "name")
        if sign not in _TESTS:
            raise _malformed(sign)
        test = _TESTS[sign]
        if kind == "number":
            wanted = float(said)
            return lambda row: (n := number(row.get(name))) is not None and test(n, wanted)
        return lambda row: row.get(name) is not None and test(str(row[name]), said)


def _malformed(why: str) -> AwsError:
    return AwsError("MalformedQueryException", f"unexpected symbol found: {why}")
