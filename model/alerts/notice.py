"""What a monitoring tool says of one alert, or of one group of them, whatever tool it is."""

import hashlib
from collections.abc import Mapping
from typing import Self, cast

from pydantic import Field

from model.alerts.facts import AlertFacts
from model.catalog.schema import Catalog, Service
from model.redaction import redact

LONGEST_TITLE, LONGEST_TEXT, LONGEST_URL = 200, 1500, 1000
"""Characters that are kept."""

MOST_LABELS, LONGEST_LABEL = 20, 200
SERVICE_LABELS = ("service", "service_name", "app", "job")
"""Labels whose value may be a service of the catalog, where the catalog's `alerts` says nothing."""


class AlertRefused(ValueError):
    """What came in is nothing that this door understands; says what was expected."""


class AlertNotice(AlertFacts):
    """key: the tool's own, of the alert or group; a later notice of it has the same.

    count: alerts that fire now, 0 where none does.
    """

    key: str
    count: int = Field(default=1, ge=0)

    @property
    def is_firing(self) -> bool:
        """Whether any of it fires."""
        return self.count > 0

    @property
    def clean(self) -> Self:
        """Without what looks like a secret; an address that holds one is no link any more."""
        labels = {redact(name): redact(value) for name, value in self.labels.items()}
        said = {name: redact(getattr(self, name)) for name in ("title", "text", "severity")}
        url = self.url if redact(self.url) == self.url else ""
        return self.model_copy(update={**said, "url": url, "labels": labels})

    @property
    def digest(self) -> str:
        """The key as it is kept: short, and without what people wrote into it."""
        return hashlib.sha256(f"{self.source}\n{self.key}".encode()).hexdigest()[:24]


def service_of(catalog: Catalog, labels: Mapping[str, str]) -> Service | None:
    """Whose alert it is: of the service whose `alerts` it fits, the most labels first, else the one named."""
    fitting = [
        (len(wanted), service)
        for service in catalog.services
        for wanted in service.alerts
        if wanted and all(labels.get(name) == value for name, value in wanted.items())
    ]
    if fitting:
        return max(fitting, key=lambda one: one[0])[1]
    named = (catalog.service(labels[name]) for name in SERVICE_LABELS if labels.get(name))
    return next((one for one in named if one is not None), None)


def text_of(value: object, longest: int) -> str:
    """A word of somebody else's as one line of bounded length; empty for what is no text or number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return " ".join(str(value)[: 4 * longest].split())[:longest]


def url_of(value: object) -> str:
    """A web address, or nothing: other schemes are no links."""
    text = text_of(value, LONGEST_URL)
    is_link = text.startswith(("https://", "http://")) and not any(one in text for one in " <>|\"'")
    return text if is_link else ""


def labels_of(value: object) -> dict[str, str]:
    """The first labels, each of bounded length."""
    if not isinstance(value, dict):
        return {}
    pairs = list(cast(dict[str, object], value).items())[:MOST_LABELS]
    return {text_of(name, 80): text_of(one, LONGEST_LABEL) for name, one in pairs}
