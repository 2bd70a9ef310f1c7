"""Tasks of an incident: said, told to whoever has them, reminded of, ticked, carried into the post-mortem."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Stage, everything, staged
from tests.end_to_end.leaping import Clock
from tests.end_to_end.test_incidents import declared, says


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def stage(tmp_path: Path, transport: str, clock: Clock) -> AsyncGenerator[Stage]:
    async with staged(tmp_path, transport, clock) as playing:
        yield playing


async def test_a_task_stands_in_one_list_and_is_told_to_whom_it_was_given(stage: Stage):
    room = await declared(stage)
    ack = await stage.types("U0ANA", "/incident task Ask the bank <@U0BEN> due=30m", room)
    assert "Task 1 of INC-1 is noted, due " in str(ack.body)
    listed = await stage.shows("☑️ Tasks of INC-1: 1 open, 0 done", room)
    assert "1. Ask the bank · Ben Okafor" in everything(listed)
    assert "<@U0BEN>" not in everything(listed), "a list wakes nobody"
    told = await stage.shows("<@U0BEN>: task 1 is yours", room)
    assert told["thread_ts"] == listed["ts"]
    await stage.types("U0ANA", "/incident task Check the backups owner=me", room)
    again = await stage.shows("2 open, 0 done", room)
    assert again["ts"] == listed["ts"]
    await stage.settles()
    assert "task 2 is yours" not in str(stage.slack.workspace.messages(room))
    await stage.presses("U0BEN", again, "line.ask.task1")
    over = await stage.shows("1 open, 1 done", room)
    assert "✅ 1. Ask the bank" in everything(over)
    await stage.timeline("INC-1", "Task 1 is done")


async def test_whoever_has_it_is_reminded_once_when_it_is_due(stage: Stage, clock: Clock):
    room = await declared(stage)
    await stage.types("U0ANA", "/incident task Ask the bank <@U0BEN> due=30m", room)
    await stage.types("U0ANA", "/incident task Look at the queue due=20m", room)
    await stage.shows("2 open", room)
    await stage.types("U0ANA", "/incident task-done 2", room)
    clock.ahead += timedelta(minutes=31)
    due = await stage.shows("⏰ <@U0BEN>: task 1 is due: Ask the bank", room)
    assert due["thread_ts"]
    clock.ahead += timedelta(hours=2)
    await stage.settles()
    shown = [everything(one) for one in stage.slack.workspace.messages(room)]
    assert sum("is due" in one for one in shown) == 1


async def test_what_is_open_at_the_end_is_an_action_of_the_post_mortem(stage: Stage):
    room = await declared(stage)
    await stage.types("U0ANA", "/incident task Rotate the key | <b> <@U0BEN>", room)
    await stage.types("U0ANA", "/incident task Write to customers", room)
    await stage.types("U0ANA", "/incident task-done 2", room)
    ack = await stage.types("U0ANA", "/incident resolve All is well", room)
    assert "1 task is still open" in str(ack.body)
    await says(stage, "postmortem", room)

    def file() -> str | None:
        found = [one for one in stage.slack.workspace.files.values() if room in one.room_ids]
        return found[0].content.decode() if found else None

    text = await stage.slack.wait_for(file)
    [row] = [line for line in text.splitlines() if line.startswith("| Rotate the key")]
    assert "Ben Okafor" in row
    assert "<b>" not in row
    assert "| Write to customers" not in text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("task <@U0BEN>", "The task has no text"),
        ("task Ask the bank due=yesterday-10:00", "is not a time ahead"),
        ("task Ask the bank due=2020-01-01T03:00", "That time is over"),
        (f"task {'long ' * 80}", "300"),
        ("task-done 7", "INC-1 has no task 7"),
        ("task-done 1", "Task 1 is done already"),
        ("task", "TEXT"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(stage: Stage, line: str, said: str):
    room = await declared(stage)
    await stage.types("U0ANA", "/incident task One", room)
    await stage.types("U0ANA", "/incident task-done 1", room)
    if line == "task":
        await stage.types("U0ANA", "/incident task", room)
        view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None))[-1]
        assert "What is to be done" in str(view) or "what is to be done" in str(view)
        return
    refused = await stage.types("U0ANA", f"/incident {line}", room)
    assert said in str(refused.body)


async def test_tasks_are_shown_to_whoever_asks(stage: Stage):
    room = await declared(stage)
    empty = await stage.types("U0EVE", "/incident tasks incident=INC-1")
    assert "INC-1 has no tasks" in str(empty.body)
    await stage.types("U0ANA", "/incident task One due=tomorrow-09:00", room)
    shown = await stage.types("U0EVE", "/incident tasks incident=INC-1")
    assert "1. One" in str(shown.body)
    await stage.types("U0ANA", "/incident resolve over", room)
    late = await stage.types("U0ANA", "/incident task Another", room)
    assert "INC-1 was resolved" in str(late.body)
    done = await stage.types("U0ANA", "/incident task-done 1", room)
    assert "Task 1 of INC-1 is done" in str(done.body)
