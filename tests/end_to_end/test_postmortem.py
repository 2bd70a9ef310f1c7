"""The post-mortem tells what the events know: how long it took, what was decided, what changed before."""

from tests.end_to_end.conftest import INCIDENTS, Stage
from tests.end_to_end.test_incidents import declared, says


async def written(stage: Stage, room: str) -> str:
    """The text of the post-mortem, asked for by the button of the post that resolved it."""
    await stage.presses("U0BEN", await stage.shows("Resolved after", room), "incident.postmortem")
    await stage.shows("drafted from its timeline", room)
    await stage.settles()
    (file,) = [one for one in stage.slack.workspace.files.values() if one.name.endswith("post-mortem.md")]
    return file.content.decode()


def part(text: str, title: str) -> str:
    """What stands under a title."""
    return text.partition(f"## {title}\n")[2].partition("\n## ")[0].strip()


async def test_it_tells_what_changed_before_when_it_was_mitigated_and_what_was_decided(stage: Stage):
    await stage.changes("U0ANA", "/restart delivery-standard because a new config")
    room = await declared(stage, "High delivery-standard Orders are late")
    await says(stage, "role ic <@U0BEN>", room)
    await stage.slack.wait_for(lambda: "U0BEN" in stage.slack.workspace.room(room).members or None)
    await says(stage, "sev Critical All orders", room)
    await says(stage, "tick mitigate", room)
    await says(stage, "resolve Errors are gone", room, "U0BEN")
    text = await written(stage, room)
    before = part(text, "What changed in the 24 hours before")
    assert "OP-1 on delivery-standard: " in before
    assert len(before.splitlines()) == 1
    assert "| Mitigated | 20" in text
    decided = part(text, "Decisions")
    assert "Severity High → Critical: All orders" in decided
    assert "Incident commander: Ben Okafor" in decided
    assert "What made it possible: _to be written_" in part(text, "Contributing factors")


async def test_what_ran_during_the_incident_or_for_others_did_not_change_before(stage: Stage):
    await stage.types("U0ANA", "/restart architect-api because of something else")
    await stage.confirms("U0ANA", await stage.shows("OP-1 · plan"))
    await stage.shows("OP-1 · ✅ Done")
    room = await declared(stage, "SEV2 miyabi-api Slow")
    await says(stage, "role ic <@U0BEN>", room)
    await stage.slack.wait_for(lambda: "U0BEN" in stage.slack.workspace.room(room).members or None)
    await says(stage, "resolve Over", room)
    await stage.shows("Resolved after", INCIDENTS)
    text = await written(stage, room)
    assert part(text, "What changed in the 24 hours before") == (
        "- Nothing through Muster, of this service or its system."
    )
