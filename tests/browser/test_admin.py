"""The admin page as an admin sees it: no script runs, wide and narrow, by keyboard, from a fresh install on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from app.domain.workspace import Workspace, read_region
from app.sandbox import seed
from app.sandbox.server import create_sandbox, serve
from app.services import services
from app.storage.database import transaction
from tests.admin_driver import Browser as Session
from tests.browser.running import PATIENCE_MS
from tests.conftest import MakeApp
from tests.http.admin.scene import NOW, furnish

pytestmark = pytest.mark.browser
WIDE, NARROW = 1200, 320
TEAMMATE = seed.ADMINS[0][1]
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@dataclass(frozen=True)
class Office:
    """A running Kinbox with one workspace, and the cookie of somebody signed in to it."""

    app: Flask
    url: str
    workspace: Workspace
    cookie: str


@pytest.fixture
def office(make_app: MakeApp) -> Iterator[Office]:
    intercom = seed.furnished()
    sandbox = serve(create_sandbox(intercom))
    app = make_app(INTERCOM_API_URL=sandbox.url, KINBOX_PUBLIC_URL="http://127.0.0.1:8000")
    workspace = Workspace(
        id=intercom.app_id,
        region=read_region(intercom.region),
        name="Harbour Furniture",
        timezone="Europe/Dublin",
        token=intercom.token,
    )
    with app.app_context(), transaction(write=True) as connection:
        services().workspaces.save(connection, workspace, NOW)
    session = Session(app)
    session.sign_in(workspace.id)
    cookie = session.client.get_cookie("kinbox")
    assert cookie is not None
    server = serve(app)
    yield Office(app, server.url, workspace, cookie.value)
    server.stop()
    sandbox.stop()


Open = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Chromium, office: Office) -> Iterator[Open]:
    """Opens a page of the signed-in admin, in a browser that runs no script."""
    contexts = []

    def open_page(path: str = "/admin/", *, width: int = WIDE) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
        contexts.append(context)
        context.add_cookies([{"name": "kinbox", "value": office.cookie, "url": office.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(office.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def go(page: Page, label: str) -> None:
    page.get_by_role("navigation", name="Sections").get_by_role("link", name=label).click()


def notice(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_from_a_fresh_install_to_a_channel_and_settings_with_their_history(open_page: Open, width: int) -> None:
    page = open_page(width=width)
    expect(page.get_by_role("heading", name="What to do next")).to_be_visible()
    page.get_by_role("link", name="Set the default country").click()
    page.get_by_label("Default country").fill("Ireland")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("alert")).to_contain_text("One thing needs your attention")
    expect(page.get_by_label("Default country")).to_have_value("Ireland")
    page.get_by_label("Default country").fill("IE")
    page.get_by_label("Assign new conversations to").select_option("Team Sales")
    page.get_by_label("only those ticked below").check()
    page.get_by_role("checkbox", name=TEAMMATE).check()
    page.get_by_label("Mark as seen").check()
    page.get_by_role("button", name="Save settings").click()
    notice(page, "Saved: Default country")
    history = page.get_by_role("region", name="What was changed")
    expect(history).to_contain_text("Rosa Teammate")
    expect(history).to_contain_text("IE")
    expect(history).to_contain_text("Who may merge")

    go(page, "Channels")
    page.get_by_role("link", name="Add a channel").click()
    page.get_by_role("link", name="Telegram Bot API").click()
    page.get_by_label("Name").fill("Shop bot")
    page.get_by_label("Address").fill("5012345678")
    page.get_by_label("Secret token").fill("a-secret-of-ours")
    page.get_by_role("button", name="Add this channel").click()
    notice(page, "Shop bot is added")
    expect(page.get_by_role("heading", name="Connect it at Telegram Bot API")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Tell Telegram where to call")).to_contain_text(
        "/channels/telegram/"
    )
    assert "a-secret-of-ours" not in page.content()
    page.get_by_role("button", name="Pause it").click()
    notice(page, "It is paused")
    go(page, "Activity")
    expect(page.get_by_role("main")).to_contain_text("Rosa Teammate paused the channel Shop bot.")


def test_everything_is_reached_by_keyboard(open_page: Open) -> None:
    page = open_page("/admin/channels/add/viber")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    fields = {"Name": "", "Address": "pa:5012345678", "Auth token": "a-secret-of-ours"}
    stops = [
        page.get_by_role("link", name="All providers"),
        *(page.get_by_role("textbox", name=label) for label in fields),
        page.get_by_role("button", name="Add this channel"),
    ]
    for stop, typed in zip(stops, ["", *fields.values(), ""], strict=True):
        page.keyboard.press("Tab")
        expect(stop).to_be_focused()
        page.keyboard.type(typed)
    page.keyboard.press("Enter")
    notice(page, "pa:5012345678 is added")


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_no_page_is_wider_than_its_window(open_page: Open, office: Office, chromium: Chromium, width: int) -> None:
    """Measured in a browser with scripts on, as the measuring is one."""
    scene = furnish(office.app, office.workspace)
    context = chromium.new_context(viewport={"width": width, "height": 800})
    context.add_cookies([{"name": "kinbox", "value": office.cookie, "url": office.url}])
    page = context.new_page()
    paths = [
        "",
        "channels",
        "channels/add",
        "channels/add/vonage",
        f"channels/{scene.account_id}",
        f"channels/{scene.account_id}/remove",
        "settings",
        "match",
        "failed",
        f"failed/{scene.event_id}",
        "merges",
        f"merges/{scene.merge_id}",
        "links",
        "activity",
        "nowhere",
    ]
    for path in paths:
        page.goto(f"{office.url}/admin/{path}")
        assert page.evaluate(FITS), f"/admin/{path} is wider than {width} px"
    context.close()
