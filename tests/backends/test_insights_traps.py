"""Queries of the catalog that Logs Insights refuses, or that find less than they seem to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.cloudwatch_logs.traps import traps_of


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "fields @timestamp, @message\n| filter @message like /error/\n| stats count() by path",
            "small letters",
        ),
        ("fields @timestamp | where @message like /ERROR/", "`where` is no command"),
        ("fields @timestamp | filter @message like /ERROR", "never closed"),
        ('fields @timestamp | filter path = "/api', "never closed"),
        ("fields @timestamp || limit 5", "a command is missing"),
        ("fields @timestamp | limit 20000", "1 to 10,000"),
        ("fields @timestamp | limit many", "1 to 10,000"),
        ("stats by path", "counts nothing"),
        ("stats count() as calls by path | sort @timestamp desc", "no @timestamp to sort by"),
    ],
)
def test_what_is_wrong_with_a_query_is_told(query: str, said: str):
    (trap,) = traps_of("errors", query)
    assert trap.what.startswith("`errors`: ")
    assert said in trap.what
    assert trap.suggestion


@pytest.mark.parametrize(
    "query",
    [
        "filter @message like /ERROR|a \\/ b/ # a | comment\n| sort @timestamp desc | limit 50",
        'filter path = "/a|b" and @duration > 5 | stats max(@used / 1000) as a, max(@size / 1000) as b',
        "stats count() as calls, pct(@duration, 95) as p95 by bin(5m) | sort bin(5m) desc",
        "stats count() as errors by path | sort errors desc | limit 10",
        "filter @message like /(?i)error/",
    ],
)
def test_a_query_that_is_well_is_left_alone(query: str):
    assert traps_of("any", query) == ()


@given(st.text(alphabet="fieldst |/\"'`#\n@()limor", max_size=80))
def test_no_query_breaks_the_check(query: str):
    assert all(trap.suggestion for trap in traps_of("any", query))
