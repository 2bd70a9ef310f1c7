"""`muster check` tells the runbooks' traps that a catalog repeats, with file and line."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.prometheus.target import PromMetric
from backends.prometheus.traps import traps_of
from bot.cli.check import check
from bot.settings import Settings
from model.runbooks.traps import traps_in

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalog"


def metric(query: str) -> PromMetric:
    return PromMetric(name="one", title="One", unit="count", query=query, source="a test")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ('rate(http_requests_total{status=~"5.."}[5m]) by (status)', "is not PromQL"),
        ('topk(10,rate(http_requests_total{status=~"5.."}[5m])) by (endpoint)', "ranks inside each"),
        ("topk by (endpoint) (10, rate(http_requests_total[5m]))", "ranks inside each"),
        ("histogram_quantile(0.99, http_request_duration_seconds)", "needs the rate"),
    ],
)
def test_queries_of_the_runbook_that_are_wrong_are_told(query: str, said: str):
    (trap,) = traps_of(metric(query))
    assert said in trap.what
    assert trap.suggestion


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            "aws ec2 authorize-security-group-ingress --group-id $SG_ID --port 443 --cidr 0.0.0.0/0",
            "whole world",
        ),
        ("aws secretsmanager get-secret-value --secret-id miyabi/dev/jwt-secret", "prints a secret"),
        (
            "aws lambda get-function-configuration --query 'Environment.Variables.JWT_SECRET'",
            "prints a secret",
        ),
        (
            'aws lambda update-function-configuration \\\n --function-name f \\\n --environment "A=b"',
            "replaces all variables",
        ),
        ("kubectl delete deployment architect-api -n architect-production", "rolled back to"),
        ("redis-cli FLUSHDB", "empties or stalls"),
        ("psql $DATABASE_URL < backup.sql", "over the data"),
    ],
)
def test_steps_of_the_runbooks_that_do_harm_are_told(step: str, said: str):
    assert said in " ".join(trap.what for trap in traps_in(step))


@given(st.text(max_size=200))
def test_any_text_may_be_looked_at(text: str):
    traps_in(text)
    traps_of(metric(text))


async def test_check_tells_file_and_line_and_the_shipped_catalog_has_none(tmp_path: Path):
    well = [str(one) for one in await check(Settings(catalog=EXAMPLES), offline=True)]
    assert not [one for one in well if one.startswith("MEND")]
    shutil.copytree(EXAMPLES, tmp_path / "catalog")
    file = tmp_path / "catalog" / "architect.yaml"
    wrong = "sum(rate(http_requests_total[1m])) by by (x)"
    file.write_text(file.read_text().replace("'sum(rate(http_requests_total[1m]))'", f"'{wrong}'"))
    line = next(n for n, one in enumerate(file.read_text().splitlines(), 1) if wrong in one)
    found = [str(one) for one in await check(Settings(catalog=tmp_path / "catalog"), offline=True)]
    assert any(f"architect.yaml:{line}: `requests` is not PromQL" in one for one in found)
