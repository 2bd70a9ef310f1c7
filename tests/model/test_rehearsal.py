"""A version goes on only as the service on which it ran first allows."""

from pathlib import Path

import pytest

from backends.registry import target_types
from model.catalog_loader import load_catalog
from model.changes import Deploy, Restart
from model.health import Check, Health, Verdict
from model.rehearsal import first_of, smoke

CATALOG = load_catalog(Path(__file__).parents[2] / "examples" / "catalog", target_types())
API, STAGING = CATALOG.service("miyabi-api"), CATALOG.service("miyabi-api-staging")
assert API is not None
assert STAGING is not None


def test_only_a_deployment_asks_for_the_service_before_it():
    assert first_of(API, Deploy(version="15"), CATALOG) is STAGING
    assert first_of(API, Restart(), CATALOG) is None
    assert first_of(STAGING, Deploy(version="15"), CATALOG) is None


@pytest.mark.parametrize(
    ("verdict", "level", "words"),
    [
        (Verdict.OK, "note", "is ok now"),
        (Verdict.DEGRADED, "warn", "is degraded: errors are 7"),
        (Verdict.UNKNOWN, "warn", "is unknown: errors are 7"),
        (Verdict.DOWN, "stop", "is down: errors are 7"),
    ],
)
def test_its_verdict_says_whether_to_go_on(verdict: Verdict, level: str, words: str):
    seen = Health(
        service=STAGING.id,
        verdict=verdict,
        reason="" if verdict is Verdict.OK else "errors are 7",
        signs=(Check(name="errors", value="7", verdict=verdict),),
    )
    found = smoke(API, STAGING, seen)
    assert found.level == level
    assert words in found.text
    assert (verdict is Verdict.OK) or "/health miyabi-api-staging" in found.instead
