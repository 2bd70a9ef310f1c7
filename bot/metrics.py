"""Figures for Prometheus: how many requests, how they ended, how long the gate took."""

from prometheus_client import Counter, Histogram

REQUESTS = Counter(
    "muster_requests_total",
    "Requests at the gate by entry and outcome (done, refused, form)",
    ["via", "outcome"],
)
GATE_SECONDS = Histogram(
    "muster_gate_seconds",
    "Seconds from a request's arrival to its answer, commit included",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
SLACK_CALLS = Counter(
    "muster_slack_calls_total", "Web API calls by method and outcome", ["method", "outcome"]
)
STEPS = Counter(
    "muster_cloud_steps_total", "API calls that change a target, by call and outcome", ["call", "outcome"]
)
LOOP_STOOD = Counter("muster_loop_stood_total", "Times that the event loop took no turn for a second or more")
