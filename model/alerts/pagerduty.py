"""PagerDuty's webhooks, version 3 (developer.pagerduty.com/docs/webhooks): one request is one event.

Signed with the subscription's secret: `X-PagerDuty-Signature` has `v1=` and the hex HMAC-SHA256 of the raw
body, several with commas between while a secret is exchanged.
"""

import hashlib
import hmac
import re
from typing import Any, cast

from model.alerts.notice import LONGEST_TITLE, AlertNotice, AlertRefused, service_of, text_of, url_of
from model.catalog.schema import Catalog

_OURS = re.compile(r"(INC-\d{1,9})(:[^\s]{1,200})?")
"""The key that Muster gives its own pages: of the incident's, and of a team's."""

_STATES = {"triggered": 1, "acknowledged": 1, "resolved": 0}


def is_signed(secret: str, body: bytes, header: str) -> bool:
    """Whether one of the signatures is of this secret."""
    wanted = f"v1={hmac.digest(secret.encode(), body, hashlib.sha256).hex()}".encode()
    given = header[:2000].split(",")
    found = [hmac.compare_digest(wanted, one.strip().encode(errors="replace")) for one in given]
    return bool(secret) and any(found)


def page_of(body: object) -> str:
    """The incident of Muster's whose page it is about, `INC-7`; empty for all else. Raises AlertRefused."""
    found = _OURS.fullmatch(text_of(_incident(body).get("incident_key"), 255))
    return found[1] if found else ""


def notices(body: object, catalog: Catalog) -> tuple[AlertNotice, ...]:
    """One notice for an incident that was opened or ended; none for other events. Raises AlertRefused."""
    said = _incident(body)
    count = _STATES.get(text_of(said.get("status"), 40))
    if said.get("type") != "incident" or count is None:
        return ()
    id = text_of(said.get("id"), 80)
    if not id:
        raise AlertRefused("the incident has no `id`")
    of = said.get("service")
    named = cast(dict[str, Any], of) if isinstance(of, dict) else {}
    labels = {
        "service": text_of(named.get("summary"), 200),
        "pagerduty_service": text_of(named.get("id"), 80),
    }
    service = service_of(catalog, labels)
    return (
        AlertNotice(
            source="pagerduty",
            key=id,
            service=service.id if service else "",
            title=text_of(said.get("title"), LONGEST_TITLE) or id,
            url=url_of(said.get("html_url")),
            severity=text_of(said.get("urgency"), 40),
            count=count,
            labels=labels,
        ),
    )


def _incident(body: object) -> dict[str, Any]:
    """`event.data`. Raises AlertRefused."""
    event = cast(dict[str, Any], body).get("event") if isinstance(body, dict) else None
    data = cast(dict[str, Any], event).get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict):
        raise AlertRefused("this is no webhook of PagerDuty, version 3: `event.data` is missing")
    return cast(dict[str, Any], data)
