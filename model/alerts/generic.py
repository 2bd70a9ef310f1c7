"""Any tool that posts JSON: where what stands is said by the catalog (`alert_sources` of a system)."""

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
from model.catalog.alerts import AlertMapping
from model.catalog.schema import Catalog

MOST = 200
"""Alerts of one request; a tool that sends more sends them in several."""


def notices(body: object, name: str, mapping: AlertMapping, catalog: Catalog) -> tuple[AlertNotice, ...]:
    """One notice for each alert. name: the tool's, as the catalog has it. Raises AlertRefused."""
    if mapping.each is None:
        return (_notice(body, name, mapping, catalog),)
    alerts = _at(body, mapping.each)
    if not isinstance(alerts, list):
        raise AlertRefused(f"there is no list at `{mapping.each}` (`each` of {name})")
    found = cast(list[object], alerts)
    if len(found) > MOST:
        raise AlertRefused(f"{len(found)} alerts in one request; at most {MOST} are read")
    return tuple(_notice(one, name, mapping, catalog) for one in found)


def _notice(alert: object, name: str, mapping: AlertMapping, catalog: Catalog) -> AlertNotice:
    facts: dict[str, str] = {}
    for field, path, longest in (
        ("key", mapping.key, 500),
        ("title", mapping.title, LONGEST_TITLE),
        ("state", mapping.state, 80),
    ):
        facts[field] = text_of(_at(alert, path), longest)
        if not facts[field]:
            raise AlertRefused(f"there is no text at `{path}` (`{field}` of {name})")
    labels = labels_of(_at(alert, mapping.labels))
    named = text_of(_at(alert, mapping.service), 80)
    service = (catalog.service(named) if named else None) or service_of(catalog, labels)
    is_over = facts["state"].casefold() in {one.casefold() for one in mapping.resolved}
    return AlertNotice(
        source=name,
        key=facts["key"],
        service=service.id if service else "",
        title=facts["title"],
        text=text_of(_at(alert, mapping.text), LONGEST_TEXT),
        url=url_of(_at(alert, mapping.url)),
        severity=text_of(_at(alert, mapping.severity), 40),
        count=0 if is_over else 1,
        labels=labels,
    )


def _at(body: object, path: str | None) -> object:
    """What stands there; None where nothing does."""
    if path is None:
        return None
    found: Any = body
    for step in path.split("."):
        if isinstance(found, dict):
            found = cast(dict[str, Any], found).get(step)
        elif isinstance(found, list) and step.isdigit() and len(step) < 6:
            items = cast(list[Any], found)
            found = items[int(step)] if int(step) < len(items) else None
        else:
            return None
    return found
