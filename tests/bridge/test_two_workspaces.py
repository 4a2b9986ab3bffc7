"""One Kinbox, two workspaces that look exactly alike: the same ids, senders, phones, addresses. What happens in one
neither changes nor shows anything of the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.intercom.client import Intercom
from app.sandbox import people
from app.sandbox.hub import Hub
from app.sandbox.seed import furnished
from app.sandbox.server import create_sandbox
from app.sandbox.server import serve as serve_http
from app.sandbox.webhooks.sender import Webhooks
from app.sandbox.workspace import Account
from app.sandbox.workspace import Workspace as Sandbox
from app.services import services
from app.sidebar import ids
from app.storage.database import transaction
from app.storage.models import Identity
from app.usecases.connection import disconnect
from app.usecases.erase_person import erase_contact
from tests.bridge.conftest import TELEGRAM, Bridge
from tests.conftest import CLIENT_SECRET, MakeApp
from tests.http.admin.scene import rows_of
from tests.http.conftest import posting_to
from tests.notifying import Notifier
from tests.sidebar_driver import ADMIN, Shown, Sidebar

Json = dict[str, Any]
SENDER = 5201340987
CONSENT = {"consents": ["irreversible", "nothing_shared"], "reason": "She told me her order number"}


@dataclass
class Shop:
    """One of the two workspaces, with a Telegram bot."""

    bridge: Bridge

    @property
    def id(self) -> str:
        return self.bridge.workspace.app_id

    def sidebar(self, contact_id: str) -> Sidebar:
        contact = self.bridge.workspace.contact(contact_id)
        return Sidebar(posting_to(self.bridge.app.test_client()), CLIENT_SECRET, self.id, contact, ADMIN)

    def lead(self) -> str:
        """The contact that Telegram's sender is linked to here."""
        [(sender_id, contact_id)] = self.links()
        assert sender_id == str(SENDER)
        return str(contact_id)

    def links(self) -> list[tuple[str, str | None]]:
        """Who is linked to whom here."""
        query = select(Identity.sender_id, Identity.contact_id).where(Identity.workspace_id == self.id)
        with self.bridge.app.app_context(), transaction() as connection:
            return [(row.sender_id, row.contact_id) for row in connection.execute(query)]


@pytest.fixture
def shops(make_app_on_each: MakeApp) -> Iterator[tuple[Shop, Shop]]:
    """Both have had the same message from the same sender, and have made a lead of it."""
    webhooks = Webhooks("unused")
    accounts = [Account(app_id=name, token=f"dG9rOtoken-of-{name}-in-these-tests") for name in ("shop1", "shop2")]
    hub = Hub([furnished(account=account, webhooks=webhooks) for account in accounts])
    server = serve_http(create_sandbox(hub))
    app = make_app_on_each(INTERCOM_API_URL=server.url, KINBOX_SEARCH_LAG_S="0")
    yield _opened(app, hub.workspaces["shop1"], server.url), _opened(app, hub.workspaces["shop2"], server.url)
    server.stop()


def _opened(app: Flask, sandbox: Sandbox, url: str) -> Shop:
    shop = Shop(Bridge(app, sandbox, Intercom(url, sandbox.token)))
    at = datetime.now(UTC)
    account: Json = TELEGRAM
    with app.app_context(), transaction(write=True) as connection:
        stored = Workspace(id=sandbox.app_id, region="us", token=sandbox.token)
        services().workspaces.connect(connection, stored, at)
        made = services().channels.ensure(connection, sandbox.app_id, name="Bot", at=at, **account)
    shop.bridge.accounts["telegram"] = f"/channels/telegram/{made.webhook_key}"
    shop.bridge.telegram("Hello", SENDER, update_id=1)
    shop.bridge.work()
    return shop


def everything(shop: Shop) -> Json:
    """What is stored of a workspace here, and the workspace as Intercom has it."""
    sandbox = shop.bridge.workspace
    return {
        **rows_of(shop.bridge.app, shop.id),
        "contacts": sandbox.contacts(),
        "conversations": sandbox.list_conversations(),
        "calls": len(sandbox.calls),
    }


@pytest.fixture
def other_stays_as_it_is(shops: tuple[Shop, Shop]) -> Iterator[Shop]:
    """The first shop; at the end of the test the second one must be what it was."""
    here, there = shops
    before = everything(there)
    yield here
    after = everything(there)
    assert {name for name in before if before[name] != after[name]} == set()


def test_both_look_alike_and_are_two(shops: tuple[Shop, Shop]) -> None:
    here, there = shops
    assert here.bridge.workspace.contact(people.MAYA_USER)["workspace_id"] == "shop1"
    assert there.bridge.workspace.contact(people.MAYA_USER)["workspace_id"] == "shop2"
    assert [sender_id for sender_id, _ in (*here.links(), *there.links())] == [str(SENDER)] * 2


def test_a_message_comes_into_its_own_workspace(other_stays_as_it_is: Shop) -> None:
    here = other_stays_as_it_is
    here.bridge.telegram("Only here", SENDER, update_id=2)
    here.bridge.work()
    assert ["<p>Hello</p>", "<p>Only here</p>"] in here.bridge.threads()


def merge(shop: Shop, lead_id: str, user_id: str) -> Shown:
    sidebar = shop.sidebar(lead_id)
    sidebar.open()
    sidebar.press("Merge with existing")
    sidebar.click("reference", reference=user_id)
    sidebar.click("merge.continue")
    return sidebar.force("merge.confirm", **CONSENT)


def test_a_merge_is_its_own_workspace_s(other_stays_as_it_is: Shop) -> None:
    here = other_stays_as_it_is
    shown = merge(here, here.lead(), people.MAYA_USER)
    assert "Merged" in shown.title
    assert here.lead() == people.MAYA_USER


def test_a_merge_that_was_told_is_followed_in_its_own_workspace(other_stays_as_it_is: Shop) -> None:
    here = other_stays_as_it_is
    lead = here.lead()
    here.bridge.intercom.merge(lead, people.MAYA_USER, skip_duplicate_validation=True)
    Notifier(here.bridge.app, here.id).merged(here.bridge.workspace.contact(people.MAYA_USER), lead)
    here.bridge.work()
    assert here.lead() == people.MAYA_USER


def test_erasing_somebody_erases_them_in_that_workspace(other_stays_as_it_is: Shop) -> None:
    here = other_stays_as_it_is
    with here.bridge.app.app_context():
        with transaction() as connection:
            workspace = services().workspaces.get(connection, here.id)
        assert workspace is not None
        erase_contact(
            workspace, here.lead(), why="erased", by=Teammate("4410021", "Rosa Teammate"), at=datetime.now(UTC)
        )
    assert here.links() == []


def test_an_uninstall_is_its_own_workspace_s(other_stays_as_it_is: Shop) -> None:
    here = other_stays_as_it_is
    with here.bridge.app.app_context():
        assert disconnect(services().workspaces, here.id, by=None, at=datetime.now(UTC))


def test_a_token_that_is_refused_is_its_own_workspace_s(other_stays_as_it_is: Shop) -> None:
    here = other_stays_as_it_is
    here.bridge.workspace.faults.access = "revoked"
    here.bridge.telegram("Hello again", SENDER, update_id=3)
    here.bridge.work()
    assert here.bridge.events()[-1] == ("waiting", "disconnected")


def test_one_workspace_s_canvas_opens_nothing_in_the_other(shops: tuple[Shop, Shop]) -> None:
    """The same teammate, the same contact id: a canvas of one workspace is sent as one of the other's."""
    here, there = shops
    ready = here.sidebar(here.lead())
    ready.open()
    ready.press("Merge with existing")
    ready.click("reference", reference=people.MAYA_USER)
    offered = ready.click("merge.continue")
    before = everything(there)
    thief = there.sidebar(there.lead())
    thief.contact = {**thief.contact, "id": ready.contact["id"]}
    thief.shown = offered
    shown = thief.force("merge.confirm", **CONSENT)
    assert "Merged" not in shown.title
    after = everything(there)
    assert {name for name in before if before[name] != after[name]} <= {"calls"}


def test_a_bot_s_call_at_the_other_s_address_is_the_other_s(shops: tuple[Shop, Shop]) -> None:
    """The webhook's key names the workspace, and nothing in the call can name another."""
    here, there = shops
    before = everything(here)
    there.bridge.telegram("For the second", SENDER, update_id=9)
    there.bridge.work()
    assert everything(here) == before
    assert ["<p>Hello</p>", "<p>For the second</p>"] in there.bridge.threads()


def test_the_first_screen_shows_its_own_workspace_s_links_only(shops: tuple[Shop, Shop]) -> None:
    here, there = shops
    merge(here, here.lead(), people.MAYA_USER)
    shown = there.sidebar(people.MAYA_USER).open().text
    assert "Telegram" not in shown
    assert "was merged into this user" not in shown
    assert "Telegram" in here.sidebar(people.MAYA_USER).open().text
    assert ids.MERGE_START in there.sidebar(people.MAYA_USER).open().ids
