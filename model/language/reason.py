"""Whether a reason says something: somebody reads it at the review, and it is all that they have."""

import unicodedata

from model.language.near import shown
from model.refusal import Refused

LEAST = 3
"""Letters of a script with an alphabet; half as many of one whose letters are words or syllables."""

_EMPTY = frozenset(
    {
        "because",
        "reason",
        "reasons",
        "none",
        "nothing",
        "na",
        "idk",
        "todo",
        "asdf",
        "qwerty",
        "blah",
        "whatever",
    }
)


def says_something(reason: str) -> bool:
    """Not a full stop, one letter again and again, an emoji, or a word that stands for no reason."""
    letters = [c for c in unicodedata.normalize("NFKC", reason).casefold() if c.isalnum()]
    weight = sum(2 if unicodedata.category(c) == "Lo" else 1 for c in letters)
    said = "".join(letters)
    return (
        weight >= LEAST and len(set(letters)) > 1 and any(c.isalpha() for c in letters) and said not in _EMPTY
    )


def must_say_something(reason: str) -> None:
    """Raises Refused for a reason that is given and says nothing."""
    if reason and not says_something(reason):
        raise Refused(
            f"{shown(reason)} says nothing, and the reason is what is read at the review.",
            "Say in a few words what is wrong, such as: because 5xx since the deploy of 14:02.",
        )
