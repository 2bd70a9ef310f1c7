"""Alertmanager's webhook, version 4 (prometheus.io/docs/alerting/latest/configuration, `webhook_config`).

One request is one group: `groupKey`, what its alerts have in common, and each of them with its `status`.
It is sent again when the group changes and every `repeat_interval`, and after a failure (5xx).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from model.alerts.notice import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    AlertNotice,
    AlertRefused,
    labels_of,
    service_of,
    text_of,
    url_of,
)
from model.catalog.schema import Catalog

MOST_ALERTS = 500
"""Alerts of a group that are read; the others are counted."""

MOST_SAID = 3
"""Alerts of a group whose own text is told."""


def notices(body: object, catalog: Catalog) -> tuple[AlertNotice, ...]:
    """One notice for each service that the group's alerts are of. Raises AlertRefused."""
    if not isinstance(body, dict) or not isinstance(body.get("alerts"), list):  # pyright: ignore[reportUnknownMemberType]  # JSON
        raise AlertRefused("this is no webhook of Alertmanager: `alerts` is missing")
    group = cast(dict[str, Any], body)
    key = text_of(group.get("groupKey"), 1000)
    if not key:
        raise AlertRefused("this is no webhook of Alertmanager: `groupKey` is missing")
    alerts = [cast(dict[str, Any], one) for one in group["alerts"][:MOST_ALERTS] if isinstance(one, dict)]
    of_service: dict[str, list[dict[str, Any]]] = {}
    for one in alerts:
        service = service_of(catalog, labels_of(one.get("labels")))
        of_service.setdefault(service.id if service else "", []).append(one)
    return tuple(_notice(key, service, ours, group) for service, ours in of_service.items())


def _notice(
    key: str, service: str, alerts: Sequence[dict[str, Any]], group: Mapping[str, Any]
) -> AlertNotice:
    firing = [one for one in alerts if one.get("status") == "firing"]
    told = firing or alerts
    shared = _shared(labels_of(one.get("labels")) for one in told)
    names = list(dict.fromkeys(labels_of(one.get("labels")).get("alertname", "") for one in told))
    title = " and ".join([name for name in names if name][:3]) or key
    begun = [at for one in told if (at := _moment(one.get("startsAt")))]
    return AlertNotice(
        source="alertmanager",
        key=f"{key}|{service}",
        service=service,
        title=text_of(title, LONGEST_TITLE),
        text=_text(told),
        url=next((url for one in told if (url := url_of(one.get("generatorURL")))), "")
        or url_of(group.get("externalURL")),
        severity=shared.get("severity", ""),
        count=len(firing),
        labels=shared,
        since=min(begun, default=None),
    )


def _text(alerts: Sequence[dict[str, Any]]) -> str:
    """What the annotations say, each sentence once."""
    said: dict[str, None] = {}
    for one in alerts:
        notes = one.get("annotations")
        words = cast(dict[str, Any], notes) if isinstance(notes, dict) else {}
        text = text_of(words.get("summary") or words.get("description") or words.get("message"), 400)
        if text:
            said[text] = None
    more = f" … and {len(said) - MOST_SAID} more" if len(said) > MOST_SAID else ""
    return (" · ".join(list(said)[:MOST_SAID]) + more)[:LONGEST_TEXT]


def _shared(labels: Iterable[dict[str, str]]) -> dict[str, str]:
    """The labels that all have with the same value."""
    first, *others = [*labels] or [{}]
    return {name: value for name, value in first.items() if all(one.get(name) == value for one in others)}


def _moment(value: object) -> datetime | None:
    """RFC 3339 as Go writes it; year 1 is Go's word for never."""
    try:
        at = datetime.fromisoformat(str(value)[:40])
    except ValueError:
        return None
    return at if at.tzinfo is not None and at.year > 1 else None
