"""What the Architect API would have measured by a moment: pure figures that rise and fall as real ones do.

The names of the series are those that architect-api.md queries. Addresses are from the ranges for examples.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playground.exposition import Family, Sample, Spread, histogram

NAMESPACE = "architect-production"
# As the local Kubernetes names them at its start, so that what is measured is of pods that are seen.
PODS = tuple(f"architect-api-l6zmmmqcx7-{end}" for end in ("8h57k", "gmrgw", "t4wr7", "xx2jp"))
# Shares of all requests.
ENDPOINTS = {
    "/api/v1/dashboards": 0.40,
    "/api/v1/widgets": 0.27,
    "/api/v1/search": 0.15,
    "/api/v1/reports": 0.10,
    "/api/v1/login": 0.08,
}
CLIENTS = {
    "203.0.113.50": 0.46,
    "198.51.100.7": 0.22,
    "198.51.100.24": 0.16,
    "192.0.2.33": 0.10,
    "192.0.2.81": 0.06,
}
FAILURES = {"500": 0.5, "502": 0.2, "503": 0.3}
OPERATIONS = {"select": 0.78, "insert": 0.14, "update": 0.08}
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_QUICK = Spread(((0.01, 0.25), (0.025, 0.52), (0.05, 0.78), (0.1, 0.93), (0.25, 0.995), (0.5, 1.0)), 0.041)
_SLOW = Spread(((0.1, 0.02), (0.25, 0.15), (0.5, 0.6), (1.0, 0.9), (2.5, 0.98), (5.0, 1.0)), 0.62)
_QUERY = Spread(((0.005, 0.55), (0.01, 0.8), (0.025, 0.93), (0.05, 0.985), (0.1, 0.998), (0.25, 1.0)), 0.008)
_REQUESTS_A_S = 40.0
_PERIOD_S = 1500.0
_QUERIES = 3.2  # for each request
_NOT_FOUND = 0.008
_FAILED = 0.0003  # of all requests, when all is well; the runbook's P2 begins at 0.001
_FAILED_BADLY = 2.4  # a second, of all requests, in bad times
_SLOWLY = 0.012
_SLOW_BADLY = 11.0
_MIB = 1024 * 1024
_LEAK = 38 * 1024  # bytes a second, in one pod only
# A bad time that history has: from an hour and a quarter after the beginning, for five minutes.
BURST_AT_S, BURST_S = 4500.0, 300.0


@dataclass(frozen=True)
class Instant:
    """A moment. since_s: seconds since the first figure. bad_s: how many of them a fault was on."""

    since_s: float
    bad_s: float = 0.0


def families(moment: Instant, pods: Sequence[str] = PODS) -> list[Family]:
    """Every metric as it stands at this moment; counters only ever grow."""
    quick, slow, failed = _requests(moment)
    queries = (quick + slow) * _QUERIES
    return [
        Family(
            "http_requests_total",
            "counter",
            "Requests by status, endpoint and client.",
            list(_counted(quick + slow, failed)),
        ),
        Family(
            "http_request_duration_seconds",
            "histogram",
            "Time to answer, in seconds.",
            [
                sample
                for endpoint, share in ENDPOINTS.items()
                for sample in histogram(
                    "http_request_duration_seconds",
                    {"endpoint": endpoint},
                    ((quick * share, _QUICK), (slow * share, _SLOW)),
                    BOUNDS,
                )
            ],
        ),
        Family(
            "db_query_duration_seconds",
            "histogram",
            "Time of a database query, in seconds.",
            [
                sample
                for operation, share in OPERATIONS.items()
                for sample in histogram(
                    "db_query_duration_seconds",
                    {"operation": operation},
                    ((queries * share, _QUERY), (slow * share, _SLOW)),
                    BOUNDS,
                )
            ],
        ),
        Family(
            "container_memory_usage_bytes",
            "gauge",
            "Memory in use.",
            list(_memory(moment.since_s, pods)),
        ),
    ]


def _requests(moment: Instant) -> tuple[float, float, float]:
    """How many so far: quick ones, slow ones, and of both those that failed."""
    turn = 2 * math.pi / _PERIOD_S
    in_all = _REQUESTS_A_S * (moment.since_s + 0.25 * (1 - math.cos(turn * moment.since_s)) / turn)
    bad_s = moment.bad_s + min(max(moment.since_s - BURST_AT_S, 0.0), BURST_S)
    slow = in_all * _SLOWLY + bad_s * _SLOW_BADLY
    return in_all * (1 - _SLOWLY), slow, in_all * _FAILED + bad_s * _FAILED_BADLY


def _counted(in_all: float, failed: float) -> Iterator[Sample]:
    for endpoint, of_endpoint in ENDPOINTS.items():
        for client, of_client in CLIENTS.items():
            share = of_endpoint * of_client
            answers = {
                "200": in_all * (1 - _NOT_FOUND) - failed,
                "404": in_all * _NOT_FOUND,
                **{status: failed * part for status, part in FAILURES.items()},
            }
            for status, count in answers.items():
                labels = {"status": status, "endpoint": endpoint, "client_ip": client}
                yield Sample("http_requests_total", math.floor(count * share), labels)


def _memory(since_s: float, pods: Sequence[str]) -> Iterator[Sample]:
    """The first pod leaks; the others breathe."""
    for n, pod in enumerate(pods):
        breath = 12 * _MIB * math.sin(since_s / 400 + n)
        used = 214 * _MIB + (_LEAK * since_s if n == 0 else breath)
        labels = {"namespace": NAMESPACE, "pod": pod, "container": "architect-api"}
        yield Sample("container_memory_usage_bytes", math.floor(used), labels)
