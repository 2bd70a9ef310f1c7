"""What can happen to the trust in a group; all of it is kept in the stream `admin:groups`."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from model.value import Value
from model.vocabulary import Vocabulary

STREAM = "admin:groups"
"""Holds what each group was trusted to be, by whom."""


class Source(Value):
    """Where a group's members come from: a Slack user group by its id, the catalog's list, or nowhere."""

    kind: Literal["slack", "catalog", "nobody"]
    id: str = ""

    @property
    def typed(self) -> str:
        """As it is typed, and shown: the group's id, `catalog` or `nobody`."""
        return self.id if self.kind == "slack" else self.kind


NOBODY = Source(kind="nobody")
CATALOG = Source(kind="catalog")


def slack_group(id: str) -> Source:
    """The Slack user group of that id (`usergroups.list`)."""
    return Source(kind="slack", id=id)


class Pinned(Value):
    """The group was seen for the first time, or the catalog's authors said what it is."""

    type: Literal["group.pinned"] = "group.pinned"
    handle: str
    source: Source


class Trusted(Value):
    """An operator said that the group is this from now on."""

    type: Literal["group.trusted"] = "group.trusted"
    handle: str
    source: Source


GroupEvent = Annotated[Pinned | Trusted, Field(discriminator="type")]

VOCABULARY: Vocabulary[GroupEvent] = Vocabulary(TypeAdapter(GroupEvent))
to_event, from_recorded = VOCABULARY.to_event, VOCABULARY.from_recorded
