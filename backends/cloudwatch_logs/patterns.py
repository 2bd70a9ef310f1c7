"""What people type to find lines, as the filter pattern that CloudWatch Logs takes: pure."""

import re

from model.refusal import Refused

_WORD = re.compile(r'\s*(?P<sign>[?-]?)(?P<term>"(?:[^"\\]|\\.)*"|[^\s"]+)(?=\s|$)')
_BRACKETS = {"{": "}", "[": "]"}

HOW = (
    'Type plain words; `"…"` for a phrase; `?a ?b` for either; `a -b` for one without the other; '
    "`{ $.statusCode = 500 }` for a field of JSON."
)


def filter_pattern(typed: str) -> str:
    """The pattern: plain words are one phrase, as they stand; signs, JSON and %regex% are CloudWatch's own.

    Raises Refused for what is opened and not closed, and for optional terms beside others, which
    CloudWatch would leave out without a word.
    """
    said = typed.strip()
    if not said:
        return ""
    if said[0] in _BRACKETS:
        if said[-1] != _BRACKETS[said[0]]:
            raise Refused(
                f"The pattern begins with {said[0]} and has no {_BRACKETS[said[0]]} at its end.", HOW
            )
        return said
    if said[0] == "%" and said[-1] == "%" and len(said) > 2:
        return said
    if not re.search(r'(?:^|\s)[?-]?"|(?:^|\s)[?-][^\s?-]', said):
        return _quoted(said)
    return _of_terms(said)


def _of_terms(said: str) -> str:
    terms: list[tuple[str, str]] = []
    at = 0
    while at < len(said):
        found = _WORD.match(said, at)
        if found is None:
            raise Refused("A quote in the pattern is opened and not closed.", HOW)
        term = found["term"]
        terms.append((found["sign"], term if term[0] == '"' else _quoted(term)))
        at = found.end()
    signs = {sign for sign, _ in terms}
    if "?" in signs and len(signs) > 1:
        raise Refused(
            "CloudWatch looks for `?optional` terms only where there are no others.",
            "Type `?a ?b` for either of them, or `a b` for both.",
        )
    return " ".join(sign + term for sign, term in terms)


def _quoted(text: str) -> str:
    """A term that is only letters and digits may stand as it is; CloudWatch wants quotes around others."""
    if re.fullmatch(r"\w+", text, re.ASCII):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
