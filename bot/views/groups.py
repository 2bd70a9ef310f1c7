"""What operators are told of groups: that one is not what was trusted, and what mends it."""

from collections.abc import Sequence

from bot.views.message import Message, safe
from model.groups.events import Pinned, Source
from model.groups.pins import Differs
from model.slash import slash


def differs(one: Differs) -> Message:
    """`🛑 @operators is another Slack group now: S0EVE, not S0OPS.` and how to say that it is meant."""
    handle = safe(one.handle, 80)
    said = _HAPPENED[one.was.kind, one.now.kind].format(was=_in_words(one.was), now=_in_words(one.now))
    typed = f"trust {handle} {one.now.typed}"
    return Message(
        text=f"🛑 *@{handle}* {said} If it is meant, an operator says so: "
        f"`{slash('ops')} {typed}` here, or `muster {typed}` on Muster's "
        "host. If nobody meant it, see in Slack "
        "who changed that group."
    )


def as_trusted(handle: str, source: Source) -> Message:
    """The group is what it was trusted to be."""
    return Message(text=f"✅ *@{safe(handle, 80)}* is {_in_words(source)}, as it was trusted to be.")


def trusted(handle: str, source: Source, by: str) -> Message:
    """Somebody said what the group is; by: their mention."""
    return Message(text=f"🔑 *@{safe(handle, 80)}* is {_in_words(source)} from now on, says {by}.")


def pinned(news: Sequence[Pinned]) -> Message:
    """What was seen for the first time, and counts from now on."""
    lines = [f"• @{safe(one.handle, 80)}: {_in_words(one.source)}" for one in news]
    head = "🔑 Seen for the first time, and trusted from now on; another group of that name will be told:"
    return Message(text="\n".join([head, *lines[:40]]))


def no_groups(why: str) -> Message:
    """Slack has no user groups here."""
    return Message(text=f"ℹ️ {safe(why, 300)}. Rights hang on the groups and members that are written there.")


def _in_words(source: Source) -> str:
    if source.kind == "slack":
        return f"the Slack group `{safe(source.id, 40)}`"
    return "the catalog's own list" if source.kind == "catalog" else "nobody"


_HAPPENED = {
    ("slack", "slack"): "is the name of another group in Slack now, {now}; who is in {was} goes on counting.",
    ("slack", "catalog"): "has no group in Slack any more; the catalog's own list is not taken for it.",
    (
        "slack",
        "nobody",
    ): "has no group of that name in Slack any more; who is in {was}, if it is still there, "
    "goes on counting.",
    ("catalog", "slack"): "is a group in Slack now, {now}; until now it was {was}, which goes on counting.",
    ("catalog", "nobody"): "has no members in the catalog any more, and no group in Slack.",
    (
        "nobody",
        "slack",
    ): "is a group in Slack now, {now}; until now there was none, so nobody counts as in it.",
}
