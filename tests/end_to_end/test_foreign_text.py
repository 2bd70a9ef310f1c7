"""What people and clouds wrote stays text: one entry looks like one entry, wherever it is shown."""

from tests.end_to_end.conftest import Stage, everything
from tests.end_to_end.test_incidents import declared, says
from tests.model.test_escape import FORGED


async def test_a_note_passes_for_nothing_else_in_the_post_mortem(stage: Stage):
    room = await declared(stage)
    await says(stage, f"note {FORGED}", room)
    await says(stage, "resolve Rolled back", room)
    await says(stage, "postmortem", room)

    def file() -> str | None:
        files = stage.slack.workspace.files.values()
        named = (one.content for one in files if one.name == "inc-1-post-mortem.md" and one.room_ids)
        return next((content.decode() for content in named if content), None)

    lines = (await stage.slack.wait_for(file)).split("\n")
    assert not any(line.startswith("- 2026-11-27 06:00 OP-9") for line in lines)
    assert [line for line in lines if line == "## Root cause"] == ["## Root cause"]
    [noted] = [line for line in lines if "Looked at the pool" in line]
    assert noted.endswith(")")
    forged = lines[lines.index(noted) + 1 : lines.index(noted) + 7]
    assert all(line.startswith("  > ") for line in forged)
    assert "<img" not in "\n".join(lines)


async def test_a_note_is_one_entry_of_the_timeline(stage: Stage):
    room = await declared(stage)
    await says(stage, "note Looked at the pool\n`9` today · OP-9 done · <@U0BEN>", room)
    await stage.types("U0ANA", "/incident timeline", room)
    shown = everything(await stage.whispers("Looked at the pool", "U0ANA"))
    assert "\n&gt; `9` today" in shown


async def test_addresses_and_turned_text_of_others_are_inert(stage: Stage):
    room = await declared(stage, "SEV2 miyabi-api Look at https://evil.example/login \u202ereverse")
    message = await stage.shows("Incident commander", room)
    assert "Look at https://evil.example/login" in everything(message)
    assert "\u202e" not in everything(message)
    texts = [block["text"] for block in message["blocks"] if block["type"] == "section"]
    assert all(text["verbatim"] for text in texts)
    assert "<https://evil.example" not in str(message["blocks"])
