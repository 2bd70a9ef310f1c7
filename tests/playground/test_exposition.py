"""Metrics are written as Prometheus reads them, and counters only ever grow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from playground import patches_traffic, traffic
from playground.exposition import Family, Sample, history, page
from playground.traffic import BURST_AT_S, BURST_S, FAILURES, Instant


def flat(families: list[Family], *kinds: str) -> dict[str, float]:
    return {
        sample.series(): sample.value
        for family in families
        if family.kind in kinds
        for sample in family.samples
    }


@given(st.text(), st.integers(-(2**40), 2**40))
def test_what_is_written_is_what_is_read_whatever_is_in_a_label(label, value):
    family = Family("things", "gauge", "Things.", [Sample("things", value, {"label": label})])
    (read,) = text_string_to_metric_families(page([family]))
    assert [(one.name, one.labels, one.value) for one in read.samples] == [
        ("things", {"label": label}, value)
    ]


def test_history_gives_every_moment_its_time_and_ends_as_openmetrics_must():
    family = Family("up", "gauge", "Up.", [Sample("up", 1, {"pod": "a"}), Sample("up", 0.5)])
    lines = "".join(history([(10.0, [family]), (20.5, [family])], 'job="x"'))
    assert lines == (
        'up{pod="a",job="x"} 1 10.000\nup{job="x"} 0.500000 10.000\n'
        'up{pod="a",job="x"} 1 20.500\nup{job="x"} 0.500000 20.500\n# EOF\n'
    )


@given(st.floats(0, 8000), st.floats(0, 600), st.floats(0, 100))
def test_counters_of_the_architect_api_only_grow(since_s, more_s, bad_s):
    before = flat(traffic.families(Instant(since_s)), "counter", "histogram")
    after = flat(traffic.families(Instant(since_s + more_s, bad_s)), "counter", "histogram")
    assert [name for name, value in before.items() if after[name] < value] == []


@given(st.floats(0, 1e6), st.floats(0, 600))
def test_counters_of_brutal_patches_only_grow(up_s, more_s):
    before = flat(patches_traffic.families(up_s), "counter", "histogram")
    after = flat(patches_traffic.families(up_s + more_s), "counter", "histogram")
    assert [name for name, value in before.items() if after[name] < value] == []


@pytest.mark.parametrize("families", [traffic.families(Instant(5000)), patches_traffic.families(5000)])
def test_buckets_of_a_histogram_hold_one_another_and_the_last_holds_all(families):
    read = {family.name: family for family in text_string_to_metric_families(page(families))}
    for family in (one for one in read.values() if one.type == "histogram"):
        by_labels: dict[tuple, list[float]] = {}
        counts = {}
        for sample in family.samples:
            labels = tuple(sorted((k, v) for k, v in sample.labels.items() if k != "le"))
            if sample.name.endswith("_bucket"):
                by_labels.setdefault(labels, []).append(sample.value)
            elif sample.name.endswith("_count"):
                counts[labels] = sample.value
        assert by_labels
        for labels, values in by_labels.items():
            assert values == sorted(values)
            assert values[-1] == counts[labels]


def share_of_failures(start_s: float, end_s: float, bad_s: float = 0.0) -> float:
    def counted(since_s: float, bad_s: float) -> tuple[float, float]:
        found = flat(traffic.families(Instant(since_s, bad_s)), "counter")
        failed = sum(value for name, value in found.items() if any(f'"{code}"' in name for code in FAILURES))
        return failed, sum(found.values())

    (failed_0, all_0), (failed_1, all_1) = counted(start_s, 0.0), counted(end_s, bad_s)
    return (failed_1 - failed_0) / (all_1 - all_0)


def test_errors_are_under_the_runbooks_threshold_but_for_one_burst_and_for_faults():
    assert share_of_failures(600, 4200) < 0.001
    assert share_of_failures(BURST_AT_S, BURST_AT_S + BURST_S) > 0.02
    assert share_of_failures(6000, 6060, bad_s=60) > 0.02


def test_one_pod_leaks_and_the_others_do_not():
    def used(since_s: float) -> list[float]:
        return list(flat(traffic.families(Instant(since_s)), "gauge").values())

    grown = [after / before for before, after in zip(used(0), used(7200), strict=True)]
    assert grown[0] > 2
    assert all(0.8 < one < 1.2 for one in grown[1:])
