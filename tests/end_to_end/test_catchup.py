"""Who comes late is told what happened since they were last here; notes can be set right."""

from tests.end_to_end.conftest import Stage, everything
from tests.end_to_end.test_incidents import declared, says


async def test_who_comes_late_reads_what_others_did_and_nothing_of_their_own(stage: Stage):
    room = await declared(stage)
    await says(stage, "role ic @ana", room)
    await stage.slack.as_user("U0BEN").join(room)
    await stage.types("U0BEN", "/incident note Ben looked at the pool", room)
    await stage.timeline("INC-1", "Ben looked")
    await says(stage, "update Identified Bad config next=30m", room)
    await says(stage, "sev SEV1 All regions", room)
    await stage.timeline("INC-1", "Severity SEV2 → SEV1")
    await stage.types("U0BEN", "/incident catchup", room)
    told = everything(await stage.whispers("since you were last here", "U0BEN"))
    assert "SEV1 Identified" in told.split("\n", maxsplit=1)[0]
    assert "Bad config" in told
    assert "Severity SEV2 → SEV1: All regions" in told
    assert "Ben looked at the pool" not in told
    assert "Next update" in told


async def test_the_headlines_button_tells_only_who_presses(stage: Stage):
    room = await declared(stage)
    shown = await stage.shows("Incident commander", room)
    await stage.slack.as_user("U0CHI").join(room)
    await stage.presses("U0CHI", shown, "incident.catchup")
    told = everything(await stage.whispers("since it was declared", "U0CHI"))
    assert "Declared SEV2" in told
    assert stage.slack.workspace.ephemerals("U0BEN") == []


async def test_where_nothing_is_new_it_says_so(stage: Stage):
    room = await declared(stage)
    await says(stage, "note All I know", room)
    await stage.types("U0ANA", "/incident catchup", room)
    await stage.whispers("Nothing new since you were last here", "U0ANA")


async def test_a_note_is_set_right_and_struck_out_and_both_stay(stage: Stage):
    room = await declared(stage)
    await says(stage, "note The second region fails", room)
    number = (await stage.timeline("INC-1", "The second region")).number
    await says(stage, f"note It was the third corrects={number}", room)
    await says(stage, f"note removes={number} Somebody else's outage", room)
    await stage.whispers(f"Entry {number} of INC-1 is struck out", "U0ANA")
    await stage.types("U0ANA", "/incident timeline", room)
    shown = everything(await stage.whispers("Timeline of INC-1", "U0ANA"))
    assert "~The second region fails~" in shown
    assert f"Removed entry {number}: Somebody else's outage" in shown
    await says(stage, f"note removes={number} again", room)
    await stage.whispers(f"Entry {number} is removed already", "U0ANA")


async def test_what_happened_cannot_be_removed(stage: Stage):
    room = await declared(stage)
    await says(stage, "note removes=1 I did not", room)
    told = everything(await stage.whispers("Only what somebody noted can be removed", "U0ANA"))
    assert "/incident note TEXT corrects=1" in told
    await says(stage, "note removes=999 never was", room)
    await stage.whispers("The timeline has no entry 999", "U0ANA")
