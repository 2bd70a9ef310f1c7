"""What is kept of the open incidents is what the journal says, whoever wrote and whatever happened."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bot.clock import utc_now
from bot.gate import streams
from bot.gate.indexes import of_incident
from bot.gate.open_incidents import OpenIncidentsReader
from bot.gate.projections import Projection
from journal.opening import Opened, open_journal
from journal.redis import RedisJournal
from model.events import Actor, Event
from model.incidents.declare import declare
from model.incidents.events import ChannelCreated, Noted, SeverityChanged, to_event
from model.incidents.lifecycle import acknowledge, note, reopen, resolve
from model.incidents.state import fold
from model.ports.journal import Commit, Committed, IndexChange, Journal, Write, written
from tests.model.incidents.builders import MIYABI, MIYABI_API

WHO = Actor(team="T0", user="U0", via="slash")


@pytest.fixture
async def opened() -> AsyncGenerator[Opened]:
    with TemporaryDirectory(prefix="muster-") as folder:
        async with open_journal(None, Path(folder), utc_now) as opened:
            yield opened


def projection(journal: Journal, forget=lambda: None) -> OpenIncidentsReader:
    incidents = Projection(journal, streams.incident, fold)

    def all_of_it() -> None:
        incidents.forget()
        forget()

    return OpenIncidentsReader(journal, incidents, all_of_it)


async def write(journal: Journal, id: str, *events: Event, indexes: tuple[IndexChange, ...] = ()) -> None:
    now = utc_now()
    commit = Commit(
        at=now,
        who=WHO,
        writes=(Write(stream=streams.incident(id), events=events),),
        indexes=indexes or tuple(of_incident(id, now, events)),
    )
    await journal.commit(commit)


async def declared(journal: Journal, id: str, severity: str = "SEV2") -> None:
    events = declare(id, MIYABI, MIYABI_API, utc_now(), title=f"{id} is slow", severity=severity)
    await write(journal, id, *events)


async def ids(open: OpenIncidentsReader) -> list[str]:
    return list((await open.now()).by_id)


def another_process(opened: Opened) -> RedisJournal:
    """The same log as another replica writes it."""
    return RedisJournal(opened.client, utc_now, opened.journal.mac_key)


async def test_what_another_process_writes_is_there_at_the_next_look(opened: Opened):
    open, other = projection(opened.journal), another_process(opened)
    assert await ids(open) == []
    await declared(other, "INC-1")
    await declared(other, "INC-2", "SEV1")
    found = await open.now()
    assert [one.id for one in found.on(["miyabi-api"])] == ["INC-2", "INC-1"]
    await write(other, "INC-2", *resolve((found.by_id["INC-2"]), "Over"))
    assert await ids(open) == ["INC-1"]
    worse = SeverityChanged(was="SEV2", severity="SEV1", rank=1)
    await write(other, "INC-1", to_event(worse))
    assert (await open.now()).by_id["INC-1"].rank == 1


async def test_one_that_is_reopened_is_there_again(opened: Opened):
    open = projection(opened.journal)
    await declared(opened.journal, "INC-1")
    await write(opened.journal, "INC-1", *resolve((await open.now()).by_id["INC-1"], "Over"))
    assert await ids(open) == []
    over = await Projection(opened.journal, streams.incident, fold).get("INC-1")
    assert over is not None
    await write(opened.journal, "INC-1", *reopen(over, "Again"))
    assert await ids(open) == ["INC-1"]


async def test_a_process_that_starts_finds_what_the_one_before_left(opened: Opened):
    await declared(opened.journal, "INC-1")
    await declared(opened.journal, "INC-2")
    assert await ids(projection(another_process(opened))) == ["INC-1", "INC-2"]


async def test_what_moves_while_all_is_read_anew_is_not_missed(opened: Opened):
    open, other = projection(opened.journal), another_process(opened)

    async def look() -> None:
        while len(await ids(open)) < 20:
            open.renew()

    async def declare_all() -> None:
        for number in range(20):
            await declared(other, f"INC-{number}")

    await asyncio.gather(declare_all(), *(look() for _ in range(3)))
    assert len(await ids(open)) == 20


async def test_more_news_than_is_read_at_once_is_all_taken_in(opened: Opened):
    open, other = projection(opened.journal), another_process(opened)
    await declared(other, "INC-1")
    await ids(open)
    for number in range(450):
        await write(other, "INC-1", to_event(Noted(text=f"{number}", corrects=0)))
    await declared(other, "INC-2")
    found = await open.now()
    assert list(found.by_id) == ["INC-1", "INC-2"]
    assert len(found.by_id["INC-1"].timeline) == 451


async def test_a_list_that_somebody_changed_by_hand_opens_and_hides_nothing(opened: Opened):
    open = projection(opened.journal)
    await declared(opened.journal, "INC-1")
    assert await ids(open) == ["INC-1"]
    await opened.client.delete(opened.journal.keys.ordered(streams.OPEN_INCIDENTS))
    assert await ids(open) == ["INC-1"]


async def test_after_the_lists_were_put_right_they_are_read_anew(opened: Opened):
    await declared(opened.journal, "INC-1")
    index = opened.journal.keys.ordered(streams.OPEN_INCIDENTS)
    score = await opened.client.zscore(index, "INC-1")
    await opened.client.delete(index)
    open = projection(opened.journal)
    assert await ids(open) == []
    await opened.client.zadd(index, {"INC-1": score})
    open.renew()
    assert await ids(open) == ["INC-1"]


async def test_a_server_that_lost_the_end_of_its_log_is_not_believed_to_be_the_one_before(opened: Opened):
    forgotten: list[bool] = []
    open = projection(opened.journal, lambda: forgotten.append(True))
    for id in ("INC-1", "INC-2", "INC-3"):
        await declared(opened.journal, id)
    assert len(await ids(open)) == 3
    await opened.client.flushall()
    await declared(another_process(opened), "INC-1", "SEV4")
    found = await open.now()
    assert [(one.id, one.rank) for one in found] == [("INC-1", 4)]
    assert forgotten == [True]


async def test_a_log_of_the_same_length_that_is_another_is_noticed(opened: Opened):
    open = projection(opened.journal)
    await declared(opened.journal, "INC-1")
    assert await ids(open) == ["INC-1"]
    await opened.client.flushall()
    await declared(another_process(opened), "INC-2")
    assert await ids(open) == ["INC-2"]


async def test_news_whose_reader_gave_up_is_read_by_the_next_one(opened: Opened):
    open = projection(opened.journal)
    await declared(opened.journal, "INC-1")
    await ids(open)
    await declared(another_process(opened), "INC-2")
    for turns in range(12):
        reader = asyncio.ensure_future(open.now())
        for _ in range(turns):
            await asyncio.sleep(0)
        reader.cancel()
        await asyncio.wait({reader})
    assert await ids(open) == ["INC-1", "INC-2"]


async def test_looks_at_the_same_moment_agree(opened: Opened):
    open, other = projection(opened.journal), another_process(opened)
    for number in range(30):
        await declared(other, f"INC-{number}")
        looks = await asyncio.gather(*(open.now() for _ in range(5)))
        assert {len(found) for found in looks} == {number + 1}


async def test_a_channel_is_its_incidents_from_the_moment_it_is_made(opened: Opened):
    open, other = projection(opened.journal), another_process(opened)
    await declared(other, "INC-1")
    await open.now()
    assert await open.of_channel("C0NEW") is None
    await write(other, "INC-1", to_event(ChannelCreated(channel="C0NEW", name="inc-1")))
    found = await open.now()
    assert await open.of_channel("C0NEW") == "INC-1"
    await write(other, "INC-1", *resolve(found.by_id["INC-1"], "Over"))
    assert await ids(open) == []
    assert await open.of_channel("C0NEW") == "INC-1"
    assert await projection(other).of_channel("C0NEW") == "INC-1"


async def test_what_was_written_here_is_known_as_if_it_had_been_read(opened: Opened):
    await declared(opened.journal, "INC-1")
    incidents = Projection(opened.journal, streams.incident, fold)
    before = await incidents.get("INC-1")
    assert before is not None
    at = before.declared_at - timedelta(minutes=2)
    events = (*note(before, utc_now(), "Seen <here>", at=at), *acknowledge(before))
    commit = Commit(at=utc_now(), who=WHO, writes=(Write(stream=before.stream, events=events),))
    done = await opened.journal.commit(commit)
    assert isinstance(done, Committed)
    incidents.learn(before.stream, written(commit, done)[before.stream])
    learnt = incidents.known("INC-1")
    assert learnt is not None
    assert learnt == await Projection(opened.journal, streams.incident, fold).get("INC-1")


async def test_what_was_written_here_after_news_of_another_is_read_in_its_order(opened: Opened):
    await declared(opened.journal, "INC-1")
    open = projection(opened.journal)
    incidents = Projection(opened.journal, streams.incident, fold)
    before = await incidents.get("INC-1")
    assert before is not None
    await write(another_process(opened), "INC-1", to_event(Noted(text="theirs", corrects=0)))
    ours = Write(stream=before.stream, events=note(before, utc_now(), "ours"))
    commit = Commit(at=utc_now(), who=WHO, writes=(ours,))
    done = await opened.journal.commit(commit)
    assert isinstance(done, Committed)
    incidents.learn(before.stream, written(commit, done)[before.stream])
    assert incidents.known("INC-1") == before
    both = (await open.now()).by_id["INC-1"]
    assert [entry.text for entry in both.timeline[1:]] == ["theirs", "ours"]
