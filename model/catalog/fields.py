"""What the parts of a catalog are made of: durations, times, and facts with their source."""

import re
from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    WithJsonSchema,
)

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _read_duration(value: object) -> object:
    """`90s`, `15m`, `2h`, `7d` as a timedelta; anything else is left to pydantic (ISO 8601)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError("a duration needs its unit: 15m, 2h, 48h")
    said = re.fullmatch(r"(\d{1,6})([smhd])", value) if isinstance(value, str) else None
    return timedelta(**{_UNITS[said[2]]: int(said[1])}) if said else value


def _read_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, OSError, ValueError) as unknown:
        raise ValueError(
            f"there is no time zone {name!r}; use UTC or a name such as Europe/Madrid"
        ) from unknown


Duration = Annotated[
    timedelta,
    BeforeValidator(_read_duration),
    Field(ge=timedelta(0)),
    WithJsonSchema(
        {"type": "string", "pattern": r"^\d{1,6}[smhd]$", "examples": ["90s", "15m", "2h", "7d"]},
        mode="validation",
    ),
]
"""A length of time, written `90s`, `15m`, `2h` or `7d`."""

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["03:00", "23:30"])]
"""A time of day, written `03:00`."""

Zone = Annotated[str, AfterValidator(_read_zone)]
"""An IANA time zone."""


class CatalogModel(BaseModel):
    """Base of catalog parts: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def hints(default: str = "", unit: str = "") -> dict[str, JsonValue]:
    """What `docs/catalog.md` and editors say of a key beside its description.

    default: what holds where the key is not written, if that is no plain value. unit: of a number.
    """
    said: dict[str, JsonValue] = {"x-default": default, "x-unit": unit}
    return {name: value for name, value in said.items() if value}


def its_id(known: dict[str, Any]) -> str:
    """The id, for whoever has no other name; empty where the id itself was refused."""
    return str(known.get("id", ""))


class Sourced(CatalogModel):
    """A part that states facts; `source` cites the runbook and its section or lines."""

    source: str = Field(
        default="the catalog",
        description="where the fact is from, such as a runbook and its section; refusals cite it",
    )
