"""Tools that post their alerts to Muster as JSON of their own: where in it each fact stands."""

from typing import Annotated

from pydantic import Field

from model.catalog.fields import CatalogModel, hints

JsonPath = Annotated[str, Field(pattern=r"^[^.\s]{1,80}(\.[^.\s]{1,80}){0,7}$", max_length=300)]
"""Keys of objects and numbers of list items from the outside in, with dots: `alert.tags.0.value`."""


class AlertMapping(CatalogModel):
    """One tool: what it posts to `/alerts/generic/NAME` is read by these paths."""

    each: JsonPath | None = Field(
        default=None,
        description="path of the list of alerts; the other paths begin in each of them",
        json_schema_extra=hints(default="the whole of what is posted is one alert"),
    )
    key: JsonPath = Field(description="path of what stays the same while it is the same alert")
    title: JsonPath = Field(description="path of what is wrong, in a few words")
    state: JsonPath = Field(description="path of the word for whether it fires")
    resolved: tuple[str, ...] = Field(
        default=("resolved", "ok", "closed", "recovered"),
        description="values of `state` that say that it is over; case is ignored, all others fire",
    )
    text: JsonPath | None = Field(default=None, description="path of a sentence more")
    url: JsonPath | None = Field(default=None, description="path of its address in the tool")
    severity: JsonPath | None = Field(default=None, description="path of how bad the tool says it is")
    service: JsonPath | None = Field(default=None, description="path of the service's id or alias")
    labels: JsonPath | None = Field(
        default=None,
        description="path of an object of labels, which the `alerts` of services are held against",
    )
