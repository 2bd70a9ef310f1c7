"""What somebody missed is told from the newest back, bounded, each operation once."""

from model.incidents.catchup import LONGEST, missed
from model.incidents.events import Noted, OperationLinked
from tests.model.incidents.builders import ANA, BEN, START, Story, minutes


def test_each_operation_is_told_as_it_is_last():
    story = Story.begin()
    for minute, phase in enumerate(("applying", "watching", "succeeded"), 1):
        linked = OperationLinked(operation="OP-1", service="miyabi-api", phase=phase, summary="2 → 6")
        story = story.then([linked], at=START + minutes(minute))
    told = missed(story.incident, BEN)
    assert [one.text for one in told.entries if "OP-1" in one.text] == ["OP-1 succeeded: 2 → 6"]


def test_more_than_fits_is_counted():
    story = Story.begin()
    for number in range(LONGEST + 8):
        story = story.then([Noted(text=f"note {number}")], at=START + minutes(number + 1))
    told = missed(story.incident, BEN)
    assert [one.text for one in told.entries][-1] == f"note {LONGEST + 7}"
    assert (len(told.entries), told.left_out) == (LONGEST, 9)


def test_a_note_that_was_back_dated_is_news_when_it_is_written():
    story = Story.begin().then([Noted(text="mine")], at=START + minutes(10), by=BEN)
    story = story.then([Noted(text="late", at=START + minutes(2))], at=START + minutes(12))
    assert [one.text for one in missed(story.incident, BEN).entries] == ["late"]


def test_a_moment_may_be_said_instead():
    story = Story.begin().then([Noted(text="early")], at=START + minutes(1))
    story = story.then([Noted(text="late")], at=START + minutes(30))
    told = missed(story.incident, BEN, START + minutes(20))
    assert [one.text for one in told.entries] == ["late"]
    assert missed(story.incident, ANA).entries == ()
