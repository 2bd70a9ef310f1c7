"""The headline answers the first question in its first line, and hides nothing that is degraded."""

import json

from bot.views.incident.headline import headline
from bot.views.message import Message
from model.incidents.events import OperationLinked, StepFailed, Ticked
from model.incidents.lifecycle import acknowledge, assign, resolve, update
from tests.model.incidents.builders import ANA, BEN, MIYABI, MIYABI_DEV, SEV, SILENT, START, Story, minutes

DATE = "<!date^1795212600^{date_short_pretty} {time}|2026-11-20 22:10 UTC>"


def texts(message: Message) -> list[str]:
    """Every text of a message, block by block, buttons left out."""
    found: list[str] = []
    for block in message.blocks:
        if block["type"] == "actions":
            continue
        for part in [block.get("text"), *block.get("elements", [])]:
            found += [part["text"]] if part else []
    return found


def buttons(message: Message) -> dict[str, str]:
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return {element["action_id"]: element["value"] for row in rows for element in row}


def test_a_fresh_incident_reads_like_this():
    message = headline(Story.begin().incident, START)
    due = "<!date^1795214400^{date_short_pretty} {time}|2026-11-20 22:40 UTC>"
    assert texts(message) == [
        "🔴 SEV2 Investigating: Elevated 5xx",
        f"*Service* Miyabi API (`miyabi-api`) · *since* {DATE}\n"
        "*Incident commander* nobody yet\n"
        f"*Response* due {due}\n"
        "*Next update* not promised",
        "*Checklist* 0 of 7 done · next: acknowledge the incident",
        "INC-42 · declared by <@U0ANA>",
    ]
    assert message.text.splitlines()[0] == "🔴 SEV2 Investigating: Elevated 5xx"


def test_every_button_carries_the_incident():
    pressed = buttons(headline(Story.begin().incident, START))
    assert set(pressed.values()) == {"INC-42"}
    assert list(pressed) == [
        "incident.ack",
        "incident.update",
        "incident.sev",
        "incident.role",
        "incident.catchup",
        "incident.timeline",
        "incident.resolve",
    ]


def test_what_is_degraded_stands_right_under_the_first_line():
    story = Story.begin().then(
        [StepFailed(step="page", why="PagerDuty: 503", will_retry=False), StepFailed(step="channel")]
    )
    message = headline(story.incident, START)
    assert texts(message)[1] == "⚠️ *Degraded* NOT paged (PagerDuty: 503) · channel not created; retrying"
    assert "Degraded: NOT paged · channel not created; retrying" in message.text


def test_a_late_answer_is_said_to_be_late():
    story = Story.begin()
    story.then(acknowledge(story.incident), START + minutes(31), BEN)
    message = headline(story.incident, START + minutes(31))
    assert "*Response* acknowledged by <@U0BEN> after 31 min 0 s (late)" in texts(message)[1]
    assert "incident.ack" not in buttons(message)


def test_an_overdue_response_and_update_say_since_when():
    story = Story.begin()
    story.then(update(story.incident, START, "x", next=minutes(20)))
    facts = texts(headline(story.incident, START + minutes(60)))[1]
    assert "*Response* overdue since <!date^1795214400^" in facts
    assert "*Next update* overdue since <!date^1795213800^" in facts


def test_a_silent_runbook_is_said_to_be_silent():
    story = Story.begin(SILENT, MIYABI_DEV)
    facts = texts(headline(story.incident, START))[1]
    assert "*Response* not acknowledged; the runbook sets no response time" in facts


def test_a_response_that_is_due_immediately_is_never_called_late():
    critical = SEV.levels[0].model_copy(update={"id": "Critical", "respond_within": minutes(0)})
    scheme = SEV.model_copy(update={"levels": (critical,)})
    system = MIYABI.model_copy(update={"severities": scheme})
    story = Story.begin(system, severity="Critical")
    facts = texts(headline(story.incident, START + minutes(1)))[1]
    assert "*Response* due at once; nobody has acknowledged" in facts
    story.then(acknowledge(story.incident), START + minutes(1))
    facts = texts(headline(story.incident, START + minutes(1)))[1]
    assert "*Response* acknowledged by <@U0ANA> after 1 min 0 s\n" in facts


def test_update_roles_and_operations_show():
    story = Story.begin()
    story.then(assign(story.incident, "ic", ANA, ANA)).then(assign(story.incident, "scribe", BEN, ANA))
    story.then(update(story.incident, START, "It is <!channel> the <@U0BEN> & deploy", status="Identified"))
    story.then(
        OperationLinked(
            operation=f"OP-{n}", service="miyabi-api", phase=phase, summary="scale 2 → 6", is_over=n > 1
        )
        for n, phase in enumerate(("applying", *["succeeded"] * 7, "planned", "expired"), 1)
    )
    shown = texts(headline(story.incident, START))
    assert shown[0] == "🟠 SEV2 Identified: Elevated 5xx"
    assert "*Incident commander* <@U0ANA>" in shown[1] and "*Scribe* <@U0BEN>" in shown[1]
    assert shown[2] == (f"*Last update* {DATE} by <@U0ANA>\nIt is &lt;!channel&gt; the <@U0BEN> &amp; deploy")
    assert shown[3].splitlines() == [
        "*Operations*",
        "• OP-8 succeeded: scale 2 → 6",
        "• OP-7 succeeded: scale 2 → 6",
        "• OP-6 succeeded: scale 2 → 6",
        "• OP-5 succeeded: scale 2 → 6",
        "• OP-1 applying: scale 2 → 6",
        "3 more in the timeline",
    ]


def test_the_checklist_is_ticked_from_its_next_item():
    story = Story.begin()
    assert not tickable(story)
    story.then(acknowledge(story.incident))
    assert tickable(story) == [("incident.tick", "INC-42 assess")]
    for item in ("assess", "communicate", "investigate", "mitigate"):
        story.then([Ticked(item=item)])
    assert not tickable(story)
    story.then(resolve(story.incident))
    assert tickable(story) == [("incident.tick", "INC-42 document")]
    story.then([Ticked(item="document")])
    assert "*Checklist* 7 of 7 done" in texts(headline(story.incident, START))


def tickable(story: Story) -> list[tuple[str, str]]:
    blocks = headline(story.incident, START).blocks
    return [(b["accessory"]["action_id"], b["accessory"]["value"]) for b in blocks if "accessory" in b]


def test_resolving_asks_first_and_says_what_still_runs():
    story = Story.begin().then(
        [OperationLinked(operation="OP-3", service="miyabi-api", phase="watching", summary="x")]
    )
    rows = [block for block in headline(story.incident, START).blocks if block["type"] == "actions"]
    (confirm,) = [one["confirm"] for one in rows[0]["elements"] if one["action_id"] == "incident.resolve"]
    assert confirm["text"]["text"] == "SEV2: Elevated 5xx. Still running: OP-3."


def test_a_resolved_incident_offers_to_be_reopened():
    story = Story.begin()
    story.then(resolve(story.incident, "Rolled back"), START + minutes(65))
    message = headline(story.incident, START + minutes(65))
    assert texts(message)[0] == "🟢 SEV2 Resolved: Elevated 5xx"
    assert "after 1 h 5 min" in texts(message)[1]
    assert list(buttons(message)) == ["incident.reopen", "incident.timeline", "incident.catchup"]


def test_what_a_phone_shows_first_ends_with_the_buttons():
    story = Story.begin()
    story.then(update(story.incident, START, "x " * 900, next=minutes(30)))
    kinds = [block["type"] for block in headline(story.incident, START).blocks]
    assert kinds == ["header", "section", "section", "actions", "section", "context"]
    assert len(texts(headline(story.incident, START))[2]) < 800


def test_the_longest_and_wildest_incident_still_fits():
    story = Story.begin(title="&" * 120)
    story.then(update(story.incident, START, "<" * 2000, next=minutes(5)))
    story.then([StepFailed(step="post", why="&" * 4000)])
    story.then(
        OperationLinked(operation=f"OP-{n}", service="s", phase="p", summary="<" * 2000) for n in range(99)
    )
    message = headline(story.incident, START)
    assert len(message.text) <= 3900
    assert len(json.dumps(message.blocks, ensure_ascii=False)) < 12_000
    assert all(len(text) <= 3000 for text in texts(message))
