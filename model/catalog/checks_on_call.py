"""What is wrong with how an escalation matrix is to reach people."""

from collections.abc import Iterator

from model.catalog.found import Found
from model.catalog.problems import Diagnostic, did_you_mean
from model.catalog.schema import People
from model.catalog.system import System


def check_reach(found: Found, system: System, people: People) -> Iterator[Diagnostic]:
    """Names that no level has, groups and schedules that people.yaml does not have.

    Groups are held against `people` only if that names any; else they are Slack's alone.
    """
    for index, level in enumerate(system.escalation.levels if system.escalation else ()):
        for name, reach in level.reach.items():
            at = ("escalation", "levels", index, "reach", name)
            if name not in level.who:
                said = f"`{name}` is none of the level's `who`."
                yield found.problem(*at, what=said, suggestion=did_you_mean(name, level.who))
            for key, handle in (("group", reach.group), ("pager", reach.pager)):
                if handle and people.groups and handle not in people.groups:
                    said = f"there is no group `{handle}` in people.yaml."
                    near = did_you_mean(handle, people.groups)
                    yield found.problem(*at, key, what=said, suggestion=near)
            if reach.schedule and reach.schedule not in people.schedules:
                said = f"there is no schedule `{reach.schedule}` in people.yaml."
                near = did_you_mean(reach.schedule, people.schedules)
                yield found.problem(*at, "schedule", what=said, suggestion=near)
