"""`/oncall`: who is on call now, who is next, and until when."""

from dataclasses import dataclass
from typing import Annotated

from model.catalog.schema import Service
from model.catalog.system import System
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.near import nearest, or_list, shown
from model.language.parameters import ParseContext, ServiceOrSystem
from model.outcomes import RunQuery
from model.queries import OnCallQuery
from model.refusal import Refused


@dataclass(frozen=True)
class Team:
    """A group or schedule by its handle."""

    handle: str


@dataclass(frozen=True)
class ServiceOrTeam(ServiceOrSystem):
    """A service or system of the catalog, or else a group or schedule by its handle."""

    label: str = "SERVICE|TEAM"
    hint: str = "a service, a system, or the handle of a team or schedule"

    def read(self, word: str, setting: ParseContext) -> Service | System | Team:
        people = setting.catalog.people
        handle = word.removeprefix("@").casefold()
        teams = {*people.schedules, *people.groups}
        try:
            return super().read(word, setting)
        except Refused:
            if handle in teams:
                return Team(handle)
            near = self.near(word, setting)
            said = f"There is no service or team {shown(word)}."
            usual = sorted(people.schedules) or sorted(people.groups)
            raise Refused(said, f"Type {or_list(near or usual[:6])}.") from None

    def near(self, word: str, setting: ParseContext) -> tuple[str, ...]:
        catalog = setting.catalog
        known = {*catalog.people.schedules, *catalog.people.groups, *catalog.by_service, *catalog.by_system}
        return nearest(word.removeprefix("@"), sorted(known))

    def write(self, value: Service | System | Team) -> str:
        return value.handle if isinstance(value, Team) else value.id


@command(
    "oncall",
    "Who is on call now, who is next, and until when",
    Kind.LOOK,
    examples=("miyabi-api", "architect-oncall"),
    explains="Without a word it is this incident's service, or elsewhere every schedule of the catalog.",
    form=False,
)
def oncall(
    invocation: Invocation, of: Annotated[Service | System | Team | None, ServiceOrTeam()] = None
) -> RunQuery:
    """Of a service by its `on_call`; of a system those of all its services."""
    catalog = invocation.world.catalog
    if not catalog.services:
        raise Refused("The catalog has no services.")
    if isinstance(of, Service):
        return RunQuery(OnCallQuery(handles=(of.on_call,)), of)
    if isinstance(of, System):
        own = [one for one in catalog.services if one.system == of.id]
        handles = tuple(dict.fromkeys(one.on_call for one in own))
        return RunQuery(OnCallQuery(handles=handles, is_team=True), (own or list(catalog.services))[0])
    if isinstance(of, Team):
        served = [one for one in catalog.services if of.handle in (one.on_call, one.owners)]
        service = (served or list(catalog.services))[0]
        return RunQuery(OnCallQuery(handles=(of.handle,), is_team=True), service)
    used = [one.on_call for one in catalog.services]
    handles = tuple(dict.fromkeys([*catalog.people.schedules, *used]))
    return RunQuery(OnCallQuery(handles=handles, is_team=True), catalog.services[0])
