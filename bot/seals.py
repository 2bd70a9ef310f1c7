"""Holds streams against the audit log before something grave follows from them."""

from bot.slack.operators import Operators
from bot.views.message import Message, safe
from journal.redis import RedisJournal
from journal.sealed import Unsealed, must_be_sealed


class Seals:
    """Holds streams against the audit log, and tells the operators what is not as it was sealed."""

    def __init__(self, journal: RedisJournal, operators: Operators) -> None:
        self._journal, self._operators = journal, operators

    async def unsealed(self, stream: str, after: int = 0) -> str:
        """What is wrong with a stream after a version, which is told; nothing when all was sealed.

        Raises JournalUnavailable.
        """
        try:
            await must_be_sealed(self._journal, stream, after)
        except Unsealed as error:
            await self.tell(stream, str(error))
            return str(error)
        return ""

    async def tell(self, stream: str, why: str) -> None:
        """Tell those who run Muster."""
        said = (
            f"🛑 Somebody wrote into Muster's journal beside Muster: `{safe(stream, 100)}`, "
            f"{safe(why, 300)}. "
            "Nothing of it is run. Look with `muster audit verify`, and at who can reach its Redis."
        )
        await self._operators.tell(f"unsealed:{stream}", Message(text=said))
