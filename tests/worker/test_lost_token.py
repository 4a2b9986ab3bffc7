"""A token that Intercom no longer accepts: noted once, work waits, and goes on by itself when there is one again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.domain.workspace import Workspace
from app.intercom.client import Intercom
from app.intercom.errors import Disconnected, Facts
from app.sandbox.server import create_sandbox
from app.sandbox.server import serve as serve_http
from app.sandbox.workspace import Workspace as Sandbox
from app.services import services
from app.sidebar import ids
from app.storage.database import transaction
from app.storage.models import AuditRecord, InboundEvent
from app.storage.models import Workspace as Row
from app.usecases.connection import connect, disconnect, note_refused_token
from app.worker.engine import worker_of, working
from app.worker.health_watch import HealthWatch
from tests.bridge.conftest import TELEGRAM, Bridge, _one_admin
from tests.conftest import CLIENT_SECRET, MakeApp
from tests.http.conftest import posting_to
from tests.sidebar_driver import ADMIN, Sidebar
from tests.worker.conftest import until

DEAD = "dG9rOdead-token-of-these-tests"


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(seed=_one_admin)


@pytest.fixture
def shop(make_app_on_each: MakeApp, sandbox: Sandbox) -> Iterator[Bridge]:
    """Kinbox with one workspace, whose stored token is dead, and a Telegram bot."""
    server = serve_http(create_sandbox(sandbox))
    app = make_app_on_each(INTERCOM_API_URL=server.url)
    shop = Bridge(app, sandbox, Intercom(server.url, sandbox.token))
    at = datetime.now(UTC)
    with app.app_context(), transaction(write=True) as connection:
        services().workspaces.save(connection, Workspace(id=sandbox.app_id, region="us", token=DEAD), at)
        account: dict[str, Any] = TELEGRAM
        made = services().channels.ensure(connection, sandbox.app_id, name="Shop", at=at, **account)
        shop.accounts["telegram"] = f"/channels/telegram/{made.webhook_key}"
    yield shop
    server.stop()


def stored(shop: Bridge) -> Workspace:
    with shop.app.app_context(), transaction() as connection:
        workspace = services().workspaces.get(connection, shop.workspace.app_id)
    assert workspace is not None
    return workspace


def connect_again(shop: Bridge) -> None:
    with shop.app.app_context():
        alive = replace(stored(shop), token=shop.workspace.token)
        connect(services().workspaces, alive, by=None, action="installed_again", at=datetime.now(UTC))


def actions(app: Flask) -> list[str]:
    with app.app_context(), transaction() as connection:
        return list(connection.execute(select(AuditRecord.action).order_by(AuditRecord.id)).scalars())


def test_a_refused_token_is_noted_once_and_the_work_waits(shop: Bridge) -> None:
    shop.telegram("Hello", 5201340987)
    shop.telegram("Hello", 5201340988)
    shop.work()
    first = stored(shop).revoked_at
    assert first is not None
    assert shop.events() == [("waiting", "disconnected")] * 2
    shop.hurry()
    shop.work()
    assert stored(shop).revoked_at == first
    assert actions(shop.app) == ["token_refused"]


def test_what_waited_goes_on_at_once_when_there_is_a_new_token(shop: Bridge) -> None:
    for sender in range(5201340987, 5201340990):
        shop.telegram("Hello", sender)
        shop.telegram("Again", sender)
    with working(worker_of(shop.app)):
        until(lambda: shop.events().count(("waiting", "disconnected")) == 3)
        connect_again(shop)
        until(lambda: {state for state, _ in shop.events()} == {"done"})
    assert shop.threads() == [["<p>Hello</p>", "<p>Again</p>"]] * 3
    assert stored(shop).is_connected


def test_only_that_workspace_s_work_is_let_go_on(shop: Bridge) -> None:
    shop.telegram("Hello")
    shop.work()
    with shop.app.app_context():
        other = Workspace(id="other9", region="us", token="dG9rOother-of-these-tests")
        connect(services().workspaces, other, by=None, action="installed", at=datetime.now(UTC))
        with transaction() as connection:
            due_at = connection.execute(select(InboundEvent.next_try_at)).scalar_one()
    assert due_at > datetime.now(UTC) + timedelta(minutes=4)


def test_the_sidebar_says_reconnect_and_what_to_do(shop: Bridge) -> None:
    lead = shop.intercom.create_contact({"role": "lead", "email": "ann@shop.example"}).id
    sidebar = Sidebar(
        post=posting_to(shop.app.test_client()),
        secret=CLIENT_SECRET,
        workspace_id=shop.workspace.app_id,
        contact=shop.workspace.contact(lead),
        admin=ADMIN,
    )
    sidebar.open()
    assert "Merge with existing" in sidebar.open().text
    sidebar.click(ids.MERGE_START)  # asks Intercom, which refuses
    assert stored(shop).revoked_at is not None
    shown = sidebar.open().text
    assert "Not connected" in shown
    assert "To reconnect, an admin installs it again." in shown
    connect_again(shop)
    assert "Not connected" not in sidebar.open().text


def test_an_old_token_s_refusal_says_nothing_about_its_successor(shop: Bridge) -> None:
    """A call that was under way while an admin installed again."""
    before = stored(shop)
    connect_again(shop)
    with shop.app.app_context():
        note_refused_token(services().workspaces, before, Disconnected(Facts(status=401, code="token_revoked")))
    assert stored(shop).is_connected


def test_a_missing_permission_is_no_lost_token(shop: Bridge) -> None:
    with shop.app.app_context():
        note_refused_token(
            services().workspaces, stored(shop), Disconnected(Facts(status=401, code="token_unauthorized"))
        )
    assert stored(shop).is_connected


def test_a_token_that_works_again_is_found_out_without_any_message(shop: Bridge) -> None:
    connect_again(shop)
    shop.workspace.faults.access = "blocked"
    shop.telegram("Hello")
    shop.work()
    assert not stored(shop).is_connected
    watch = HealthWatch(shop.app, look_every_s=0)
    with shop.app.app_context():
        watch.look()
    assert not stored(shop).is_connected
    shop.workspace.faults.access = "active"
    with shop.app.app_context():
        watch.look()  # too soon after the last look
        assert not stored(shop).is_connected
        HealthWatch(shop.app, look_every_s=0).look()
    assert stored(shop).is_connected
    shop.work()
    assert shop.threads() == [["<p>Hello</p>"]]
    assert actions(shop.app)[-2:] == ["token_refused", "token_accepted_again"]


def test_a_worker_looks_after_health_by_itself(shop: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.worker.watch.LOOK_EVERY_S", 0.05)
    connect_again(shop)
    with shop.app.app_context(), transaction(write=True) as connection:
        connection.execute(update(Row).values(revoked_at=datetime.now(UTC)))
    with working(worker_of(shop.app)):
        until(lambda: stored(shop).is_connected)


def test_messages_of_an_uninstalled_workspace_wait_for_its_next_install(shop: Bridge) -> None:
    connect_again(shop)
    with shop.app.app_context():
        assert disconnect(services().workspaces, shop.workspace.app_id, by=None, at=datetime.now(UTC))
        assert not disconnect(services().workspaces, shop.workspace.app_id, by=None, at=datetime.now(UTC))
    assert shop.telegram("Hello") == 200
    shop.work()
    assert shop.events() == [("waiting", "disconnected")]
    connect_again(shop)
    shop.work()
    assert shop.threads() == [["<p>Hello</p>"]]


def make_late(shop: Bridge) -> None:
    """As if no worker ran for an hour."""
    with shop.app.app_context(), transaction(write=True) as connection:
        connection.execute(update(InboundEvent).values(next_try_at=datetime.now(UTC) - timedelta(hours=1)))


def pushed(shop: Bridge) -> list[str]:
    calls = [call for call in shop.workspace.calls if call["path"] == "/app_install/status"]
    return [str(call["status"]) for call in calls]


def test_a_change_of_health_is_told_to_intercom_once(shop: Bridge) -> None:
    connect_again(shop)
    watch = HealthWatch(shop.app, look_every_s=0)
    shop.telegram("Hello")
    with shop.app.app_context():
        watch.look()
        assert len(pushed(shop)) == 0  # well from the start: nothing to tell
        make_late(shop)
        watch.look()
        watch.look()
        assert len(pushed(shop)) == 1
        shop.work()
        watch.look()
        HealthWatch(shop.app, look_every_s=0).look()
    assert len(pushed(shop)) == 2


def test_a_change_that_could_not_be_told_is_told_later(shop: Bridge) -> None:
    connect_again(shop)
    shop.telegram("Hello")
    make_late(shop)
    shop.workspace.faults.access = "blocked"
    with shop.app.app_context():
        HealthWatch(shop.app, look_every_s=0).look()
        shop.workspace.faults.access = "active"
        HealthWatch(shop.app, look_every_s=0).look()
    assert pushed(shop)[-1] in {"200", "202"}
