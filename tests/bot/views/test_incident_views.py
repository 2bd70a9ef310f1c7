"""Posts, timelines and lists keep Slack's limits and what people wrote inert."""

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views.incident.open_list import PAGE as PAGE_OF_LIST
from bot.views.incident.open_list import incident_list
from bot.views.incident.post import post
from bot.views.incident.timeline import PAGE, _pages, timeline
from bot.views.incident.words import sections
from bot.views.message import Message
from bot.views.people_text import people_text
from model.incidents.events import ChannelCreated, Noted
from model.incidents.lifecycle import acknowledge, note, resolve, update
from model.incidents.state import Incident
from model.people import Person
from tests.model.incidents.builders import ANA, BEN, MIYABI, START, Story, minutes


def texts(message: Message) -> list[str]:
    return [block["text"]["text"] for block in message.blocks if block["type"] in {"section", "header"}]


def small(message: Message) -> list[str]:
    return [block["elements"][0]["text"] for block in message.blocks if block["type"] == "context"]


def noted(n: int, text: str = "Thing") -> Incident:
    story = Story.begin()
    for i in range(n):
        story.then(note(story.incident, START + minutes(i), f"{text} {i}"), START + minutes(i), BEN)
    return story.incident


def test_a_post_is_the_template_and_where_to_go():
    story = Story.begin()
    story.then(update(story.incident, START, "We <!here> look"))
    message = post(story.incident, MIYABI, START)
    assert message.text == "🔴 SEV2 Investigating: Elevated 5xx\nWe &lt;!here&gt; look"
    assert "\n".join(texts(message)).startswith("[SEV2] Miyabi API - Elevated 5xx\n\nStatus: Investigating")
    assert "- 22:10 UTC - We &lt;!here&gt; look" in texts(message)[0]
    assert small(message) == ["INC-42 · no channel yet"]


def size(message: Message) -> int:
    return len(json.dumps(message.blocks, ensure_ascii=False))


def test_a_long_post_is_folded_into_sections_and_loses_nothing():
    story = Story.begin()
    for n in range(9):
        story.then(update(story.incident, START, f"{n} " + "& " * 149, impact="a " * 250))
    message = post(story.incident, MIYABI, START)
    assert all(len(text) <= 3000 for text in texts(message))
    assert sum(text.count("&amp;") for text in texts(message)) >= 9 * 148
    assert texts(message)[-1].endswith("Next update: Not yet known")


def test_a_post_too_long_for_slack_says_that_it_is_cut():
    story = Story.begin()
    story.then(update(story.incident, START, "&" * 2000, impact="&" * 2000, actions=["<" * 2000]))
    message = post(story.incident, MIYABI, START)
    assert size(message) < 12_000
    assert small(message) == ["INC-42 · no channel yet · cut here, the whole is in the timeline"]


def test_a_timeline_shows_who_when_and_what_was_noted_later():
    story = Story.begin()
    story.then(note(story.incident, START + minutes(9), "Deploy", at="22:02"), START + minutes(9), BEN)
    story.then(note(story.incident, START + minutes(10), "It was 22:03", corrects=2), START + minutes(10))
    lines = texts(timeline(story.incident))[1].splitlines()
    day = "2026-11-20"
    stamp = "{date_short_pretty} {time}"
    assert lines == [
        f"`2` <!date^1795212120^{stamp}|{day} 22:02 UTC> · Deploy · <@U0BEN> "
        f"_(noted <!date^1795213140^{stamp}|{day} 22:19 UTC>, corrected by 3)_",
        f"`1` <!date^1795212600^{stamp}|{day} 22:10 UTC> · Declared SEV2: Elevated 5xx · <@U0ANA>",
        f"`3` <!date^1795213200^{stamp}|{day} 22:20 UTC> · It was 22:03 · <@U0ANA> _(corrects 2)_",
    ]
    assert small(timeline(story.incident)) == ["3 entries"]


def test_every_entry_of_a_long_timeline_is_on_one_of_its_pages():
    incident = noted(100)
    seen: list[str] = []
    page, value = 1, ""
    for page in range(1, 9):
        message = timeline(incident, page)
        seen += [line.split("`")[1] for text in texts(message)[1:] for line in text.splitlines()]
        values = {e["text"]["text"]: e["value"] for e in turn(message)}
        value = values.get("Earlier", "")
        if not value:
            break
        assert value == f"INC-42 page={page + 1}"
    assert sorted(map(int, seen)) == list(range(1, 102))
    assert page == -(-101 // PAGE)


def turn(message: Message) -> list[dict[str, Any]]:
    return [
        element for block in message.blocks if block["type"] == "actions" for element in block["elements"]
    ]


def test_a_page_that_is_not_there_shows_the_nearest():
    incident = noted(40)
    assert texts(timeline(incident, 99)) == texts(timeline(incident, 2))
    assert texts(timeline(incident, 0)) == texts(timeline(incident, 1))
    assert small(timeline(incident, 2)) == ["Entries 1 to 11 of 41"]


def test_a_page_of_the_longest_entries_fits_slack():
    story = Story.begin()
    for _ in range(PAGE + 5):
        story.then(note(story.incident, START, "&" * 2000))
    message = timeline(story.incident)
    assert len(message.blocks) <= 50
    assert size(message) < 12_000
    assert all(len(text) <= 3000 for text in texts(message))


@given(st.lists(st.integers(0, 2000), max_size=80))
def test_pages_leave_no_entry_out(lengths: list[int]):
    story = Story.begin()
    for length in lengths:
        story.then([Noted(text="x" * length)])
    pages = list(_pages(story.incident.timeline))
    assert [end for _, end in pages[1:]] == [start for start, _ in pages[:-1]]
    assert (pages[-1][0], pages[0][1]) == (0, len(lengths) + 1)
    assert all(0 < end - start <= PAGE for start, end in pages)


def test_what_muster_did_by_itself_is_said_to_be_musters():
    story = Story.begin()
    muster = Person(team="T0MUSTER", user="MUSTER")
    story.then([ChannelCreated(channel="C9", name="inc-42-x")], by=muster)
    assert texts(timeline(story.incident))[1].endswith("Channel #inc-42-x created · Muster")


def test_no_open_incident_is_an_answer():
    assert incident_list([], START).text == "No open incident."


def test_the_worst_comes_first_and_says_what_it_waits_for():
    worst = Story.begin(severity="SEV1", title="Down").incident
    message = incident_list([Story.begin(severity="SEV3").incident, worst], START + minutes(20))
    assert message.text == "2 open incidents. 🔴 SEV1 Investigating: Down"
    assert texts(message)[0].split("\n\n")[0].splitlines() == [
        "*🔴 SEV1 Investigating: Down*",
        "INC-42 · `miyabi-api` · no channel yet · incident commander nobody yet",
        "Response overdue since <!date^1795213500^{date_short_pretty} {time}|2026-11-20 22:25 UTC>",
    ]


def test_an_acknowledged_incident_waits_for_its_next_update():
    story = Story.begin()
    story.then(acknowledge(story.incident))
    assert texts(incident_list([story.incident], START))[0].endswith("Next update not promised")


def test_a_list_is_read_by_page_the_worst_first_and_no_incident_is_left_out():
    one = Story.begin().incident
    many = [one.model_copy(update={"id": f"INC-{n}", "rank": n % 4}) for n in range(25)]
    seen: list[str] = []
    for page in (1, 2, 3):
        message = incident_list(many, START, page)
        assert message.text.startswith("25 open incidents.")
        seen += re.findall(r"^INC-\d+", "\n".join(texts(message)), re.MULTILINE)
    assert seen == [one.id for one in sorted(many, key=lambda one: (one.rank, one.id))]
    assert small(incident_list(many, START, 2)) == ["5 more, less severe or newer: `/incident list page=3`"]
    assert small(message) == []
    assert texts(incident_list(many, START, 99)) == texts(message)


def test_a_page_of_the_longest_titles_fits_slack():
    message = incident_list([Story.begin(title="&" * 120).incident] * 120, START)
    assert len(message.blocks) <= 50
    assert size(message) < 12_000
    assert all(len(text) <= 3000 for text in texts(message))
    assert "\n".join(texts(message)).count("INC-42") == PAGE_OF_LIST


def test_a_resolved_incident_in_a_list_is_said_to_be():
    story = Story.begin()
    story.then(resolve(story.incident))
    assert texts(incident_list([story.incident], START))[0].endswith("Resolved")


def test_a_person_may_be_mentioned_and_nothing_else():
    text = "<@U0BEN> <!channel> <!subteam^S1> <#C1> <https://x.test|bank> @here <@ben>"
    assert people_text(text) == (
        "<@U0BEN> &lt;!channel&gt; &lt;!subteam^S1&gt; &lt;#C1&gt; "
        "&lt;https://x.test|bank&gt; @\u2060here &lt;@ben&gt;"
    )
    assert people_text(f"{ANA.mention}") == "<@U0ANA>"


@settings(max_examples=60)
@given(st.text(alphabet="ab &<@U0BEN>\n", max_size=400), st.integers(20, 60))
def test_folding_keeps_every_character_that_is_not_space(text: str, longest: int):
    escaped = people_text(text)
    parts = sections(escaped, longest)
    assert all(len(part) <= longest for part in parts)
    assert "".join("".join(parts).split()) == "".join(escaped.split())
    for part in parts:
        assert part.count("<") == part.count(">")
        assert "&" not in part.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
