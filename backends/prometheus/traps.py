"""Queries that do not parse, or do not say what they seem to."""

import re

from backends.prometheus.target import PromMetric
from model.catalog.problems import Diagnostic


def traps_of(metric: PromMetric) -> tuple[Diagnostic, ...]:
    """What is wrong with a metric's query. Never raises."""
    query = metric.query
    if error := _error(query):
        text = f"`{metric.name}` is not PromQL: {error}."
        return (Diagnostic.of_text(query, text, "Aggregate around the rate: sum by (status) (rate(…[5m]))."),)
    found: list[Diagnostic] = []
    if re.search(r"topk\s*(?:by\s*\([^)]*\)\s*\(|\(.*\)\s*by\s*\()", query, re.DOTALL):
        what = f"`{metric.name}`: topk by a label ranks inside each of its groups."
        found.append(
            Diagnostic.of_text(query, what, "Rank what is summed: topk(10, sum by (endpoint) (rate(…[5m]))).")
        )
    if "histogram_quantile" in query and not _is_of_buckets(query):
        what = f"`{metric.name}`: a quantile needs the rate of the `_bucket` series, by `le`."
        instead = "histogram_quantile(0.95, sum by (le) (rate(…_bucket[5m])))."
        found.append(Diagnostic.of_text(query, what, instead))
    return tuple(found)


def _is_of_buckets(query: str) -> bool:
    return "_bucket" in query and bool(re.search(r"\b(?:rate|increase)\s*\(", query)) and "le" in query


def _error(query: str) -> str:
    """Why a query does not parse; empty when it does."""
    import promql_parser

    try:
        promql_parser.parse(query)
    except Exception as error:  # the parser's own, whatever it is
        return str(error).rstrip(".").splitlines()[0][:200] if str(error) else type(error).__name__
    return ""
