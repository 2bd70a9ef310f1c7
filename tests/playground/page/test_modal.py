"""Modals: filled in with care, refused with a reason, and never emptied by a mistake."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.playground.page.cards import modal, plain
from tests.playground.page.stub import Stub

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def opened(page: Page, stub: Stub, view: dict[str, Any] | None = None):
    await stub.emit({"type": "view_opened", "view": view or modal()}, "UMONA")
    dialog = page.get_by_test_id("modal")
    await dialog.wait_for()
    return dialog


async def test_a_modal_opens_with_the_focus_in_its_first_field(page: Page, stub: Stub):
    dialog = await opened(page, stub)
    await expect(dialog).to_have_accessible_name("Declare an incident")
    await expect(dialog.get_by_label("What is wrong")).to_be_focused()


async def test_what_was_filled_in_is_submitted_in_slacks_shape(page: Page, stub: Stub):
    dialog = await opened(page, stub)
    await dialog.get_by_label("What is wrong").fill("Elevated 5xx")
    await dialog.get_by_label("Severity").select_option("SEV1")
    await dialog.get_by_label("Commander").select_option("UKENJI")
    await dialog.get_by_label("Requests failing").fill("4")
    await dialog.get_by_label("Page the owner").check()
    await dialog.get_by_test_id("modal-submit").click()
    (sent,) = await stub.wait_for("view_submit", 1)
    values = sent["state"]["values"]
    assert (sent["user"], sent["view_id"]) == ("UMONA", "V1")
    assert values["title"]["value"] == {"type": "plain_text_input", "value": "Elevated 5xx"}
    assert values["severity"]["value"]["selected_option"]["value"] == "SEV1"
    assert values["ic"]["value"] == {"type": "users_select", "selected_user": "UKENJI"}
    assert values["count"]["value"] == {"type": "number_input", "value": "4"}
    assert values["more"]["value"] == {"type": "plain_text_input", "value": None}
    assert [o["value"] for o in values["tell"]["value"]["selected_options"]] == ["page"]


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("What is wrong", "", "Please complete this required field."),
        ("What is wrong", "abc", "Please enter at least 5 characters."),
        ("Requests failing", "101", "Please enter a number of at most 100."),
        ("Requests failing", "many", "Please enter a whole number."),
    ],
)
async def test_a_mistake_is_told_at_its_field_and_nothing_is_sent(
    page: Page, stub: Stub, field: str, typed: str, says: str
):
    dialog = await opened(page, stub)
    await dialog.get_by_label("What is wrong").fill("Elevated 5xx")
    await dialog.get_by_label(field).fill(typed)
    await dialog.get_by_test_id("modal-submit").click()
    await expect(dialog.get_by_label(field)).to_have_attribute("aria-invalid", "true")
    await expect(dialog.get_by_label(field)).to_have_accessible_description(
        f"{says} One line that a customer would understand." if field == "What is wrong" else says
    )
    await expect(dialog.get_by_label(field)).to_be_focused()
    await expect(dialog.get_by_label(field)).to_have_value(typed)
    assert stub.posts("view_submit") == []


async def test_errors_of_the_app_keep_what_was_typed(page: Page, stub: Stub):
    dialog = await opened(page, stub)
    await dialog.get_by_label("What is wrong").fill("Elevated 5xx")
    await dialog.get_by_test_id("modal-submit").click()
    await stub.wait_for("view_submit", 1)
    await stub.emit(
        {"type": "view_errors", "view_id": "V1", "errors": {"title": "An incident with this title is open."}},
        "UMONA",
    )
    await expect(dialog).to_contain_text("An incident with this title is open.")
    await expect(dialog.get_by_label("What is wrong")).to_have_value("Elevated 5xx")
    await expect(dialog.get_by_label("What is wrong")).to_be_focused()


async def test_submit_is_pending_until_answered_and_goes_out_once(page: Page, stub: Stub):
    gate = stub.held["view_submit"] = asyncio.Event()
    dialog = await opened(page, stub)
    await dialog.get_by_label("What is wrong").fill("Elevated 5xx")
    await dialog.get_by_test_id("modal-submit").click()
    await expect(dialog.get_by_test_id("modal-submit")).to_have_attribute("aria-busy", "true")
    await dialog.get_by_test_id("modal-submit").press("Enter")
    gate.set()
    await stub.emit({"type": "view_closed", "view_id": "V1"}, "UMONA")
    await expect(dialog).to_have_count(0)
    assert len(stub.posts("view_submit")) == 1


async def test_a_form_that_was_not_taken_says_why_and_stays(page: Page, stub: Stub):
    stub.answers["view_submit"] = {"ok": False, "error": "operation_timeout"}
    dialog = await opened(page, stub)
    await dialog.get_by_label("What is wrong").fill("Elevated 5xx")
    await dialog.get_by_test_id("modal-submit").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("did not answer within three seconds")
    await expect(dialog.get_by_label("What is wrong")).to_have_value("Elevated 5xx")


async def test_an_update_keeps_fields_that_are_still_there_and_the_caret(page: Page, stub: Stub):
    dialog = await opened(page, stub)
    await dialog.get_by_label("What is wrong").fill("Elevated 5xx")
    await dialog.get_by_label("What is wrong").press("Home")
    await stub.emit(
        {"type": "view_updated", "view": {**modal(), "hash": "2", "title": plain("Declare SEV1")}}, "UMONA"
    )
    await expect(dialog).to_have_accessible_name("Declare SEV1")
    await expect(dialog.get_by_label("What is wrong")).to_have_value("Elevated 5xx")
    await page.keyboard.type("New: ")
    await expect(dialog.get_by_label("What is wrong")).to_have_value("New: Elevated 5xx")


async def test_a_pushed_view_is_shown_above_and_uncovers_the_first_when_closed(page: Page, stub: Stub):
    dialog = await opened(page, stub)
    await dialog.get_by_label("What is wrong").fill("Elevated 5xx")
    await stub.emit(
        {"type": "view_opened", "view": {**modal(), "id": "V2", "title": plain("Who to tell")}}, "UMONA"
    )
    await expect(dialog).to_have_accessible_name("Who to tell")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_accessible_name("Declare an incident")
    await expect(dialog.get_by_label("What is wrong")).to_have_value("Elevated 5xx")
    assert await stub.wait_for("view_close", 1) == [{"user": "UMONA", "view_id": "V2"}]


async def test_a_dispatching_field_sends_its_action_with_the_state(page: Page, stub: Stub):
    view = modal()
    view["blocks"][2]["dispatch_action"] = True
    dialog = await opened(page, stub, view)
    await dialog.get_by_label("What is wrong").fill("Elevated 5xx")
    await dialog.get_by_label("Severity").select_option("SEV3")
    (sent,) = await stub.wait_for("action", 1)
    assert (sent["view_id"], sent["action"]["block_id"]) == ("V1", "severity")
    assert sent["action"]["selected_option"]["value"] == "SEV3"
    assert sent["state"]["values"]["title"]["value"]["value"] == "Elevated 5xx"


@pytest.mark.parametrize(
    ("element", "fill", "state"),
    [
        ({"type": "datepicker"}, "2026-01-31", {"selected_date": "2026-01-31"}),
        ({"type": "timepicker"}, "14:02", {"selected_time": "14:02"}),
        ({"type": "email_text_input"}, "a@b.example", {"value": "a@b.example"}),
        ({"type": "url_text_input"}, "https://a.example", {"value": "https://a.example"}),
        ({"type": "datetimepicker"}, "2025-11-20T00:53", {"selected_date_time": 1763599980}),
    ],
)
async def test_fields_keep_slacks_names_for_their_values(
    page: Page, stub: Stub, element: dict[str, Any], fill: str, state: dict[str, Any]
):
    view = {
        **modal(),
        "blocks": [
            {
                "type": "input",
                "block_id": "b",
                "label": plain("When"),
                "element": {"action_id": "a", **element},
            }
        ],
    }
    dialog = await opened(page, stub, view)
    await dialog.get_by_label("When").fill(fill)
    await dialog.get_by_test_id("modal-submit").click()
    (sent,) = await stub.wait_for("view_submit", 1)
    assert sent["state"]["values"]["b"]["a"] == {"type": element["type"], **state}


async def test_radio_buttons_and_several_people_can_be_chosen(page: Page, stub: Stub):
    options = [{"text": plain(t), "value": t} for t in ("up", "down")]
    way = {"type": "radio_buttons", "action_id": "a", "options": options}
    tell = {"type": "multi_users_select", "action_id": "a"}
    view = {**modal(), "blocks": [
        {"type": "input", "block_id": "r", "label": plain("Way"), "element": way},
        {"type": "input", "block_id": "m", "label": plain("Tell"), "element": tell},
    ]}  # fmt: skip
    dialog = await opened(page, stub, view)
    await dialog.get_by_label("down").check()
    await dialog.get_by_label("Kenji Sato").check()
    await dialog.get_by_label("Inès Duarte").check()
    await dialog.get_by_test_id("modal-submit").click()
    (sent,) = await stub.wait_for("view_submit", 1)
    assert sent["state"]["values"]["r"]["a"]["selected_option"]["value"] == "down"
    assert sent["state"]["values"]["m"]["a"]["selected_users"] == ["UKENJI", "UINES"]
