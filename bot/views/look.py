"""Answers to `/health` and `/history`: the verdict and its reason first."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.views.build import context, message, section
from bot.views.message import Message, safe, when
from bot.views.operation import summary
from model.backend import BackendError
from model.catalog import Service
from model.change import Health, Sign, Verdict, Version
from model.operations.state import Operation

_MARK = {
    Verdict.OK: "🟢 ok",
    Verdict.DEGRADED: "🟡 degraded",
    Verdict.DOWN: "🔴 down",
    Verdict.UNKNOWN: "⚪ unknown",
}


def health(service: Service, seen: Health, now: datetime) -> Message:
    """`architect-api is degraded: P95 340 ms over 300 ms`, then every sign."""
    reason = f": {safe(seen.reason, 300)}" if seen.reason else ""
    first = f"{service.id} is {_MARK[seen.verdict]}{reason}"
    blocks: list[Block] = [section(f"*{first}*")]
    lines = [_sign(sign) for sign in seen.signs]
    for start in range(0, min(len(lines), 40), 8):
        blocks.append(section("\n".join(lines[start : start + 8])))
    blocks.append(context(f"{safe(service.name)} · {service.environment} · looked at {when(now)}"))
    return message(first, blocks)


def _sign(sign: Sign) -> str:
    why = f": {safe(sign.why, 300)}" if sign.why and sign.why not in sign.value else ""
    return f"{_MARK[sign.verdict]} · {safe(sign.name, 100)} · {safe(sign.value, 300)}{why}"


def history(
    service: Service,
    versions: Sequence[Version],
    operations: Sequence[Operation],
    trouble: str,
    now: datetime,
) -> Message:
    """What runs, what ran, and what was done through Muster."""
    current = next((version for version in versions if version.is_current), None)
    first = f"{service.id} runs {safe(current.id)} {safe(current.label)}".strip() if current else service.id
    blocks: list[Block] = [section(f"*{first}*")]
    if trouble:
        blocks.append(section(safe(trouble)))
    if versions:
        blocks.append(section("*Versions*\n" + "\n".join(_version(version) for version in versions[:12])))
    if operations:
        lines = [
            f"• {summary(one)} · {one.asked_by.mention} · {when(one.asked_at)}" for one in operations[:10]
        ]
        blocks.append(section("*Done through Muster*\n" + "\n".join(lines)))
    if not versions and not operations and not trouble:
        blocks.append(section("Nothing is known of it yet."))
    blocks.append(context(f"Go back with `/rollback {service.id} VERSION` · looked at {when(now)}"))
    return message(first, blocks)


def _version(version: Version) -> str:
    parts = [f"`{safe(version.id, 100)}`", safe(version.label, 200)]
    parts += [when(datetime.fromisoformat(version.at))] if version.at else []
    parts += ["*runs now*"] if version.is_current else []
    parts += [] if version.has_run else ["⚠️ never ran"]
    parts += [safe(version.note, 200)] if version.note else []
    return "• " + " · ".join(part for part in parts if part)


def failed(service: Service, what: str, error: BackendError) -> Message:
    """A look that did not work: what happened, that nothing was changed, what to do."""
    first = f"{service.id}: {safe(error.what, 800)}"
    blocks: list[Block] = [section(f"*{first}*"), section("Nothing was changed.")]
    if error.next:
        blocks.append(section(safe(error.next, 800)))
    return message(first, blocks)
