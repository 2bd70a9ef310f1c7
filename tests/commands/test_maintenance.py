"""`/maintenance` finds the maintenance that is meant, and asks where several may be."""

from dataclasses import replace

import pytest

from model.context import Invocation, RequestContext
from model.language.parse import parse
from model.maintenance.state import Maintenance, Phase
from model.outcomes import Outcome, UpdateMaintenance
from model.refusal import Refused
from model.subject import find_subject
from tests.commands.builders import NOW, REGISTRY, SETTING
from tests.model.incidents.builders import ANA, CATALOG


def planned(id: str, service: str = "miyabi-api", **more: object) -> Maintenance:
    at = NOW.replace(minute=0)
    found = Maintenance(
        id=id,
        service=service,
        service_name=service,
        system="miyabi-web",
        start=at,
        end=at.replace(hour=23),
        notice=at - at,
        scheduled_by=ANA,
        scheduled_at=at,
    )
    return found.model_copy(update=more)


def decided(line: str, *maintenances: Maintenance) -> Outcome:
    world = RequestContext(NOW, CATALOG, REGISTRY, "C0OPS", new_id="MNT-9")
    still = tuple(one for one in maintenances if one.is_open)
    world = replace(world, maintenances={one.id: one for one in maintenances}, planned=still)
    command, text = REGISTRY.find(line)
    request = parse(command, text, SETTING)
    return command.decide(
        Invocation(ANA, request, find_subject(request, world), world.context, SETTING), **request.values
    )


def test_the_only_one_that_is_planned_is_meant() -> None:
    outcome = decided("/maintenance start", planned("MNT-1"), planned("MNT-2", phase=Phase.DONE))
    assert isinstance(outcome, UpdateMaintenance)
    assert outcome.id == "MNT-1"


def test_of_several_none_is_picked() -> None:
    with pytest.raises(Refused, match=r"MNT-1 \(miyabi-api\), MNT-2 \(architect-api\)"):
        decided("/maintenance start", planned("MNT-1"), planned("MNT-2", "architect-api"))


def test_where_none_is_planned_it_says_how_to_plan_one() -> None:
    with pytest.raises(Refused) as refused:
        decided("/maintenance done")
    assert "/maintenance schedule" in refused.value.instead


def test_one_that_there_is_not_is_refused() -> None:
    with pytest.raises(Refused, match="There is no maintenance MNT-7"):
        decided("/maintenance cancel MNT-7", planned("MNT-1"))


def test_a_reason_alone_is_how_it_went() -> None:
    outcome = decided("/maintenance done because it was quick", planned("MNT-1", phase=Phase.RUNNING))
    assert isinstance(outcome, UpdateMaintenance)
    assert outcome.events[0].model_dump()["text"] == "it was quick"


@pytest.mark.parametrize(
    "start", ["sunday 23:30", "sunday-23:30", "sun@23.30", '"sunday 23:30"', "2026-11-22 23:30Z"]
)
def test_a_start_of_two_words_is_one_time(start: str) -> None:
    outcome = decided(f"/maintenance schedule miyabi-api {start} 30m Night shift")
    assert isinstance(outcome, UpdateMaintenance)
    said = outcome.events[0].model_dump()
    assert f"{said['start']:%Y-%m-%d %H:%M}" == "2026-11-22 23:30"
    assert said["text"] == "Night shift"
