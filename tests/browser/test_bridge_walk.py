"""What a newcomer does with the customer's phone after `make run`, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from app.sandbox import people
from tests.browser.conftest import Look, press, sidebar
from tests.browser.running import PATIENCE_MS, Running

pytestmark = pytest.mark.browser
TELEGRAM, TWILIO, WECHAT = "Telegram", "SMS (Twilio)", "WeChat"


def phone(page: Page) -> Locator:
    return page.get_by_role("region", name="Customer's phone")


def take_phone(page: Page, channel: str) -> None:
    page.get_by_role("button", name="Customer's phone").click()
    choose_channel(page, channel)


def choose_channel(page: Page, channel: str) -> None:
    offered = phone(page).get_by_label("Channel")
    expect(offered.locator("option")).to_have_count(12)
    value = offered.locator("option").filter(has_text=f"{channel} to ").get_attribute("value")
    offered.select_option(value)


def write(page: Page, text: str) -> None:
    """Type and press Enter; the phone shows how Kinbox answered."""
    phone(page).get_by_label("Message", exact=True).fill(text)
    phone(page).get_by_label("Message", exact=True).press("Enter")
    bubble = phone(page).locator(".sent").last
    expect(bubble).to_contain_text(text)
    expect(bubble).to_contain_text("200 Kinbox has it")


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("listbox", name="Conversations").get_by_role("option").filter(has_text=text)


def messages(page: Page) -> Locator:
    return page.get_by_role("region", name="Messages")


def test_a_telegram_message_from_nobody_becomes_a_lead_then_a_user(look: Look) -> None:
    page = look()
    take_phone(page, TELEGRAM)
    phone(page).get_by_label("Name").fill("Ada Newcomer")
    write(page, "Hello, do you deliver to Cork?")
    found = row(page, "Hello, do you deliver to Cork?")
    expect(found).to_be_visible()
    expect(found).to_contain_text("Telegram")
    expect(found).to_contain_text("Lead")
    found.click()
    app = sidebar(page)
    expect(app).to_contain_text("New lead")
    expect(app).to_contain_text("so Kinbox made this lead.")
    expect(app).to_contain_text("Telegram · Harbour & Pine bot")

    press(page, "Merge with existing user/lead")
    app.get_by_role("textbox").fill(people.UNRELATED_USER)
    app.get_by_role("textbox").press("Enter")
    press(page, "Continue")
    for label in ("I understand that this cannot be undone", "They share no email or phone"):
        app.get_by_role("checkbox", name=label).check()
    app.get_by_role("textbox").fill("She told me on the phone")
    press(page, "Merge into")
    expect(app).to_contain_text("✓ Merged")
    press(page, "Done")

    write(page, "It is me, Grace. And the invoice?")
    expect(messages(page)).to_contain_text("It is me, Grace. And the invoice?")
    expect(page.get_by_role("heading", name="Grace Hopper-Lane").first).to_be_visible()
    expect(row(page, "It is me, Grace.")).to_contain_text("Grace Hopper-Lane")
    expect(row(page, "It is me, Grace.")).not_to_contain_text("Lead")
    expect(row(page, "Ada Newcomer")).to_have_count(0)


def test_an_sms_of_a_stored_numbers_owner_lands_on_the_stored_contact(look: Look, running: Running) -> None:
    page = look()
    take_phone(page, TWILIO)
    phone(page).get_by_label("Number").fill("+1 415 555 0100")
    write(page, "Is my sofa ready?")
    found = row(page, "Is my sofa ready?")
    expect(found).to_be_visible()
    found.click()
    details = page.get_by_role("complementary", name="Contact details")
    expect(details).to_contain_text("Jordan Ellis")
    expect(details).to_contain_text("(415) 555-0100")
    expect(sidebar(page)).to_contain_text("Matched")
    expect(sidebar(page)).to_contain_text("+14155550100")
    [conversation] = running.get("/conversations", q="Is my sofa ready?")["conversations"]
    assert conversation["contact"]["id"] == people.US_USER


def test_a_picture_is_seen_in_the_thread_and_a_redelivery_is_not(look: Look) -> None:
    page = look()
    take_phone(page, TELEGRAM)
    phone(page).get_by_role("checkbox", name="Picture").check()
    write(page, "The seam is torn")
    row(page, "The seam is torn").or_(row(page, ".png")).first.click()
    picture = messages(page).locator("img")
    expect(picture).to_have_count(1)
    assert picture.evaluate("node => node.decode().then(() => node.naturalWidth)") == 128
    expect(messages(page)).to_contain_text("Attachment: ")
    phone(page).get_by_role("button", name="Send again").click()
    expect(phone(page).locator(".sent")).to_contain_text("sent 2 times")
    page.get_by_role("button", name="Inspect").click()
    page.get_by_role("tab", name="Queue").click()
    expect(page.get_by_role("list", name="Latest events").get_by_role("listitem")).to_have_count(1)
    expect(messages(page).locator("img")).to_have_count(1)


def test_a_forged_message_is_refused_and_shows_nowhere(look: Look) -> None:
    page = look()
    take_phone(page, WECHAT)
    phone(page).get_by_role("checkbox", name="Forged").check()
    phone(page).get_by_label("Message", exact=True).fill("Send me the money")
    phone(page).get_by_role("button", name="Send", exact=True).click()
    expect(phone(page).locator(".sent")).to_contain_text("401 Kinbox refused it: the signature does not fit")
    page.get_by_role("button", name="Inspect").click()
    page.get_by_role("tab", name="Queue").click()
    expect(page.get_by_role("tabpanel", name="Queue")).to_contain_text("Nothing came yet")


def test_what_waits_for_intercom_is_seen_in_the_queue(look: Look) -> None:
    page = look()
    page.get_by_role("button", name="Inspect").click()
    page.get_by_role("tab", name="Faults").click()
    faults = page.get_by_role("tabpanel", name="Faults")
    expect(faults).to_contain_text("1666 of 1666")
    with page.expect_response("**/workbench/api/faults"):
        faults.get_by_role("checkbox", name="Search lags behind").check()
    expect(faults).to_contain_text("15 s behind")
    with page.expect_response("**/workbench/api/faults"):
        faults.get_by_role("checkbox", name="Intercom is down").check()
    take_phone(page, TELEGRAM)
    write(page, "Anybody there?")
    page.get_by_role("tab", name="Queue").click()
    queue = page.get_by_role("tabpanel", name="Queue")
    expect(queue).to_contain_text("delayed")
    expect(queue).to_contain_text("Intercom does not answer")
    expect(queue).to_contain_text("again in")
    page.get_by_role("tab", name="Faults").click()
    with page.expect_response("**/workbench/api/faults"):
        faults.get_by_role("checkbox", name="Intercom is down").uncheck()
    expect(row(page, "Anybody there?")).to_be_attached(timeout=2 * PATIENCE_MS)
    page.get_by_role("tab", name="Queue").click()
    expect(queue).to_contain_text("done")


def test_the_phone_works_by_keyboard_and_on_a_small_screen(look: Look) -> None:
    page = look()
    page.set_viewport_size({"width": 320, "height": 640})
    toggle = page.get_by_role("button", name="Customer's phone")
    toggle.focus()
    page.keyboard.press("Enter")
    message = phone(page).get_by_label("Message", exact=True)
    expect(message).to_be_focused()
    page.keyboard.type("A message by keyboard")
    page.keyboard.press("Enter")
    expect(phone(page).locator(".sent")).to_contain_text("A message by keyboard")
    expect(message).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth <= 320")
    page.keyboard.press("Escape")
    expect(phone(page)).to_be_hidden()
    expect(toggle).to_be_focused()
    expect(row(page, "A message by keyboard")).to_be_visible()
    page.get_by_role("button", name="Inspect").click()
    page.get_by_role("tab", name="Faults").click()
    with page.expect_response("**/workbench/api/faults"):
        page.get_by_role("checkbox", name="Search lags behind").check()
    page.get_by_role("tab", name="Queue").click()
    expect(page.get_by_role("tabpanel", name="Queue")).to_contain_text("telegram")
    assert page.evaluate("document.documentElement.scrollWidth <= 320")
