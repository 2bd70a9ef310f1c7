"""One person asks for much in a minute: the rest is refused kindly, and nobody else waits."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.gate.budgets import WINDOW, Budgets
from journal.audit import Filter, show
from model.people import Person
from tests.end_to_end.conftest import INCIDENTS, OPS, Stage, everything, staged

EVE = Person(team="T0MUSTER", user="U0EVE")
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@given(st.lists(st.integers(0, 120), max_size=40))
def test_no_minute_holds_more_than_the_budget(seconds):
    budgets = Budgets({"declarations": 5, "plans": 5, "looks": 5, "refusals": 5})
    taken = []
    for number, second in enumerate(sorted(seconds)):
        at = NOON + timedelta(seconds=second)
        wait = budgets.take(EVE, "plans", str(number), at)
        if wait is None:
            taken.append(at)
        else:
            assert timedelta() < wait <= WINDOW
            assert budgets.take(EVE, "plans", f"later {number}", at) is not None
    for start in taken:
        assert sum(1 for at in taken if start <= at < start + WINDOW) <= 5


async def test_incidents_beyond_the_budget_are_not_made_and_everybody_else_goes_on(tmp_path):
    async with staged(tmp_path, "http", budget_declarations=3) as stage:
        services = ("architect-api", "miyabi-api", "delivery-standard", "brutal-patches-api", "miyabi-dev")
        eve = stage.slack.as_user("U0EVE")
        severities = ("P1", "SEV1", "P1", "SEV1", "SEV1")
        acks = [
            await eve.slash(INCIDENTS, f"/incident declare {severity} {service} down")
            for severity, service in zip(severities, services, strict=True)
        ]
        told = [str(ack.body) for ack in acks]
        assert sum("which is the most" in one for one in told) >= 1
        assert "It goes on in" in told[-1]
        await stage.types("U0SAM", "/incident declare SEV2 miyabi-dev Real", OPS)
        await stage.shows("Real", INCIDENTS)


async def test_refusals_beyond_the_budget_cost_nothing(tmp_path):
    async with staged(tmp_path, "http", budget_refusals=4) as stage:
        for _ in range(9):
            ack = await stage.slack.as_user("U0GUS").slash(INCIDENTS, "/scale architect-api 6")
        assert "refused very often" in str(ack.body)
        assert len(await show(stage.muster.opened.journal, Filter(user="U0GUS"))) == 4


async def test_the_open_incident_is_shown_before_a_second_one_is_declared_on_its_service(stage: Stage):
    await stage.types("U0BEN", "/incident declare P2 architect-api Slow", INCIDENTS)
    await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    told = str((await stage.types("U0EVE", "/incident declare P1 architect-api It is down", OPS)).body)
    assert "INC-1 is open on architect-api: P2 Slow. Nothing was declared." in told
    assert "go on in #inc-1-architect-api-slow" in told
    assert "send this again" in told
    await stage.settles()
    assert stage.channel("inc-2-") is None
    await stage.types("U0EVE", "/incident declare P1 architect-api It is down", OPS)
    assert "It is down" in everything(await stage.shows("It is down", INCIDENTS))
