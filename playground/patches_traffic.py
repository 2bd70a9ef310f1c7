"""What the Brutal Patches API has measured since it started: the metrics that brutal-patches-api.md names."""

import math
from collections.abc import Mapping

from playground.exposition import Family, Sample, Spread, histogram

ROUTES = {
    ("GET", "/api/patches", "200"): 9.4,
    ("POST", "/api/patches", "201"): 0.56,
    ("POST", "/auth/login", "200"): 0.54,
    ("POST", "/auth/login", "401"): 0.031,
    ("GET", "/api/patches", "500"): 0.009,
}
BOUNDS = (0.1, 0.5, 1.0, 2.0, 5.0)
QUERY_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.5)
RAN_BEFORE_S = 1000.0  # it has been up for a while when somebody first looks
_TIMES = Spread(((0.1, 0.912), (0.5, 0.987), (1.0, 0.996), (2.0, 0.9995), (5.0, 1.0)), 0.118)
_QUERY = Spread(((0.005, 0.41), (0.01, 0.72), (0.025, 0.94), (0.05, 0.985), (0.1, 0.998), (0.5, 1.0)), 0.0164)


def families(up_s: float) -> list[Family]:
    """Every metric after so many seconds of service; counters only ever grow."""
    in_all = sum(ROUTES.values()) * up_s
    requests = {
        _labels(method=method, route=route, status=status): rate
        for (method, route, status), rate in ROUTES.items()
    }
    cache = {_labels(operation="get", result="hit"): 8.4, _labels(operation="get", result="miss"): 1.6}
    tokens = {_labels(result="issued"): 0.54, _labels(result="rejected"): 0.031}
    name, query = "http_request_duration_seconds", "database_query_duration_seconds"
    return [
        _counter("http_requests_total", "Requests by method and status.", requests, up_s),
        Family(
            name,
            "histogram",
            "Time to answer, in seconds.",
            list(histogram(name, {}, ((in_all, _TIMES),), BOUNDS)),
        ),
        _counter("errors_total", "Errors by kind.", {_labels(type="internal"): 0.009}, up_s),
        Family(
            query,
            "histogram",
            "Time of a database query, in seconds.",
            list(histogram(query, {}, ((in_all * 1.2, _QUERY),), QUERY_BOUNDS)),
        ),
        _counter("cache_operations_total", "Cache look-ups by result.", cache, up_s),
        _counter("jwt_tokens_total", "Tokens by what became of them.", tokens, up_s),
        Family("active_connections", "gauge", "Open connections.", [_open(up_s)]),
    ]


def _labels(**labels: str) -> tuple[tuple[str, str], ...]:
    return tuple(labels.items())


def _counter(
    name: str, explains: str, rates: Mapping[tuple[tuple[str, str], ...], float], up_s: float
) -> Family:
    """rates: labels → how many a second."""
    samples = [Sample(name, math.floor(rate * up_s), dict(labels)) for labels, rate in rates.items()]
    return Family(name, "counter", explains, samples)


def _open(up_s: float) -> Sample:
    return Sample("active_connections", 17 + round(5 * math.sin(up_s / 90)))
