"""What the incidents of a time came to, from what was typed to the message, the chart and the file."""

import csv
from io import StringIO

from tests.end_to_end.conftest import INCIDENTS, OPS, Stage, everything
from tests.end_to_end.test_incidents import declared, says


async def led(stage: Stage) -> str:
    """An incident with an answer, a promise that is kept, a change that is judged, and an end."""
    room = await declared(stage, "High delivery-standard Orders are late")
    await says(stage, "ack", room)
    await says(stage, "role ic <@U0BEN>", room)
    await stage.slack.wait_for(lambda: "U0BEN" in stage.slack.workspace.room(room).members or None)
    await says(stage, "update Identified Bad config next=30m", room)
    await stage.types("U0BEN", "/restart delivery-standard because the config is back", room)
    await stage.confirms("U0BEN", await stage.shows("OP-1 · plan", room))
    await stage.shows("OP-1 · ✅ Done", room)
    await says(stage, "update Monitoring Errors fall", room)
    await says(stage, "resolve Errors are gone", room, "U0BEN")
    await stage.shows("Resolved after", room)
    return room


async def test_a_report_answers_in_its_first_line_and_brings_chart_and_file(stage: Stage):
    await led(stage)
    await stage.types("U0ANA", "/incident declare SEV2 miyabi-api =2+5 looks slow", INCIDENTS)
    await stage.slack.wait_for(lambda: stage.channel("inc-2-"))
    await stage.types("U0EVE", "/report 7d")
    shown = await stage.shows("2 incidents in 7 days · 1 still open · resolved in")
    told = everything(shown)
    assert "Response within target: 1 of 1 (100 %)" in told
    assert "Promised updates kept: 1 of 1 (100 %)" in told
    assert "Changes during incidents: 1 " in told
    assert "mitigate" in told
    await stage.settles()
    assert any(block["type"] == "image" for block in shown["blocks"])
    (file,) = [one for one in stage.slack.workspace.files.values() if one.name.endswith(".csv")]
    rows = {row["incident"]: row for row in csv.DictReader(StringIO(file.content.decode()))}
    assert rows["INC-1"]["response_in_time"] == "yes"
    assert rows["INC-2"]["title"] == "'=2+5 looks slow"


async def test_a_report_is_of_one_system_where_it_is_named(stage: Stage):
    await declared(stage, "SEV2 miyabi-api Slow")
    await stage.types("U0EVE", "/report 30d architect")
    await stage.shows("No incidents in 30 days of architect")
    await stage.types("U0EVE", "/report miyabi-web")
    await stage.shows("1 incident in 30 days of miyabi-web · 1 still open")


async def test_a_report_of_what_is_no_system_says_what_to_type(stage: Stage):
    for line, said in {
        "/report 30d architec": "Did you mean `architect`",
        "/report 30d architect-api": "is a service, not a system",
        "/report 900d": "Type from 1h to 400d",
    }.items():
        ack = await stage.types("U0EVE", line, OPS)
        assert said in str(ack.body), (line, ack.body)
