"""Who is on call: who now, until when, who next, and how to call them."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block

from bot.views.blocks import context, message, section
from bot.views.message import Message, safe, when
from bot.views.people_text import Shown, person_line
from model.on_call.people import OnCallNow
from model.slash import slash

MOST = 20
"""Schedules that one answer shows."""

_PEOPLE = 8


def on_call(found: Sequence[OnCallNow], line: str, shown: Shown, asked: str = "") -> Message:
    """The first line is the answer. asked: the service that was asked about."""
    if not found:
        said = "The catalog has no on-call schedule and no on-call group."
        return message(said, [section(f"*{said}*\nAdd one under `schedules` in people.yaml.")])
    blocks: list[Block] = [section("\n".join(_lines(one, shown, asked))) for one in found[:MOST]]
    more = len(found) - MOST
    left = f" · {more} more: {slash('oncall')} SERVICE" if more > 0 else ""
    blocks.append(context(f"`{safe(line, 200)}`{left}"))
    first = _lines(found[0], shown, asked)
    return message(" · ".join(first).replace("*", ""), blocks)


def _lines(one: OnCallNow, shown: Shown, asked: str) -> list[str]:
    of = f"{safe(asked, 60)} · " if asked else ""
    title = f"📟 *{of}{safe(one.name, 120)}* (`{safe(one.handle, 80)}`)"
    if one.trouble:
        return [f"{title}: not known now", f"⚠️ {safe(one.trouble, 300)}."]
    if one.is_group:
        people = ", ".join(shown(each) for each in one.now[:_PEOPLE])
        more = f" and {len(one.now) - _PEOPLE} more" if len(one.now) > _PEOPLE else ""
        return [f"{title}: {people or 'nobody'}{more}", "It has no schedule: all of the group are on call."]
    now = " and ".join(person_line(each, shown) for each in one.now) or "*nobody* is on call"
    lines = [title, f"*Now* {now}"]
    if one.next:
        following = " and ".join(
            shown(each) + (f" · ☎ {safe(each.phone, 40)}" if each.phone else "") for each in one.next
        )
        lines.append(f"*Next* {following} from {when(one.next[0].start)}")
    else:
        lines.append("*Next* nobody within 30 days")
    return lines
