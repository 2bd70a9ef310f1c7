"""What the worlds found, each fault by itself: the least that shows it, and what is right."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from bot.gate.gate import Answer
from bot.gate.request import IncomingRequest
from model.people import Person
from model.ports.journal import Commit, Committed, Conflict, Duplicate, JournalUnavailable
from tests.simulation import of_incidents
from tests.simulation.process import TEAM, Process
from tests.simulation.slack import INCIDENTS
from tests.simulation.virtual_time import run
from tests.simulation.world import World

DECLARE = "incident declare P2 architect-api Search fails"


class Scene(World):
    """A quiet world in which a test says what happens."""

    def __init__(self) -> None:
        super().__init__(0)
        self.faults.off()
        self._begin_process()

        self.cloud.watcher = self._effect

    @property
    def process(self) -> Process:
        """The one that people reach."""
        return next(one for one in self._processes if one.is_running)

    def begin_another(self) -> None:
        self._begin_process()

    async def stands_once_it_has_written(self, kind: str, for_s: float) -> asyncio.Future[None]:
        """Whichever process writes such an event next stands still while it waits for the journal's answer.

        Without a kind: whichever process asks Slack next.
        """
        stood: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def watch(one: Process, call: str, given: object) -> None:
            is_it = call == "commit" and kind in str(given) if kind else call == "api_call"
            if is_it and not stood.done():
                stood.set_result(None)
                one.stands()
                asyncio.get_running_loop().call_later(for_s, one.wakes, for_s)

        for one in self._processes:
            one.watch(partial(watch, one))
        return stood

    async def types(self, line: str, channel: str = INCIDENTS, user: str = "U0ANA") -> Answer:
        self._claims += 1
        person = Person(team=TEAM, user=user)
        return await self.process.gate.handle(
            IncomingRequest(person, channel, line, "slash", f"claim-{self._claims}")
        )

    async def passes(self, **span: float) -> None:
        await asyncio.sleep(timedelta(**span).total_seconds())

    def numbers(self, kind: str) -> list[int]:
        """Of the incident's events of a kind."""
        return [one.version for one in self.durable.journal.streams["inc:INC-1"] if one.type == kind]

    def posts(self, channel: str) -> list[int]:
        """Which events were posted there, by their number, in their order."""
        keys = [key for key, where, _ in self.slack.keyed("inc:INC-1:") if where == channel]
        return [int(key.split(":")[2]) for key in keys if key.endswith(":announce") and key.count(":") == 3]


def played(story: Callable[[Scene], Awaitable[None]]) -> None:
    async def play() -> None:
        scene = Scene()
        await story(scene)
        for process in scene._processes:  # a world is its own end
            await process.kill()

    run(play())


def test_an_update_that_slack_refused_is_told_before_the_next_one_and_not_given_up():
    async def story(scene: Scene) -> None:
        await scene.types(DECLARE)
        await scene.passes(minutes=1)
        scene.faults.forbidden.add("announcing")
        await scene.types("incident update It is the cache incident=INC-1")
        await scene.passes(seconds=30)
        scene.faults.off()
        await scene.types("incident update It is mended incident=INC-1")
        await scene.passes(minutes=1)
        assert scene.posts(INCIDENTS) == scene.numbers("incident.updated")

    played(story)


def test_a_headline_that_stood_elsewhere_before_there_was_a_channel_leads_to_it():
    async def story(scene: Scene) -> None:
        scene.faults.forbidden.add("conversations.create")
        await scene.types(DECLARE)
        await scene.passes(minutes=1)
        scene.faults.off()
        await scene.passes(minutes=15)
        room = scene.incidents()[0].channel
        headlines = {where: one for _, where, one in scene.slack.keyed("inc:INC-1:headline")}
        assert headlines.keys() == {INCIDENTS, room}
        assert headlines[INCIDENTS]["text"] == f"INC-1 goes on in <#{room}>."
        assert "action_id" not in str(headlines[INCIDENTS])

    played(story)


def test_what_is_said_on_reopening_stands_in_the_headline_and_in_the_post():
    async def story(scene: Scene) -> None:
        await scene.types(DECLARE)
        await scene.types("incident resolve All is well incident=INC-1")
        await scene.types("incident reopen It is back incident=INC-1")
        await scene.passes(minutes=1)
        (incident,) = scene.incidents()
        assert incident.last_update is not None
        assert incident.last_update.text == "It is back"
        (reopened,) = scene.numbers("incident.reopened")
        assert "It is back" in str([one for _, _, one in scene.slack.keyed(f"inc:INC-1:{reopened}")])

    played(story)


def test_the_clock_of_a_promise_is_set_before_slack_is_waited_for():
    async def story(scene: Scene) -> None:
        await scene.types(DECLARE)
        await scene.types("incident ack incident=INC-1")
        await scene.passes(minutes=1)
        scene.slack.away_until_s = asyncio.get_running_loop().time() + 1200
        await scene.types("incident update It is the cache next=1m incident=INC-1")
        promised = scene.now() + timedelta(minutes=1)
        await scene.passes(minutes=20)
        events = scene.durable.journal.streams["inc:INC-1"]
        (overdue,) = [one.at for one in events if one.type == "incident.next_update_overdue"]
        assert overdue - promised < timedelta(seconds=1)

    played(story)


def test_a_lost_answer_of_the_journal_is_asked_for_again_and_no_request_is_taken_for_undone():
    async def story(scene: Scene) -> None:
        lost = [1]
        commit = scene.durable.journal.commit

        async def losing(one: Commit) -> Committed | Duplicate | Conflict:
            done = await commit(one)
            if lost and one.claim and one.claim.startswith("claim-"):
                lost.pop()
                raise JournalUnavailable("the answer was lost")
            return done

        scene.durable.journal.commit = losing  # as a network does, once and then twice
        answer = await scene.types(DECLARE)
        assert not answer.is_refusal
        assert answer.id == "INC-1"
        lost += [1, 1]
        answer = await scene.types("incident note It is the cache incident=INC-1")
        assert answer.message is not None
        assert "whether this was taken is not known" in answer.message.text
        notes = [one for one in scene.durable.journal.streams["inc:INC-1"] if one.type == "incident.noted"]
        assert len(notes) == 1

    played(story)


def test_a_plan_that_was_asked_for_while_its_incident_was_being_resolved_is_dropped():
    async def story(scene: Scene) -> None:
        await scene.types("incident declare P4 architect-api Search fails")
        plans = [scene.types("scale architect-api 7 because load", "C0OPS") for _ in range(6)]
        ends = scene.types("incident resolve All is well incident=INC-1")
        await asyncio.gather(*plans[:3], ends, *plans[3:])
        await scene.passes(minutes=2)
        of_it = [one for one in scene.operations() if one.incident == "INC-1"]
        assert of_it
        assert {one.phase for one in of_it} == {"dropped"}

    played(story)


def test_what_nobody_needed_while_an_incident_was_over_is_tried_again_once_it_is_reopened():
    async def story(scene: Scene) -> None:
        scene.faults.forbidden.add("pins.add")
        await scene.types(DECLARE)
        await scene.passes(minutes=1)
        await scene.types("incident resolve All is well incident=INC-1")
        await scene.passes(minutes=30)
        scene.faults.off()
        await scene.types("incident reopen It is back incident=INC-1")
        await scene.passes(minutes=1)
        (incident,) = scene.incidents()
        assert incident.degraded == ()
        assert scene.slack.rooms[incident.channel].pinned

    played(story)


def test_a_process_that_stood_still_makes_no_call_that_another_one_has_made():
    async def story(scene: Scene) -> None:
        scene.begin_another()
        await scene.types("scale architect-api 7 because load", "C0OPS")
        await scene.passes(seconds=10)
        stands = await scene.stands_once_it_has_written("op.step_begun", for_s=400)
        await scene.types("run OP-1", "C0OPS")
        await scene.passes(minutes=10)
        assert stands.done()
        (operation,) = scene.operations()
        assert operation.phase == "succeeded"
        assert len(scene.cloud.effects) == 1
        assert scene.report.broken == []

    played(story)


def test_a_process_that_stood_still_shows_nothing_that_is_no_longer_so():
    async def story(scene: Scene) -> None:
        scene.begin_another()
        await scene.types(DECLARE)
        await scene.passes(seconds=10)
        stands = await scene.stands_once_it_has_written("", for_s=400)
        await scene.types("incident ack incident=INC-1")
        await scene.passes(seconds=60)
        await scene.types("incident resolve All is well incident=INC-1")
        await scene.passes(minutes=10)
        assert stands.done()
        assert list(of_incidents.at_rest(scene)) == []

    played(story)
