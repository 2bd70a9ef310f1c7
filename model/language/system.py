"""The argument that names a whole system."""

from dataclasses import dataclass

from model.catalog.system import System
from model.language.near import nearest, or_list, shown
from model.language.parameters import Parameter, ParseContext
from model.refusal import Refused


@dataclass(frozen=True)
class SystemNamed(Parameter):
    """A system of the catalog, by its id."""

    label: str = "SYSTEM"
    hint: str = "a system of the catalog"

    def read(self, word: str, setting: ParseContext) -> System:
        systems = setting.catalog.by_system
        if (found := systems.get(word.casefold())) is not None:
            return found
        if (service := setting.catalog.service(word)) is not None:
            raise Refused(f"{shown(word)} is a service, not a system.", f"Its system is {service.system}.")
        near = nearest(word, systems)
        said = f"Did you mean {or_list(near)}?" if near else f"Systems: {or_list(systems)}."
        raise Refused(f"There is no system {shown(word)}.", said)

    def write(self, value: System) -> str:
        return value.id
