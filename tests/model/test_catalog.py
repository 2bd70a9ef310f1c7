"""The example catalog states what the five runbooks state, and says so where they are silent."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backends.aws_lambda import LambdaTarget
from backends.registry import target_types
from backends.serverless import ServerlessTarget
from model.catalog.calendar import in_window, is_frozen
from model.catalog.schema import Catalog
from model.catalog_loader import load_catalog

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalog"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(EXAMPLES, target_types())


def clocks(catalog: Catalog, system: str) -> dict[str, timedelta | None]:
    levels = catalog.by_system[system].severities.levels
    return {level.id: level.respond_within for level in levels}


def minutes(n: int) -> timedelta:
    return timedelta(minutes=n)


def test_the_five_systems_of_the_runbooks_are_there(catalog: Catalog) -> None:
    assert {system.id for system in catalog.systems} == {
        "miyabi-web",
        "miyabi-infra",
        "usage-metrics",
        "architect",
        "brutal-patches",
    }


def test_a_service_is_found_by_its_alias_in_any_case(catalog: Catalog) -> None:
    found = catalog.service("Architect")
    assert found is not None
    assert found.id == "architect-api"


def test_response_times_are_those_of_each_runbook(catalog: Catalog) -> None:
    assert clocks(catalog, "miyabi-web") == {
        "SEV1": minutes(15),
        "SEV2": minutes(30),
        "SEV3": minutes(120),
        "SEV4": minutes(24 * 60),
    }
    assert clocks(catalog, "architect") == {
        "P1": minutes(5),
        "P2": minutes(15),
        "P3": minutes(60),
        "P4": None,
    }
    assert clocks(catalog, "usage-metrics") == {
        "Critical": minutes(0),
        "High": minutes(15),
        "Medium": minutes(60),
        "Low": None,
    }


@pytest.mark.parametrize(
    ("system", "lender"), [("miyabi-infra", "miyabi-web"), ("brutal-patches", "architect")]
)
def test_a_silent_runbook_borrows_names_of_severities_and_never_clocks(
    catalog: Catalog, system: str, lender: str
) -> None:
    scheme = catalog.by_system[system].severities
    assert not scheme.defined
    assert scheme.borrowed_from == lender
    assert [level.id for level in scheme.levels] == list(clocks(catalog, lender))
    assert {level.respond_within for level in scheme.levels} == {None}


def test_the_escalation_of_architect_goes_from_on_call_to_the_outage(catalog: Catalog) -> None:
    escalation = catalog.by_system["architect"].escalation
    assert escalation is not None
    assert [(level.after, level.only, level.until) for level in escalation.levels] == [
        (None, (), "acknowledged"),
        (minutes(0), ("P1", "P2"), "acknowledged"),
        (minutes(5), ("P3", "P4"), "acknowledged"),
        (minutes(15), (), "resolved"),
        (minutes(30), ("P1",), "resolved"),
    ]


def test_templates_have_the_runbooks_own_lines(catalog: Catalog) -> None:
    architect, miyabi = (catalog.by_system[id].template for id in ("architect", "miyabi-web"))
    assert architect is not None and miyabi is not None
    for line in ("🚨 INCIDENT ALERT 🚨", "ETA Resolution: ", "Latest Update (", "Follow updates: "):
        assert line in architect.text
    for line in ("Subject: [", "Status: ", "Impact:", "Timeline:", "Current Actions:", "Next Update: "):
        assert line in miyabi.text
    assert architect.statuses == ("INVESTIGATING", "IDENTIFIED", "RESOLVED")


def test_a_borrowed_template_says_so(catalog: Catalog) -> None:
    for id in ("miyabi-infra", "usage-metrics", "brutal-patches"):
        template = catalog.by_system[id].template
        assert template is not None
        assert "borrowed from miyabi-web-api.md" in template.source


def test_limits_are_the_runbooks_or_say_that_they_are_the_teams(catalog: Catalog) -> None:
    limits = {service.id: service.limits for service in catalog.services if service.limits}
    dev, architect = limits["miyabi-dev"], limits["architect-api"]
    assert (dev.hard_max, dev.soft_min, dev.soft_max, dev.normal) == (10, 2, 4, 2)
    assert architect.hard_max == 20
    assert "team default" in limits["delivery-standard"].source


def test_a_lambda_of_the_serverless_framework_has_no_alias(catalog: Catalog) -> None:
    service = catalog.service("brutal-patches-api")
    assert service is not None
    assert isinstance(service.target, ServerlessTarget)
    assert [part.alias for part in service.also if isinstance(part, LambdaTarget)] == [None]


def test_production_deploys_after_staging_and_knows_where_that_is(catalog: Catalog) -> None:
    service, staging = catalog.service("miyabi-api"), catalog.service("miyabi-api-staging")
    assert service is not None and staging is not None
    assert (service.deploys_after, service.rehearsal) == (staging.id, staging.target)
    assert staging.rehearsal is None


def test_the_freeze_of_usage_metrics_is_the_last_week_of_the_quarter(catalog: Catalog) -> None:
    system = catalog.by_system["usage-metrics"]
    freeze = is_frozen(system, datetime(2026, 3, 25, tzinfo=UTC))
    assert freeze is not None
    assert freeze.says == "Change freeze in the last week of each quarter"
    assert is_frozen(system, datetime(2026, 3, 24, 23, 59, tzinfo=UTC)) is None


def test_maintenance_windows_are_on_sundays(catalog: Catalog) -> None:
    sunday = datetime(2026, 3, 1, tzinfo=UTC)
    inside = {
        system.id: [hour for hour in range(24) if in_window(system, sunday.replace(hour=hour))]
        for system in catalog.systems
    }
    assert inside == {
        "miyabi-web": [3, 4],
        "miyabi-infra": [],
        "usage-metrics": [2, 3, 4, 5],
        "architect": [],
        "brutal-patches": [2],
    }


def test_every_group_that_owns_or_is_on_call_is_named_in_people(catalog: Catalog) -> None:
    used = {handle for service in catalog.services for handle in (service.owners, service.on_call)}
    assert used <= set(catalog.people.groups)
    assert set(catalog.people.roles.values()) == {"engineers", "operators", "incident-commanders"}


def test_every_part_cites_where_its_facts_come_from(catalog: Catalog) -> None:
    for system in catalog.systems:
        parts = (system, system.severities, system.template, system.escalation, *system.windows)
        assert all(part.source for part in parts if part is not None)
    for service in catalog.services:
        parts = (service, service.limits, service.thresholds, *service.health)
        assert all(part.source for part in parts if part is not None)
