"""The whole install, as an admin does it: connect, settings, a channel, its first message; then in the EU."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.sandbox import people, seed_eu
from tests.browser.conftest import sidebar
from tests.browser.running import PATIENCE_MS, Running

pytestmark = pytest.mark.browser
ADDRESS = "+35315550100"
"""The same number as a channel in both workspaces; only the key in the webhook's address tells them apart."""


@dataclass(frozen=True)
class Office:
    """One workspace, who installs Kinbox there, and a customer who is known by a phone without a country code."""

    app_id: str
    name: str
    region: str
    admin: str
    country: str
    customer: str
    phone: str
    stored: str


US = Office("hp7k2m9x", "Harbour & Pine", "US", "Rosa Teammate", "US", "Jordan Ellis", "+14155550100", "(415) 555-0100")
EU = Office(seed_eu.APP_ID, seed_eu.NAME, "EU", "Jonas Berg", "SE", "Björn Ek", "+46317550188", "031-755 01 88")


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Running]:
    """What a newcomer starts, but with no workspace connected."""
    demo = Running(tmp_path / "sandbox", "--unconnected")
    yield demo
    assert demo.stop() == 0


@pytest.fixture
def page(chromium: Browser, fresh: Running) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    complaints: list[str] = []
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE_MS)
    opened.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def inbox(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Conversations").get_by_role("option")


def connect(page: Page, running: Running, office: Office) -> None:
    """From the Inbox without Kinbox through Intercom's consent, and back to the Inbox."""
    page.goto(f"{running.url}/?workspace={office.app_id}&conversation=8001")
    expect(page.get_by_text("Kinbox is not installed here.", exact=True)).to_be_visible()
    page.get_by_role("link", name="Connect").first.click()
    expect(page.get_by_role("heading", name=f"Kinbox would like to access {office.name}")).to_be_visible()
    page.get_by_label(office.admin).check()
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_role("heading", name="Kinbox is installed")).to_be_visible()
    page.get_by_role("link", name="Go to the Inbox").click()
    expect(page.get_by_label("Workspace")).to_have_value(office.app_id)


def see_first_sidebar(page: Page) -> None:
    inbox(page).first.click()
    expect(sidebar(page)).to_contain_text("Not from a channel")
    expect(sidebar(page).get_by_role("button", name="Merge with existing user/lead")).to_be_visible()


def set_up(page: Page, running: Running, office: Office) -> None:
    """The admin page, to which the install has signed the admin in: the country, then a channel."""
    page.goto(f"{running.url}/admin/")
    expect(page.locator("body")).to_contain_text(office.admin)
    expect(page.locator("body")).to_contain_text(
        f"the Intercom workspace {office.name} ({office.app_id}, {office.region})"
    )
    expect(page.get_by_text("No channel is connected yet.")).to_be_visible()
    page.get_by_role("link", name="Settings", exact=True).click()
    page.locator("[name=country]").fill(office.country)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved:")).to_be_visible()
    page.get_by_role("link", name="Channels", exact=True).click()
    page.get_by_role("link", name="Add a channel").click()
    page.get_by_role("link", name="Twilio").click()
    page.get_by_label("Name").fill(f"{office.name} line")
    page.get_by_label("Address").fill(ADDRESS)
    page.locator("[name='secret.auth_token']").fill(f"twilio-token-of-{office.app_id}")
    page.get_by_role("button", name="Add this channel").click()
    expect(page.get_by_text(f"{running.url}/channels/twilio/").first).to_be_visible()


def write(page: Page, running: Running, office: Office, number: str, text: str) -> None:
    """As a customer who never wrote here before, to the channel that was just added."""
    page.goto(f"{running.url}/?workspace={office.app_id}")
    page.get_by_role("button", name="Customer's phone").click()
    phone = page.get_by_role("region", name="Customer's phone")
    expect(phone.get_by_label("Channel").locator("option")).to_have_text([f"SMS (Twilio) to {office.name} line"])
    phone.get_by_label("Number").fill(number)
    phone.get_by_label("Message", exact=True).fill(text)
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.locator(".sent").last).to_contain_text("200 Kinbox has it")
    found = inbox(page).filter(has_text=text)
    expect(found).to_be_visible()
    page.get_by_role("button", name="Put the phone away").click()
    found.click()


def install(page: Page, running: Running, office: Office) -> None:
    """All of it, to the first message on the right contact."""
    connect(page, running, office)
    see_first_sidebar(page)
    set_up(page, running, office)
    write(page, running, office, office.phone, f"Hello {office.name}, it is me")
    details = page.get_by_role("complementary", name="Contact details")
    expect(details).to_contain_text(office.customer)
    expect(details).to_contain_text(office.stored)
    expect(sidebar(page)).to_contain_text("Matched")
    expect(sidebar(page)).to_contain_text(office.phone)


def messages_of(running: Running, office: Office) -> int:
    """How many messages Kinbox has of this workspace."""
    events = running.get("/queue", workspace=office.app_id)["events"]
    return sum(event["channel"] == "twilio" for event in events)


def test_an_install_from_connect_to_the_first_message_in_two_workspaces(page: Page, fresh: Running) -> None:
    install(page, fresh, US)
    install(page, fresh, EU)
    # A customer of both shops with one phone: each shop sees its own.
    write(page, fresh, EU, "+353 1 555 0123", "Only for the bicycle shop")
    [there] = fresh.get("/conversations", workspace=EU.app_id, q="Only for the bicycle shop")["conversations"]
    assert there["contact"]["id"] == seed_eu.MAYA
    for office, other in ((US, EU), (EU, US)):
        texts = str(fresh.get("/conversations", workspace=office.app_id))
        assert f"Hello {office.name}" in texts
        assert f"Hello {other.name}" not in texts
        assert {call["path"] for call in fresh.get("/calls", workspace=office.app_id)["calls"]} >= {"/contacts/search"}
    assert "bicycle" not in str(fresh.get("/conversations", workspace=US.app_id))
    assert messages_of(fresh, US) == 1
    assert messages_of(fresh, EU) == 2
    attributes = fresh.get(f"/contacts/{people.MAYA_USER}", workspace=US.app_id)["contact"]["custom_attributes"]
    assert attributes.get("kinbox_channel") is None
    # The browser is signed in to the workspace that it installed last, and sees nothing of the other.
    page.goto(f"{fresh.url}/admin/channels")
    expect(page.get_by_text(f"{EU.name} line").first).to_be_visible()
    expect(page.get_by_text(f"{US.name} line")).to_have_count(0)


def test_who_cancels_installs_nothing(page: Page, fresh: Running) -> None:
    page.goto(f"{fresh.url}/?workspace={EU.app_id}")
    page.get_by_role("link", name="Connect").first.click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", name="Kinbox could not be installed")).to_be_visible()
    page.get_by_role("link", name="Go to the Inbox").click()
    expect(page.get_by_text("Kinbox is not installed here.", exact=True)).to_be_visible()


def test_an_uninstall_and_a_second_install(page: Page, fresh: Running) -> None:
    connect(page, fresh, EU)
    see_first_sidebar(page)
    page.get_by_role("button", name="Inspect").click()
    page.get_by_role("tab", name="App").click()
    app = page.get_by_role("tabpanel", name="App")
    app.get_by_role("button", name="Check health").click()
    expect(app.locator(".health").first).to_contain_text("OK")
    app.get_by_role("button", name="Revoke the token").click()
    expect(app).to_contain_text("its token was revoked")
    app.get_by_role("button", name="Uninstall").click()
    expect(app).to_contain_text("Kinbox was uninstalled from this workspace.")
    connect(page, fresh, EU)
    see_first_sidebar(page)
