"""Prometheus' text formats: a page of metrics as it is scraped, and history as promtool reads it."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Sample:
    """One value of one series; `name` is the family's, or that with `_bucket`, `_sum` or `_count`."""

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    def series(self, more: str = "") -> str:
        """Its name and labels as they are written; `more` is further labels, written so already."""
        labels = [f'{name}="{_escaped(value)}"' for name, value in self.labels.items()]
        inside = ",".join([*labels, more] if more else labels)
        return f"{self.name}{{{inside}}}" if inside else self.name


@dataclass(frozen=True)
class Family:
    """A metric with its series."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    explains: str
    samples: Sequence[Sample]


def page(families: Iterable[Family]) -> str:
    """The page that is scraped."""
    lines: list[str] = []
    for family in families:
        lines += [f"# HELP {family.name} {family.explains}", f"# TYPE {family.name} {family.kind}"]
        lines += [f"{sample.series()} {_number(sample.value)}" for sample in family.samples]
    return "\n".join(lines) + "\n"


def history(moments: Iterable[tuple[float, Sequence[Family]]], more: str) -> Iterator[str]:
    """Lines of OpenMetrics for `promtool tsdb create-blocks-from openmetrics`.

    moments: (seconds since the epoch, what a scrape would have found). more: labels that a scrape adds.
    """
    for at, families in moments:
        for family in families:
            for sample in family.samples:
                yield f"{sample.series(more)} {_number(sample.value)} {at:.3f}\n"
    yield "# EOF\n"


@dataclass(frozen=True)
class Spread:
    """How long things of one sort take. shares: (upper bound in seconds, share that is as quick)."""

    shares: tuple[tuple[float, float], ...]
    mean_s: float


def histogram(
    name: str, labels: Mapping[str, str], sorts: Sequence[tuple[float, Spread]], bounds: Sequence[float]
) -> Iterator[Sample]:
    """The series of a histogram of several sorts of things. sorts: (how many so far, how long they take)."""
    for bound in bounds:
        within = math.floor(sum(count * _share(spread, bound) for count, spread in sorts))
        yield Sample(f"{name}_bucket", within, {**labels, "le": f"{bound:g}"})
    everything = math.floor(sum(count for count, _ in sorts))
    yield Sample(f"{name}_bucket", everything, {**labels, "le": "+Inf"})
    yield Sample(f"{name}_sum", sum(count * spread.mean_s for count, spread in sorts), labels)
    yield Sample(f"{name}_count", everything, labels)


def _share(spread: Spread, bound: float) -> float:
    return max((share for upper, share in spread.shares if upper <= bound), default=0.0)


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:.6f}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
