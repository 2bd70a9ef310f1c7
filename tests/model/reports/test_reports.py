"""What is counted of incidents, without a journal."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from model.events import Actor, RecordedEvent
from model.incidents import events as happened
from model.reports.chart import chart_of
from model.reports.facts import IncidentFacts, facts_of
from model.reports.report import is_night, report_of, spread
from model.reports.sheet import sheet
from tests.model.incidents.builders import START, Story, minutes

NOW = START + timedelta(days=1)
"""A day after the declaration, which is at 22:10 UTC."""


def facts(*steps: tuple[float, happened.IncidentEvent], title: str = "Elevated 5xx") -> IncidentFacts:
    """Of a SEV2 (30 minutes to answer) that was declared at START; what followed so many minutes later."""
    story = Story.begin(title=title)
    for after, event in steps:
        story.then([event], at=START + minutes(after))
    found = facts_of(story.records, NOW)
    assert found is not None
    return found


def told(next_min: float | None = None, at_min: float = 0, status: str = "") -> happened.Updated:
    promised = START + minutes(at_min + next_min) if next_min is not None else None
    return happened.Updated(text="Looking", status=status, next_update_at=promised)


def test_nothing_is_read_of_an_empty_stream():
    assert facts_of([], NOW) is None


@pytest.mark.parametrize(("after", "in_time"), [(29, True), (30, True), (31, False)])
def test_an_answer_is_in_time_up_to_the_moment_it_is_due(after: float, in_time: bool):
    assert facts((after, happened.Acknowledged())).in_time is in_time


def test_nobody_answered_is_not_in_time():
    assert facts().in_time is False


def test_resolved_before_the_answer_was_due_is_in_time():
    assert facts((10, happened.Resolved(status="RESOLVED"))).in_time is True


def test_a_promise_is_kept_by_the_next_update_or_by_the_end_and_broken_by_silence():
    one = facts((0, told(30)), (29, told(30, 29)), (60, told(10, 60)), (65, happened.Resolved(status="R")))
    assert (one.kept, one.broken) == (2, 1)
    silent = facts((0, told(30)))
    assert (silent.kept, silent.broken) == (0, 1)


def test_an_update_without_words_of_a_next_one_breaks_nothing_later():
    one = facts((0, told(30)), (10, told()))
    assert (one.kept, one.broken) == (1, 0)


def test_mitigated_is_the_last_status_before_the_end_or_the_tick():
    by_status = facts((20, told(status="Monitoring")), (25, happened.Ticked(item="mitigate")))
    assert by_status.mitigated_at == START + minutes(20)
    by_tick = facts((15, happened.Ticked(item="mitigate")), (20, told(status="Monitoring")))
    assert by_tick.mitigated_at == START + minutes(15)


def test_reopened_is_neither_resolved_nor_mitigated():
    one = facts(
        (5, happened.Ticked(item="mitigate")),
        (9, happened.Resolved(status="R")),
        (12, happened.Reopened(status="Investigating")),
    )
    assert (one.resolved_at, one.mitigated_at, one.is_open) == (None, None, True)


def test_the_severity_is_the_worst_it_had():
    worse = happened.SeverityChanged(was="SEV2", severity="SEV1", rank=1)
    better = happened.SeverityChanged(was="SEV1", severity="SEV3", rank=3)
    assert facts((1, worse), (30, better)).severity == "SEV1"


def test_what_was_noted_before_the_declaration_tells_when_it_began():
    early = happened.Noted(text="First 5xx", at=START - minutes(12))
    report = report_of(START, NOW, [facts((3, early))])
    assert report.times["detect"].median == minutes(12)


def test_a_note_that_was_corrected_or_removed_tells_no_beginning():
    early = happened.Noted(text="First 5xx", at=START - minutes(12))
    later = happened.Noted(text="It was then", at=START - minutes(5), corrects=2)
    assert facts((3, early), (4, later)).began_at == START - minutes(5)
    gone = happened.Noted(text="Another service", at=START - minutes(5), corrects=2, removes=True)
    assert facts((3, early), (4, gone)).began_at is None


def test_pages_at_night_go_to_the_team_or_to_whoever_is_on_call():
    paged = facts((1, happened.PageTaken(is_own=True)), (2, happened.Paged(team="db-oncall")))
    day = facts((12 * 60, happened.Paged(team="db-oncall")))
    report = report_of(START, NOW, [paged, day], on_call={"miyabi-api": "@miyabi-oncall"})
    assert report.night_pages == {"@miyabi-oncall": 1, "db-oncall": 1}
    assert not is_night(START + timedelta(hours=12))


def test_median_and_p90_are_times_that_were():
    lengths = [minutes(n) for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 100)]
    found = spread(lengths)
    assert found is not None
    assert (found.median, found.p90, found.count) == (minutes(5), minutes(9), 10)
    assert spread([]) is None


def test_what_was_declared_before_or_elsewhere_is_not_counted():
    one = facts()
    assert report_of(START + minutes(1), NOW, [one]).incidents == ()
    assert report_of(START, NOW, [one], system="architect").incidents == ()
    assert report_of(START, NOW, [one], system="miyabi-web").still_open == 1


def test_no_title_is_a_formula_and_no_title_is_two_lines():
    lines = sheet(report_of(START, NOW, [facts(title="=cmd|' /C calc'!A0")])).splitlines()
    assert lines[1].startswith("INC-42,'=cmd|")
    assert len(lines) == 2


def test_bars_are_days_of_a_short_time_and_weeks_of_a_long_one():
    short, long = report_of(START, NOW, [facts()]), report_of(NOW - timedelta(days=90), NOW, [facts()])
    bars = [chart for one in (short, long) if (chart := chart_of(one))]
    assert [one.title for one in bars] == ["Incidents a day", "Incidents a week"]
    assert [sum(value for _, value in one.lines[0].points) for one in bars] == [1, 1]
    assert chart_of(report_of(START, NOW, [])) is None


def test_a_stream_that_does_not_begin_with_its_declaration_is_refused():
    records = Story.begin().then([happened.Acknowledged()]).records[1:]
    with pytest.raises(ValueError, match="does not begin"):
        facts_of(records, NOW)


def test_other_data_than_an_event_has_is_refused():
    who = Actor(team="T0", user="U0", via="slash")
    broken = RecordedEvent(
        stream="inc:INC-1", version=1, at=START, who=who, type="incident.declared", data={"id": 7}
    )
    with pytest.raises(ValidationError):
        facts_of([broken], NOW)
