"""How a refusal speaks of words: the nearest known ones, and what was typed, cut to what can be read."""

import difflib
import re
from collections.abc import Iterable

from model.catalog.schema import Catalog

_LISTED = 12

_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def nearest(word: str, known: Iterable[str], at_least: float = 0.6) -> tuple[str, ...]:
    """Up to three known names most like the word, whatever its case, best first."""
    names: dict[str, str] = {}
    for name in known:
        names.setdefault(_compared(name), name)
    close = difflib.get_close_matches(_compared(word[:200]), list(names), n=3, cutoff=at_least)
    return tuple(names[name] for name in close)


def _compared(name: str) -> str:
    """Whatever its case, and numbers as numbers: `sys3` is `sys003`."""
    return _ZEROS.sub("", name.casefold())


def alike(word: str, catalog: Catalog, at_least: float = 0.6) -> tuple[str, ...]:
    """Up to three services whose id or alias is most like the word, best first, each once."""
    names = nearest(word, catalog.by_service, at_least)
    return tuple(dict.fromkeys(catalog.by_service[name].id for name in names))


def shown(word: str, longest: int = 80) -> str:
    """What was typed, in code style and at most so many characters long."""
    word = word.replace("`", "'")
    return f"`{word}`" if len(word) <= longest else f"`{word[: longest - 1]}…`"


def or_list(names: Iterable[str]) -> str:
    """`a`, `b` or `c`, each in code style."""
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}" if quoted else ""


def services(catalog: Catalog) -> str:
    """The first service ids of a catalog, for a message, and how many more there are."""
    shown_ids = ", ".join(f"`{service.id}`" for service in catalog.services[:_LISTED])
    more = len(catalog.services) - _LISTED
    return f"{shown_ids} and {more} more" if more > 0 else shown_ids
