"""What Slack makes of what people type: entities, mentions, channels and links."""

import re
from collections.abc import Callable

from playground.slack.seed import BOT_USER
from playground.slack.workspace import Workspace

_AT = re.compile(r"(?<![\w<@])@([a-z0-9][\w.-]*)", re.IGNORECASE)
_HASH = re.compile(r"(?<![\w<#&])#([a-z0-9_-]+)")
_LINK = re.compile(r"(?<![<|\w])(https?://[^\s<>|]+)")
_MAIL = re.compile(r"(?<![<|\w:])([\w.+-]+@[\w-]+\.[\w.-]+\w)")
_KEPT = re.compile(r"(<[@#!][^<>]+>|<https?://[^<>]+>)")


def escape_command(workspace: Workspace, text: str) -> str:
    """Slash command text with should_escape: `<@U1|name>`, `<#C1|name>`, `<!subteam^S1|@handle>`, links."""
    return _mark(workspace, text, _with_name)


def escape_message(workspace: Workspace, text: str) -> str:
    """Message text as it is stored: `<@U1>`, `<#C1|name>`, `<!subteam^S1>`, `<!here>`, `<https://…>`."""
    return _mark(workspace, text, lambda key, name: f"<{key}|{name}>" if key.startswith("#") else f"<{key}>")


def escape_entities(text: str) -> str:
    """The three characters that Slack always escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _with_name(key: str, name: str) -> str:
    if key.startswith("!"):
        return f"<{key}|@{name}>" if "^" in key else f"<{key}>"
    return f"<{key}|{name}>"


def _mark(workspace: Workspace, text: str, form: Callable[[str, str], str]) -> str:
    """Mark up everything but what is marked up already."""
    parts = _KEPT.split(text)
    return "".join(part if _KEPT.fullmatch(part) else _mark_plain(workspace, part, form) for part in parts)


def _mark_plain(workspace: Workspace, text: str, form: Callable[[str, str], str]) -> str:
    def mention(found: re.Match[str]) -> str:
        key = _mention_key(workspace, found[1])
        trailing = "" if key or not found[1].endswith((".", "-")) else found[1][-1]
        key = key or _mention_key(workspace, found[1].rstrip(".-"))
        if not key:
            return found[0]
        return form(key, found[1].rstrip(".-") if trailing else found[1]) + trailing

    def channel(found: re.Match[str]) -> str:
        room = next((r for r in workspace.rooms.values() if r.name == found[1] and not r.im_users), None)
        return form(f"#{room.id}", room.name) if room else found[0]

    text = _LINK.sub(lambda found: f"<{found[1]}>", escape_entities(text))
    text = _MAIL.sub(lambda found: f"<mailto:{found[1]}|{found[1]}>", text)
    pieces = re.split(r"(<[^<>]+>)", text)
    return "".join(p if p.startswith("<") else _HASH.sub(channel, _AT.sub(mention, p)) for p in pieces)


def _mention_key(workspace: Workspace, name: str) -> str:
    wanted = name.lower()
    if wanted in ("here", "channel", "everyone"):
        return f"!{wanted}"
    for user in workspace.people.values():
        if wanted in (user.name.lower(), user.id.lower()):
            return f"@{user.id}"
    bot = workspace.people[BOT_USER]
    if wanted == bot.name.lower():
        return f"@{BOT_USER}"
    group = next((g for g in workspace.groups.values() if g.handle.lower() == wanted), None)
    return f"!subteam^{group.id}" if group else ""
