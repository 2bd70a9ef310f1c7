"""Runbooks: every line they run is one that people could type, and each step remembers who took it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import commands
from backends.registry import target_types
from model.catalog.schema import RunbookStep
from model.catalog_loader import CatalogErrors, load_catalog
from model.context import Invocation, RequestContext
from model.events import Actor, RecordedEvent
from model.language.parameters import ParseContext
from model.language.parse import parse
from model.outcomes import RunQuery
from model.people import Person
from model.queries import LogsQuery, MetricsQuery
from model.refusal import Refused
from model.runbooks.events import Opened, RunbookRunEvent, Stepped, to_event
from model.runbooks.lines import filled, line_of
from model.runbooks.state import RunbookRun, fold
from model.subject import find_subject

EXAMPLES = Path(__file__).parents[3] / "examples" / "catalog"
REGISTRY = commands.registry()
CATALOG = load_catalog(EXAMPLES, target_types(), REGISTRY)
NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
STEPS = (
    RunbookStep(says="How it is.", run="health architect-api"),
    RunbookStep(says="Restart.", run="restart architect-api"),
    RunbookStep.model_validate(
        {
            "says": "Back to a version.",
            "run": "rollback architect-api VERSION because it was well then",
            "asks": [{"name": "VERSION", "hint": "one that /history lists", "example": "7"}],
        }
    ),
    RunbookStep(says="Look at the nodes.", shell="kubectl describe nodes"),
    RunbookStep(says="Ask the vendor."),
)


def guide(*then: tuple[str, RunbookRunEvent]) -> RunbookRun:
    opened = Opened(
        id="RB-1",
        service="architect-api",
        runbook="trouble",
        title="Trouble",
        source="a test",
        steps=STEPS,
        channel="C0OPS",
    )
    happened = [("U0BEN", opened), *then]
    found = fold(
        RecordedEvent(
            stream="guide:RB-1",
            version=version,
            at=NOW,
            who=Actor(team="T0MUSTER", user=user, via="button"),
            type=event.type,
            data=to_event(event).data,
        )
        for version, (user, event) in enumerate(happened, 1)
    )
    assert found is not None
    return found


def test_each_step_remembers_who_took_it_last_and_what_came_of_it() -> None:
    walked = guide(
        ("U0BEN", Stepped(step=1)), ("U0CHI", Stepped(step=2, made="OP-1")), ("U0CHI", Stepped(step=1))
    )
    taken = walked.last_taken(1)
    assert taken is not None
    assert taken.who == Person(team="T0MUSTER", user="U0CHI")
    assert [one.made for one in walked.taken] == ["", "OP-1", ""]
    assert walked.next_step == 3
    assert walked.last_taken(4) is None
    assert walked.version == 4


def test_a_change_says_which_step_it_belongs_to_and_keeps_a_reason_of_its_own() -> None:
    assert line_of(guide(), 1, REGISTRY) == "health architect-api"
    assert line_of(guide(), 2, REGISTRY) == "restart architect-api because step 2 of runbook trouble"
    line = line_of(guide(), 3, REGISTRY, {"VERSION": "7"})
    assert line == "rollback architect-api 7 because it was well then"


@pytest.mark.parametrize("value", ["", "7 because x", '"7', "a\nb", "x" * 201])
def test_what_is_filled_in_is_one_plain_word(value: str) -> None:
    with pytest.raises(Refused, match="does not do for VERSION"):
        line_of(guide(), 3, REGISTRY, {"VERSION": value})


@pytest.mark.parametrize("number", [4, 5])
def test_a_step_to_copy_or_to_read_runs_nothing(number: int) -> None:
    with pytest.raises(Refused, match="runs nothing"):
        line_of(guide(), number, REGISTRY)


@pytest.mark.parametrize("number", [0, 6])
def test_there_are_only_the_steps_there_are(number: int) -> None:
    with pytest.raises(Refused, match="has no step"):
        guide().step(number)


def test_a_guide_begins_with_its_opening() -> None:
    step = to_event(Stepped(step=1))
    who = Actor(team="T0MUSTER", user="U0BEN", via="button")
    record = RecordedEvent(stream="guide:RB-1", version=1, at=NOW, who=who, type=step.type, data=step.data)
    with pytest.raises(ValueError, match="does not begin"):
        fold([record])


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("run: restart architect-api", "run: restrat architect-api", "There is no command `/restrat`"),
        ("run: restart architect-api", "run: restart architct-api", "There is no service `architct-api`"),
        ("run: restart architect-api", "run: approve OP-1", "a press on a plan is a person's own"),
        ("run: restart architect-api", "run: scale architect-api lots", "is not a count"),
        ("run: restart architect-api", "run: health", "is missing"),
        ("run: restart architect-api", "run: restart architect-api, shell: ls", "stands beside `run`"),
        ("severity: P1", "severity: SEV1", "there is no severity `SEV1`"),
        ("- id: error-rate", "- id: api-down", "`api-down` stands twice"),
    ],
)
def test_a_step_that_nobody_could_type_is_told_with_file_and_line(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    for file in [*EXAMPLES.glob("*.yaml"), *(EXAMPLES / "templates").glob("*")]:
        copy = tmp_path / file.relative_to(EXAMPLES)
        copy.parent.mkdir(exist_ok=True)
        text = file.read_text(encoding="utf-8")
        copy.write_text(
            text.replace(right, wrong, 1) if file.name == "architect.yaml" else text, encoding="utf-8"
        )
    with pytest.raises(CatalogErrors) as raised:
        load_catalog(tmp_path, target_types(), REGISTRY)
    assert [one.file for one in raised.value.problems] == ["architect.yaml"]
    problem = raised.value.problems[0]
    assert said in str(problem)
    assert problem.line > 60


OF_PODS = ("cpu", "memory")
"""What Kubernetes itself measures; no catalog lists it."""
ALL = [(service, runbook) for service in CATALOG.services for runbook in service.runbooks]


def test_every_system_has_its_runbooks() -> None:
    assert {(service.id, runbook.id) for service, runbook in ALL} >= {
        ("architect-api", name)
        for name in (
            "api-down",
            "error-rate",
            "latency",
            "data-loss",
            "ddos",
            "pods-not-starting",
            "memory-leak",
            "high-cpu",
            "failover",
        )
    } | {("miyabi-api", name) for name in ("latency", "database-errors", "auth-failures")} | {
        ("miyabi-dev", name) for name in ("outage", "oom", "connection-exhaustion", "ddos", "shell")
    } | {
        ("delivery-standard", name) for name in ("error-rate", "latency", "unhealthy-hosts", "no-traffic")
    } | {("brutal-patches-api", name) for name in ("slow", "auth", "database", "memory")}


@pytest.mark.parametrize(("service", "runbook"), ALL, ids=lambda one: one.id)
def test_every_step_says_what_it_is_for_and_cites_its_source(service: Any, runbook: Any) -> None:
    assert ".md" in runbook.source
    assert all(step.says and len(step.says) <= 200 for step in runbook.steps)


def looks() -> list[tuple[str, RunQuery]]:
    """What the steps look at, with the line that asks for it."""
    found: list[tuple[str, RunQuery]] = []
    for service, runbook in ALL:
        for step in runbook.steps:
            if not step.run:
                continue
            line = filled(step, {asked.name: asked.example for asked in step.asks})
            command, text = REGISTRY.find(line)
            setting = ParseContext(CATALOG, "T0MUSTER", severities=("P1",))
            request = parse(command, text, setting)
            world = RequestContext(NOW, CATALOG, REGISTRY, "C0OPS", new_id="X-1")
            outcome = command.decide(
                Invocation(
                    Person(team="T0MUSTER", user="U0BEN"),
                    request,
                    find_subject(request, world),
                    world.context,
                    setting,
                ),
                **request.values,
            )
            if isinstance(outcome, RunQuery):
                found.append((f"{service.id}/{runbook.id}: {line}", outcome))
    return found


def test_steps_ask_only_for_queries_that_the_catalog_has() -> None:
    wrong = []
    for line, look in looks():
        if isinstance(look.question, LogsQuery) and look.question.name:
            queries = [name for part in look.service.parts for name in getattr(part.target, "queries", {})]
            if look.question.name not in queries:
                wrong.append((line, queries))
    assert wrong == []


def test_steps_ask_only_for_metrics_that_the_catalog_has() -> None:
    wrong = []
    for line, look in looks():
        if isinstance(look.question, MetricsQuery) and look.question.name:
            listed = [one.name for part in look.service.parts for one in getattr(part.target, "metrics", ())]
            if listed and look.question.name not in {*listed, *OF_PODS}:
                wrong.append((line, listed))
    assert wrong == []
