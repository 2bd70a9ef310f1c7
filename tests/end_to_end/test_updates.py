"""Updates are read in one line, said once, and every word is answered."""

import pytest

from tests.end_to_end.conftest import INCIDENTS, Stage, everything
from tests.end_to_end.test_incidents import declared, says

MOST_IN_ITS_CHANNEL, MOST_IN_INCIDENTS = 8, 2
"""What a clean incident may post (issue of the commander's half; incident.io's norm is about 2 + 6)."""


def in_channel(stage: Stage, channel: str) -> list[dict]:
    """What stands in the channel itself: no replies but those that are broadcast, no joins."""
    found: list[dict] = []
    for message in stage.slack.workspace.messages(channel):
        is_reply = message.get("thread_ts") not in (None, message["ts"])
        is_seen = not is_reply or message.get("subtype") == "thread_broadcast"
        if is_seen and message.get("subtype") not in {"channel_join", "bot_add"}:
            found.append(message)
    return found


async def resolved(stage: Stage, room: str) -> None:
    """A clean incident: nothing goes wrong, nothing is said twice."""
    await says(stage, "ack", room)
    await says(stage, "role ic <@U0BEN>", room)
    await stage.slack.wait_for(lambda: "U0BEN" in stage.slack.workspace.room(room).members or None)
    await says(stage, "update Identified Bad config in the last deploy next=30m impact=Logins fail", room)
    await stage.types("U0BEN", "/restart delivery-standard because the config is back", room)
    await stage.confirms("U0BEN", await stage.shows("OP-1 · plan", room))
    await stage.shows("OP-1 · ✅ Done", room)
    await says(stage, "update Monitoring Restarted, errors fall", room, "U0BEN")
    await says(stage, "resolve Errors are gone", room, "U0BEN")
    await stage.shows("Resolved after", room)
    await says(stage, "postmortem", room, "U0BEN")
    await stage.shows("drafted from its timeline", room)
    await stage.settles()


async def test_a_clean_incident_is_told_in_few_messages(stage: Stage):
    room = await declared(stage, "High delivery-standard Orders are late")
    await resolved(stage, room)
    here = [everything(one).splitlines()[0] for one in in_channel(stage, room)]
    assert len(here) <= MOST_IN_ITS_CHANNEL, here
    there = [everything(one).splitlines()[0] for one in in_channel(stage, INCIDENTS)]
    assert len(there) <= MOST_IN_INCIDENTS, there


async def test_an_update_says_it_in_one_line_then_impact_and_leaves_out_what_is_not_known(stage: Stage):
    room = await declared(stage)
    await says(stage, "role ic <@U0BEN>", room)
    await says(stage, "update Identified Bad config in the last deploy next=30m impact=Logins fail", room)
    post = await stage.shows("Bad config in the last deploy · next update", room)
    first, *rest = (block["text"]["text"] for block in post["blocks"] if block["type"] == "section")
    assert first.startswith("*🟠 SEV2 Identified* · Bad config in the last deploy · next update <!date^")
    assert first.endswith(" · Ben Okafor leads")
    assert rest == ["*Impact* Logins fail"]


async def test_the_whole_template_stands_in_the_thread_of_the_one_announcement(stage: Stage):
    room = await declared(stage)
    await says(stage, "update Identified Bad config next=30m", room)
    template = await stage.shows("Subject: [SEV2] Miyabi API", INCIDENTS)
    (announcement,) = in_channel(stage, INCIDENTS)
    assert template["thread_ts"] == announcement["ts"]
    assert "🟠 SEV2 Identified" in everything(announcement)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("sev SEV1 All regions are down", "SEV2 → SEV1 by Ana Lima: All regions are down"),
        ("resolve Rolled back", "🟢 SEV2 Resolved after"),
    ],
)
async def test_what_concerns_everybody_is_broadcast_from_the_thread(stage: Stage, line: str, said: str):
    room = await declared(stage)
    await says(stage, line, room)
    told = await stage.shows(said, INCIDENTS)
    first, second = in_channel(stage, INCIDENTS)
    assert (told["ts"], told["thread_ts"], told["subtype"]) == (second["ts"], first["ts"], "thread_broadcast")
    assert f"<#{room}>" in everything(told)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("note The pool is full", "Noted · <!date^"),
        ("ack", "INC-1 is acknowledged; its response clock has stopped."),
        ("tick assess", "Ticked: Assess severity and impact."),
        ("role comms <@U0BEN>", "<@U0BEN> is comms of INC-1."),
        ("role ic me", "<@U0ANA> is incident commander of INC-1."),
        ("role ic <@U0BEN>", "<@U0BEN> is incident commander of INC-1."),
        ("sev SEV1 Worse", "INC-1 is SEV1 now; it was SEV2."),
        ("status Identified", "INC-1 is Identified now; posted."),
        ("update Looking", "INC-1: posted; no next update is promised; `next=30m` promises one."),
        ("update Looking next=30m", "INC-1: posted; the next update is promised for <!date^"),
        ("page miyabi-oncall API down", "miyabi-oncall is being paged"),
        ("resolve Over", "INC-1 is resolved."),
        ("postmortem", "The post-mortem of INC-1 is being drafted"),
    ],
)
async def test_every_word_is_answered_to_whoever_typed_it(stage: Stage, line: str, said: str):
    room = await declared(stage)
    ack = await stage.types("U0ANA", f"/incident {line}", room)
    assert said in ack.body["text"]


async def test_a_note_is_answered_with_the_number_of_its_entry(stage: Stage):
    room = await declared(stage)
    ack = await stage.types("U0ANA", "/incident note The pool is full", room)
    entry = await stage.timeline("INC-1", "The pool is full")
    assert f"entry {entry.number} of INC-1." in ack.body["text"]


async def test_what_is_sent_from_a_form_is_answered_too(stage: Stage):
    room = await declared(stage)
    await stage.presses("U0ANA", await stage.shows("Incident commander", room), "incident.role")
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None))[-1]
    await stage.slack.as_user("U0ANA").submit(view, {"role": "ic", "person": "U0BEN"})
    await stage.whispers("<@U0BEN> is incident commander of INC-1.", "U0ANA")


async def test_a_commander_who_is_followed_by_another_hears_of_it(stage: Stage):
    room = await declared(stage)
    await says(stage, "role ic <@U0BEN>", room)
    await stage.shows("<@U0BEN> leads INC-1 now · asked by <@U0ANA>", room)
    await says(stage, "role ic <@U0ANA>", room)
    await stage.shows("<@U0ANA> leads INC-1 now, instead of <@U0BEN>", room)


async def test_a_page_says_whether_it_was_taken(stage: Stage):
    room = await declared(stage)
    await stage.shows("PagerDuty has taken it", room)  # the incident's own, on the headline
    stage.town.faults.switch("pager-down", on=True)
    await says(stage, "page miyabi-oncall The database does not answer", room)
    page = await stage.shows("*NOT paged*", room)
    assert "paged by Ana Lima: The database does not answer" in everything(page)
    stage.town.faults.switch("pager-down", on=False)
    taken = await stage.shows("The database does not answer · PagerDuty has taken it", room)
    assert taken["ts"] == page["ts"]


async def test_the_template_can_be_copied_by_whoever_asks(stage: Stage):
    room = await declared(stage)
    await says(stage, "update Identified Bad config", room)
    await stage.presses("U0ANA", await stage.shows("Bad config · ", room), "incident.text")
    shown = await stage.whispers("Subject: [SEV2] Miyabi API - Elevated 5xx", "U0ANA")
    assert shown["blocks"][-1]["type"] == "rich_text"


async def test_the_topic_is_set_when_it_changes_and_at_no_update(stage: Stage):
    room = await declared(stage)
    await says(stage, "update Identified Bad config", room)
    await says(stage, "sev SEV1 Worse", room)
    await stage.shows("INC-1 · SEV1 · ", room)
    await says(stage, "resolve Over", room)
    await stage.shows("INC-1 · Resolved · ", room)
    await stage.settles()
    topics = [one["topic"] for one in in_channel(stage, room) if one.get("subtype") == "channel_topic"]
    assert topics == [
        "INC-1 · SEV2 · Elevated 5xx",
        "INC-1 · SEV1 · Elevated 5xx",
        "INC-1 · Resolved · Elevated 5xx",
    ]


async def test_a_post_mortem_goes_into_the_thread_of_the_post_that_resolved_it(stage: Stage):
    room = await declared(stage)
    await says(stage, "resolve Rolled back", room)
    post = await stage.shows("Resolved after", room)
    await stage.presses("U0ANA", post, "incident.postmortem")
    drafted = await stage.shows("drafted from its timeline", room)
    assert drafted["thread_ts"] == post["ts"]
