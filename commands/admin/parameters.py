"""What operators name: a group of the catalog, what it is in Slack, something that was set aside."""

import re
from dataclasses import dataclass

from model.groups.events import CATALOG, NOBODY, Source, slack_group
from model.groups.pins import wanted_of
from model.language.near import nearest, shown
from model.language.parameters import Parameter, ParseContext
from model.refusal import Refused


@dataclass(frozen=True)
class GroupNamed(Parameter):
    """A group of the catalog by its handle, with or without `@`."""

    label: str = "GROUP"
    hint: str = "a group of the catalog, such as operators"

    def read(self, word: str, setting: ParseContext) -> str:
        handle = word.removeprefix("@").casefold()
        handles = [one.handle for one in wanted_of(setting.catalog)]
        if handle not in handles:
            listed = ", ".join(nearest(handle, handles) or handles[:20])
            raise Refused(f"{shown(word)} is no group of the catalog.", f"Type its name: {listed}.")
        return handle


@dataclass(frozen=True)
class SourceNamed(Parameter):
    """What a group is: a Slack user group by its id, the catalog's list, or nobody."""

    label: str = "SOURCE"
    hint: str = "the Slack group's id, such as S012AB3CD, or `catalog`, or `nobody`"

    def read(self, word: str, setting: ParseContext) -> Source:
        if (known := {"catalog": CATALOG, "nobody": NOBODY}.get(word.casefold())) is not None:
            return known
        if not re.fullmatch(r"S[A-Z0-9]{2,20}", word):
            raise Refused(f"{shown(word)} is no id of a Slack group.", f"Type {self.hint}.")
        return slack_group(word)

    def write(self, value: Source) -> str:
        return value.typed


@dataclass(frozen=True)
class SetAsideNamed(Parameter):
    """What was set aside, by the name it was told with."""

    label: str = "NAME"
    hint: str = "as it was told, such as drain:op:OP-7"

    def read(self, word: str, setting: ParseContext) -> str:
        if not re.fullmatch(r"(drain|timer):[\w.:@/-]{1,190}", word):
            raise Refused(f"{shown(word)} is no name of something set aside.", f"Type it {self.hint}.")
        return word
