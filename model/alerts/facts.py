"""What is known of an alert, whoever says it."""

from pydantic import AwareDatetime, Field

from model.value import Value


class AlertFacts(Value):
    """source: the tool. service: its id in the catalog, empty where none fits.

    since: when it began, by the tool's clock; None where it does not say.
    """

    source: str
    service: str = ""
    title: str
    text: str = ""
    url: str = ""
    severity: str = ""
    labels: dict[str, str] = Field(default={})
    since: AwareDatetime | None = None
