"""What is asked of the whole log: how far it goes, and which streams moved."""

from pydantic import Field

from model.events import JournalValue


class LogPlace(JournalValue):
    """A place of the whole log: an entry's number, and the digest that tells it from another log's."""

    entry: int = 0
    digest: str = ""


class GetLogPlace(JournalValue):
    """Asks how far the whole log goes; answered by `LogPlace`."""


class GetMoves(JournalValue):
    """Asks which streams moved after a place of the whole log; answered by `Moves | None`.

    None: the log does not have that place any more, so nothing that was known of it holds.
    """

    after: LogPlace


class Moves(JournalValue):
    """Streams that moved, each with its version then, as far as `to`. `is_all`: nothing comes after."""

    to: LogPlace
    versions: dict[str, int] = Field(default={})
    is_all: bool = True
