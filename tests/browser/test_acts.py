"""“Do it in Intercom” and the second workspace, in a real browser on what `make run` starts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from app.sandbox import people, seed_eu
from tests.browser.conftest import Look
from tests.browser.running import Running

pytestmark = pytest.mark.browser


def acts(page: Page) -> Locator:
    return page.locator(".acts")


def open_acts(page: Page) -> None:
    acts(page).locator("summary").press("Enter")


def told(page: Page) -> Locator:
    page.get_by_role("button", name="Inspect").click()
    page.get_by_role("tab", name="Webhooks").click()
    return page.get_by_role("tabpanel", name="Webhooks")


def test_a_merge_in_intercom_is_told_to_kinbox(look: Look) -> None:
    page = look(people.MAYA_CONVERSATION)
    open_acts(page)
    acts(page).get_by_role("button", name="Merge into a user").press("Enter")
    search = acts(page).get_by_role("searchbox", name="Merge Maya R. into which user?")
    expect(search).to_be_focused()
    search.fill("maya.reilly@")
    acts(page).get_by_role("button", name="Maya Reilly").press("Enter")
    expect(acts(page)).to_contain_text("Merged into Maya Reilly.")
    expect(page.get_by_role("heading", name="Maya Reilly").first).to_be_visible()
    panel = told(page)
    expect(panel).to_contain_text("contact.merged")
    expect(panel).to_contain_text("delivered")
    panel.locator("summary").first.click()
    expect(panel.locator("pre")).to_contain_text(f'"id": "{people.MAYA_LEAD}"')


def test_a_contact_is_edited_archived_and_brought_back(look: Look) -> None:
    page = look(people.MAYA_CONVERSATION)
    open_acts(page)
    acts(page).get_by_role("button", name="Edit").click()
    acts(page).get_by_label("Phone").fill("+353 87 555 0199")
    acts(page).get_by_label("Phone").press("Enter")
    details = page.get_by_role("complementary", name="Contact details")
    expect(details).to_contain_text("+353 87 555 0199")
    acts(page).get_by_role("button", name="Archive").click()
    expect(details).to_contain_text("It was archived.")
    acts(page).get_by_role("button", name="Unarchive").click()
    expect(acts(page)).to_contain_text("Back from the archive")
    expect(details).to_contain_text("+353 87 555 0199")


def test_what_cannot_be_undone_is_asked_twice(look: Look) -> None:
    page = look(people.MAYA_CONVERSATION)
    open_acts(page)
    acts(page).get_by_role("group", name="Contact").get_by_role("button", name="Delete").click()
    expect(acts(page)).to_contain_text("Delete Maya R. for good?")
    acts(page).get_by_role("button", name="Cancel").click()
    expect(acts(page)).not_to_contain_text("for good?")
    acts(page).get_by_role("button", name="Delete conversation").click()
    acts(page).locator(".act-room").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Pick a conversation")).to_be_visible()
    expect(page.get_by_role("option").filter(has_text="Maya R.")).to_have_count(0)


def test_a_conversation_is_closed_and_opened_again(look: Look) -> None:
    page = look(people.MAYA_CONVERSATION)
    open_acts(page)
    for button, state in (("Close", "closed"), ("Reopen", "open"), ("Snooze a day", "snoozed"), ("Unsnooze", "open")):
        acts(page).get_by_role("button", name=button, exact=True).click()
        expect(page.locator("#thread-facts")).to_contain_text(f"SMS · {state}")


def test_the_buttons_fit_a_small_screen(look: Look) -> None:
    page = look(people.MAYA_CONVERSATION)
    page.set_viewport_size({"width": 320, "height": 640})
    page.get_by_role("button", name="Details").click()
    open_acts(page)
    for button in ("Merge into a user", "Edit"):
        acts(page).get_by_role("button", name=button).click()
        expect(acts(page).locator(".act-room input").first).to_be_focused()
        assert page.evaluate("document.documentElement.scrollWidth <= 320")
        assert acts(page).evaluate("node => node.scrollWidth <= node.clientWidth")


def test_the_second_workspace_offers_to_connect_kinbox(look: Look, running: Running) -> None:
    page = look()
    page.get_by_label("Workspace").select_option(label="Lindqvist Cykel (EU)")
    expect(page.get_by_role("option").filter(has_text="Freja")).to_be_visible()
    expect(page.get_by_text("Kinbox is not installed here.", exact=True)).to_be_visible()
    page.get_by_role("option").filter(has_text="Freja").click()
    expect(page.get_by_text("An admin of Lindqvist Cykel connects it once.")).to_be_visible()
    connect = page.get_by_role("link", name="Connect").first
    expect(connect).to_have_attribute("href", f"{running.url}/intercom/install?region=eu")
    page.get_by_role("button", name="Customer's phone").click()
    expect(page.get_by_text("No channel reaches this workspace yet.")).to_be_visible()
    assert running.get("/conversations", workspace=seed_eu.APP_ID)["conversations"]
