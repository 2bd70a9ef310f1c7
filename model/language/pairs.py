"""`KEY=VALUE` pairs to the end of the line: variables, which no option is taken out of."""

import re
from dataclasses import dataclass

from model.language.near import shown
from model.language.parameters import Parameter, ParseContext
from model.language.text import Word, escaped, quoted
from model.refusal import Refused
from model.secrets import REMOVED, is_secret, is_secret_name, referred

_PAIR = re.compile(r"([^=＝]*)[=＝](.*)", re.DOTALL)
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,126}")
_TAME = re.compile(r"[A-Za-z0-9:/_.,@%+-]+")
LONGEST = 2000


@dataclass(frozen=True)
class Pairs(Parameter):
    """One or several `KEY=VALUE`; a value of several words in quotes, a secret as `secret:NAME`."""

    label: str = "KEY=VALUE"
    hint: str = "LOG_LEVEL=debug, or JWT_SECRET=secret:NAME"

    def read(self, word: str, setting: ParseContext) -> dict[str, str]:
        """One pair. Raises Refused without repeating what may be a secret."""
        found = _PAIR.fullmatch(word)
        if found is None:
            raise Refused(f"{shown(word)} is not KEY=VALUE.", f"Type {self.hint}.")
        key, value = found[1], found[2]
        if not _KEY.fullmatch(key):
            what = "A pair without a key" if not key else shown(key)
            raise Refused(
                f"{what} is no name of a variable.", f"Letters, digits and _, not a digit first: {self.hint}."
            )
        if not value.strip():
            raise Refused(f"{shown(key)} has no value.", f"Type {key}=VALUE.")
        if len(value) > LONGEST:
            said = f"{shown(key)} has {len(value):,} characters; it takes up to {LONGEST:,}."
            raise Refused(said, "Shorten it.")
        if is_secret(key, value) and referred(value) is None:
            what = "is a secret" if is_secret_name(key) else "looks like a secret"
            raise _secret(f"{shown(key)} {what}, and its value does not belong into Slack.", key)
        return {key: value}

    def read_all(self, words: list[Word], setting: ParseContext) -> dict[str, str]:
        """Every pair of the line. Raises Refused for a key that is given twice."""
        if REMOVED in " ".join(word.text for word in words):
            raise _secret("A value here looks like a secret, and was struck out.", "KEY")
        found: dict[str, str] = {}
        for word in words:
            for key, value in self.read(word.text, setting).items():
                if key in found:
                    raise Refused(f"{shown(key)} is given twice.", "Give it once.")
                found[key] = value
        return found

    def write(self, value: dict[str, str]) -> str:
        return " ".join(f"{key}={_written(text)}" for key, text in value.items())


def _written(value: str) -> str:
    return value if _TAME.fullmatch(value) else quoted(escaped(value))


def _secret(what: str, key: str) -> Refused:
    return Refused(
        what,
        f"Put it into Secrets Manager and type {key}=secret:NAME with its name there. "
        "A secret that stood in Slack wants changing.",
    )
