"""Tells those who run Muster when a group is not, or is again, what it was trusted to be."""

from bot.slack.groups import Memberships
from bot.slack.operators import Operators
from bot.views.groups import as_trusted, differs, no_groups, pinned


class GroupNews:
    """is_new: the journal began with this start, so that nothing could have been trusted before."""

    def __init__(self, operators: Operators, *, is_new: bool) -> None:
        self._operators, self._is_new = operators, is_new

    async def told(self, before: Memberships | None, now: Memberships) -> None:
        """One message a group, edited when it changes. Never raises."""
        differing = {one.handle for one in now.differing}
        for one in now.differing:
            await self._operators.tell(f"group:{one.handle}", differs(one))
        for one in before.differing if before else ():
            if one.handle not in differing and now.held[one.handle].source == one.was:
                await self._operators.tell(f"group:{one.handle}", as_trusted(one.handle, one.was))
        if now.without and not (before and before.without):
            await self._operators.tell("groups:none", no_groups(now.without))
        if now.news and not self._is_new:
            await self._operators.tell(f"groups:{now.at:%Y%m%dT%H%M%S}", pinned(now.news))
        self._is_new = self._is_new and not now.news
