"""How commands are typed in this workspace: which of them are slash commands, and under which names.

Workspaces have other apps, and of two that bring `/health` the one installed last gets it, silently
(https://docs.slack.dev/interactivity/implementing-slash-commands). So what is installed can be chosen, and
every text that shows a command asks here for the form that works.
"""

import re
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from difflib import get_close_matches

from model.refusal import Refused

OPS = "ops"
"""The one command of workspaces that want one; it stands before the words of any other."""

LONGEST = 32
"""Characters of a slash command with its slash. https://docs.slack.dev/reference/app-manifest/"""

_PREFIX = re.compile(r"[a-z0-9_-]*[_-]")
_SHOWN = re.compile(r"(?<![\w/.:-])/([a-z][a-z-]*)")


@dataclass(frozen=True)
class Slash:
    """What is installed. prefix: stands before every name, e.g. `m-`. only: the names, if not all are."""

    prefix: str = ""
    only: frozenset[str] | None = None

    def line(self, line: str) -> str:
        """A command line, slash and prefix or not, as it is typed here; only its first word changes."""
        bare = self.bare(line.strip())
        if not bare:
            return ""
        verb = bare.split(maxsplit=1)[0]
        is_own = verb == OPS or self.only is None or verb in self.only
        return f"/{self.prefix}{bare}" if is_own else f"/{self.prefix}{OPS} {bare}"

    def bare(self, name: str) -> str:
        """A slash command, or a line that begins with one, without its slash and this prefix."""
        return name.lstrip("/").removeprefix(self.prefix)

    def installs(self, verbs: Iterable[str]) -> tuple[str, ...]:
        """Those of the verbs that are slash commands here, in their order."""
        return tuple(verb for verb in verbs if verb == OPS or self.only is None or verb in self.only)

    @classmethod
    def of(cls, setting: str, verbs: Iterable[str]) -> "Slash":
        """What a setting means, for these verbs: `all`, `m-*`, `ops,incident` or `m-ops,m-incident`.

        Raises Refused with what to set instead.
        """
        words = [word.strip().lstrip("/") for word in setting.casefold().split(",") if word.strip()]
        known = (OPS, *(verb for verb in verbs if verb != OPS))
        if words == ["all"]:
            return cls()
        if len(words) == 1 and words[0].endswith("*"):
            return cls(_prefix(words[0].removesuffix("*"), max(known, key=len)))
        if "all" in words or any("*" in word for word in words):
            raise Refused(f"`{setting}` is more than one setting.", _FORMS)
        prefix = next((word.removesuffix(OPS) for word in words if _is_ops(word)), None)
        if prefix is None:
            raise Refused(f"`{setting}` leaves out `{OPS}`, behind which all others are typed.", _FORMS)
        if prefix:
            prefix = _prefix(prefix, OPS)
        return cls(prefix, frozenset(_verb(word, prefix, known) for word in words))


_FORMS = (
    "Set it to all; to the names that are to be slash commands, ops among them, such as ops,incident; "
    "or to a prefix for all of them, such as m-*"
)
ALL = Slash()
"""Every command under its own name."""

_HERE: ContextVar[Slash] = ContextVar("slash", default=ALL)


def install(here: Slash) -> None:
    """Say what is installed, once at the start, for this context and all that is begun in it."""
    _HERE.set(here)


def installed() -> Slash:
    """What is installed here."""
    return _HERE.get()


def slash(line: str) -> str:
    """A command as it is typed here: `scale api 5` is `/scale api 5`, `/ops scale api 5` or `/m-scale api 5`.

    The line is Muster's, or one whose command was understood; never text in which one may happen to stand.
    """
    return _HERE.get().line(line)


def spelled(text: str) -> str:
    """A text of Muster's own, written once for all workspaces, with its commands as they are typed here."""
    return _SHOWN.sub(lambda found: slash(found[1]), text)


def _is_ops(word: str) -> bool:
    return word == OPS or (word.endswith(OPS) and bool(_PREFIX.fullmatch(word.removesuffix(OPS))))


def _prefix(prefix: str, longest: str) -> str:
    if not _PREFIX.fullmatch(prefix):
        what = f"`{prefix}` is no prefix: it is small letters, digits, - and _, and ends with - or _."
        raise Refused(what, _FORMS)
    if len(prefix) + len(longest) >= LONGEST:
        most = LONGEST - 1 - len(longest)
        raise Refused(f"`{prefix}` is too long for /{longest}.", f"A prefix has at most {most} characters.")
    return prefix


def _verb(word: str, prefix: str, known: tuple[str, ...]) -> str:
    verb = word.removeprefix(prefix)
    if word.startswith(prefix) and verb in known:
        return verb
    names = [f"{prefix}{one}" for one in known]
    near = get_close_matches(word, names, n=1)
    instead = f"Did you mean {near[0]}?" if near else f"There are {', '.join(names)}"
    raise Refused(f"`{word}` is no slash command of Muster.", instead)
