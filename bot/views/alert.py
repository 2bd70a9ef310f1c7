"""An alert as its channel sees it, and the list of those that fire."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.ids import ActionId
from bot.views.blocks import HERE, actions, button, context, message, section
from bot.views.message import Message, elapsed, safe, when
from model.alerts.state import Alert
from model.catalog.schema import Runbook, Service
from model.incidents.state import Incident
from model.slash import slash

_MOST_LISTED = 20


def alert_post(
    alert: Alert,
    service: Service | None,
    incident: Incident | None,
    nearest: Incident | None,
    now: datetime,
) -> Message:
    """The first line says what fires, on what, since when; buttons only while something can be done.

    incident: that it is linked to. nearest: an open one of its service, offered where it is not linked.
    """
    said = _first_line(alert, service, now)
    blocks: list[Block] = [section(f"*{said}*" if alert.is_firing else said)]
    if alert.said.text and alert.is_firing:
        blocks.append(section(safe(alert.said.text, 1500)))
    blocks.append(context(" · ".join(_facts(alert, incident, now))))
    if alert.is_firing:
        blocks += _buttons(alert, service, incident, nearest, now)
    return message(said, blocks)


def _first_line(alert: Alert, service: Service | None, now: datetime) -> str:
    title = safe(alert.said.title, 300)
    whose = safe(service.name, 120) if service else "no service of the catalog"
    if not alert.is_firing:
        at = alert.resolved_at or now
        return f"✅ {title} is over {when(at)}, after {elapsed(at - alert.began_at)} · {whose}"
    sign = "🔕" if alert.is_ignored(now) else "🔥"
    return f"{sign} {title} · {whose} · since {when(alert.began_at)}"


def _facts(alert: Alert, incident: Incident | None, now: datetime) -> list[str]:
    said = alert.said
    facts = [alert.id, safe(said.source, 60)]
    facts += [f"severity {safe(said.severity, 40)}"] if said.severity else []
    facts += [f"{said.count} alerts"] if alert.is_firing and said.count > 1 else []
    facts += [f"fired {alert.times} times"] if alert.times > 1 else []
    if incident is not None:
        place = f" in <#{incident.channel}>" if incident.channel else ""
        facts.append(f"🔗 {incident.id}{place}")
    if alert.is_firing and alert.ignored_until and alert.is_ignored(now):
        by = alert.ignored_by.mention if alert.ignored_by else "somebody"
        facts.append(f"ignored by {by} until {when(alert.ignored_until)}")
    facts += [f"<{safe(said.url, 1000)}|Source>"] if said.url else []
    return facts


def _buttons(
    alert: Alert, service: Service | None, incident: Incident | None, nearest: Incident | None, now: datetime
) -> list[Block]:
    about = alert.id
    found: list[ButtonElement] = []
    if incident is None and nearest is not None:
        line = f"{nearest.channel or HERE} incident link {alert.id} incident={nearest.id}"
        found.append(
            button(f"Link to {nearest.id}", ActionId("line", "ask", "link"), line, "primary", about=about)
        )
    if incident is None:
        style = "primary" if nearest is None else None
        found.append(
            button("Declare", ActionId("incident", "declare", "alert"), alert.id, style, about=about)
        )
    if service is not None:
        health = f"{HERE} health {service.id}"
        found.append(button("Health", ActionId("line", "ask", "health"), health, about=service.id))
        runbook = fitting(service, alert)
        if runbook is not None:
            line = f"{HERE} runbook {service.id} {runbook.id}"
            found.append(button("Runbook", ActionId("line", "ask", "runbook"), line, about=runbook.title))
    if not alert.is_ignored(now):
        line = f"{HERE} alert ignore {alert.id} 1h"
        found.append(button("Ignore 1 h", ActionId("line", "ask", "ignore"), line, about=about))
    return [actions(*found)] if found else []


def fitting(service: Service, alert: Alert) -> Runbook | None:
    """The runbook that the catalog offers on an alert of that name."""
    names = {alert.said.labels.get("alertname", ""), alert.said.title} - {""}
    return next((one for one in service.runbooks if names & set(one.alerts)), None)


def alert_list(alerts: Sequence[Alert], now: datetime) -> Message:
    """Those that fire, the newest first; those that are ignored or of a maintenance say so."""
    firing = sorted((one for one in alerts if one.is_firing), key=lambda one: one.fired_at, reverse=True)
    if not firing:
        return Message(text="No alert fires.")
    lines = [_listed(one, now) for one in firing[:_MOST_LISTED]]
    more = [f"… and {len(firing) - _MOST_LISTED} more."] if len(firing) > _MOST_LISTED else []
    first = f"{len(firing)} {'alert fires' if len(firing) == 1 else 'alerts fire'}."
    text = "\n".join([f"*{first}*", *lines, *more])
    link = context(f"`{slash('incident link')} {firing[0].id}` links one to an incident.")
    return message(f"{first} {safe(firing[0].said.title, 200)}", [section(text), link])


def _listed(alert: Alert, now: datetime) -> str:
    said = alert.said
    whose = f" · `{safe(said.service, 60)}`" if said.service else ""
    linked = f" · 🔗 {safe(alert.incident, 20)}" if alert.incident else ""
    quiet = (
        " · 🔕 ignored" if alert.is_ignored(now) else f" · 🔕 {safe(alert.quiet, 20)}" if alert.quiet else ""
    )
    return f"• {safe(alert.id, 20)} {safe(said.title, 120)}{whose} · {when(alert.began_at)}{linked}{quiet}"


def kept_quiet(maintenance: str, alerts: Sequence[Alert]) -> Message:
    """What was not told during a maintenance, once that is over."""
    still = sum(1 for one in alerts if one.is_firing)
    count = f"{len(alerts)} {'alert was' if len(alerts) == 1 else 'alerts were'}"
    left = f"{still} still {'fires' if still == 1 else 'fire'} and {'is' if still == 1 else 'are'} told now"
    first = f"🔕 {count} kept quiet during {maintenance}; {left if still else 'none fires any more'}."
    names = " · ".join(
        f"{safe(one.said.title, 80)} ({one.id}){'' if one.is_firing else ' ✅'}" for one in alerts[:10]
    )
    return message(first, [section(first), context(names)])
