"""The base of everything that is kept in the journal."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Immutable JSON; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
