"""Answers to `/health` and `/history`: the verdict and its reason first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.views.blocks import context, message, section
from bot.views.chart.amounts import amount
from bot.views.message import Message, safe, when
from bot.views.operation.card import summary
from model.catalog.schema import Service
from model.catalog.system import System
from model.health import Check, Health, Verdict
from model.operations.state import Operation
from model.plan import Version
from model.query_result import Activity, BackupFound
from model.slash import slash

MARK = {
    Verdict.OK: "🟢 ok",
    Verdict.DEGRADED: "🟡 degraded",
    Verdict.DOWN: "🔴 down",
    Verdict.UNKNOWN: "⚪ unknown",
}
WARNING = "🟡 warning"


def health(service: Service, seen: Health, now: datetime) -> Message:
    """`architect-api is degraded: P95 340 ms over 300 ms`, then every sign."""
    reason = f": {safe(seen.reason, 300)}" if seen.reason else ""
    first = f"{service.id} is {MARK[seen.verdict]}{reason}"
    blocks: list[Block] = [section(f"*{first}*")]
    lines = [_sign(sign) for sign in seen.signs]
    for start in range(0, min(len(lines), 40), 8):
        blocks.append(section("\n".join(lines[start : start + 8])))
    blocks.append(context(f"{safe(service.name)} · {service.environment} · looked at {when(now)}"))
    return message(first, blocks)


def rolled_up(system: System, seen: Sequence[Health], now: datetime) -> Message:
    """A system: the worst of its services first, then each with the signs that are not well."""
    order = (Verdict.DOWN, Verdict.DEGRADED, Verdict.UNKNOWN, Verdict.OK)
    ranked = sorted(seen, key=lambda one: order.index(one.verdict))
    reason = f": {ranked[0].service}: {safe(ranked[0].reason, 300)}" if ranked[0].reason else ""
    first = f"{safe(system.name)} is {MARK[ranked[0].verdict]}{reason}"
    blocks: list[Block] = [section(f"*{first}*")]
    for one in ranked[:20]:
        bad = [sign for sign in one.signs if sign.verdict is not Verdict.OK]
        lines = [f"{MARK[one.verdict]} · *{one.service}* · {len(one.signs)} signs", *map(_sign, bad[:4])]
        blocks.append(section("\n".join(lines)))
    blocks.append(context(f"`{slash('health')} SERVICE` shows every sign · looked at {when(now)}"))
    return message(first, blocks)


def _sign(sign: Check) -> str:
    why = f": {safe(sign.why, 300)}" if sign.why and sign.why not in sign.value else ""
    mark = WARNING if sign.is_warning and sign.verdict is Verdict.OK else MARK[sign.verdict]
    return f"{mark} · {safe(sign.name, 100)} · {safe(sign.value, 300)}{why}"


@dataclass(frozen=True)
class PastPage:
    """What is known of a service's past; each list is newest first, the running version before all others."""

    versions: tuple[Version, ...] = ()
    backups: tuple[BackupFound, ...] = ()
    activities: tuple[Activity, ...] = ()
    operations: tuple[Operation, ...] = ()
    trouble: tuple[str, ...] = ()

    def plus(self, **more: tuple[object, ...]) -> "PastPage":
        """With more of the lists that are named."""
        return replace(self, **{name: (*getattr(self, name), *added) for name, added in more.items()})


def history(service: Service, past: PastPage, now: datetime) -> Message:
    """What runs, what ran, what can be gone back to, what happened, and what was done through Muster."""
    current = next((version for version in past.versions if version.is_current), None)
    first = f"{service.id} runs {safe(current.id)} {safe(current.label)}".strip() if current else service.id
    blocks: list[Block] = [section(f"*{first}*")]
    blocks += [section(safe(one, 800)) for one in past.trouble]
    lists = {
        "Versions": [_version(one) for one in past.versions[:12]],
        "Backups": [_backup(one) for one in past.backups[:10]],
        "What happened": [f"• {_at(one.at)} · {safe(one.says, 240)}" for one in past.activities[:8]],
        "Done through Muster": [
            f"• {summary(one)} · {one.asked_by.mention} · {when(one.asked_at)}"
            for one in past.operations[:10]
        ],
    }
    blocks += [section("\n".join((f"*{title}*", *lines))) for title, lines in lists.items() if lines]
    if len(blocks) == 1:
        blocks.append(section("Nothing is known of it yet."))
    ways = [f"`{slash('rollback')} {service.id} VERSION`"] if past.versions else []
    ways += [f"`{slash('restore')} {service.id} BACKUP`"] if past.backups else []
    back = f"Go back with {' or '.join(ways)} · " if ways else ""
    blocks.append(context(f"{back}looked at {when(now)}"))
    return message(first, blocks)


def _backup(found: BackupFound) -> str:
    size = amount(found.size, "bytes") if found.size is not None else ""
    state = "" if found.status == "available" else f"⚠️ {safe(found.status, 40)}"
    parts = (f"`{safe(found.id, 120)}`", _at(found.at), size, state, safe(found.note, 120))
    return "• " + " · ".join(part for part in parts if part)


def _at(at: str) -> str:
    return when(datetime.fromisoformat(at)) if at else ""


def _version(version: Version) -> str:
    parts = [f"`{safe(version.id, 100)}`", safe(version.label, 200)]
    parts += [when(datetime.fromisoformat(version.at))] if version.at else []
    parts += ["*runs now*"] if version.is_current else []
    parts += [] if version.has_run else ["⚠️ never ran"]
    parts += [safe(version.note, 200)] if version.note else []
    return "• " + " · ".join(part for part in parts if part)
