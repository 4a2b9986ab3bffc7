"""The first page says what is to be done next, and whether everything moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, update

from app.http.admin.overview import LATE, worker_state
from app.services import services
from app.storage.database import transaction
from app.storage.inbox import QueueDepth
from app.storage.models import ReconcileRun, Workspace
from tests.admin_driver import Browser
from tests.conftest import MakeApp
from tests.http.admin.conftest import ACME
from tests.http.admin.scene import NOW, furnish


@pytest.fixture
def rosa(browser: Browser) -> Browser:
    browser.sign_in(ACME.id)
    return browser


def change(app: Flask, **values: object) -> None:
    with app.app_context(), transaction(write=True) as connection:
        connection.execute(update(Workspace).where(Workspace.id == ACME.id).values(**values))


def test_a_fresh_install_is_told_what_to_do_next(kinbox: Flask, rosa: Browser) -> None:
    page = rosa.get("/admin/").text
    assert "What to do next" in page
    assert "Connect the workspace <span" in page
    assert "/admin/settings#country" in page
    assert "/admin/channels/add" in page


def test_what_is_done_is_ticked_and_at_last_the_list_is_gone(kinbox: Flask, rosa: Browser) -> None:
    furnish(kinbox, ACME)
    page = rosa.get("/admin/").text
    assert page.count('class="done"') == 3
    settings = replace(ACME.settings, country="IE")
    with kinbox.app_context(), transaction(write=True) as connection:
        services().workspaces.save(connection, replace(ACME, settings=settings), datetime.now(UTC))
    assert "What to do next" not in rosa.get("/admin/").text


def test_channels_and_failed_events_are_told(kinbox: Flask, rosa: Browser) -> None:
    scene = furnish(kinbox, ACME)
    page = rosa.get("/admin/").text
    assert f"/admin/channels/{scene.account_id}" in page
    assert "2 to look at" in page
    assert "Behind, or not running" in page


def test_a_revoked_token_leads_back_to_intercom(make_app: MakeApp) -> None:
    app = make_app(INTERCOM_CLIENT_ID="client-1", KINBOX_PUBLIC_URL="http://127.0.0.1:8000")
    with app.app_context(), transaction(write=True) as connection:
        services().workspaces.save(connection, ACME, NOW)
    change(app, revoked_at=NOW)
    browser = Browser(app)
    browser.sign_in(ACME.id)
    page = browser.get("/admin/").text
    assert "/intercom/install?region=eu" in page
    assert "none is lost" in page


def test_without_an_oauth_client_an_operator_is_asked(kinbox: Flask, rosa: Browser) -> None:
    change(kinbox, revoked_at=NOW)
    page = rosa.get("/admin/").text
    assert "Intercom refuses the access" in page
    assert "/intercom/install" not in page
    assert "workspaces add" in page


def test_a_token_that_no_key_opens_is_told(kinbox: Flask, rosa: Browser) -> None:
    change(kinbox, encrypted_token="gAAAAA-nothing-of-ours")
    page = rosa.get("/admin/")
    assert page.status_code == 200
    assert "The token cannot be read" in page.text


def test_a_workspace_without_a_token_says_so(kinbox: Flask, rosa: Browser) -> None:
    change(kinbox, encrypted_token=None)
    assert "This workspace is not connected to Intercom." in rosa.get("/admin/").text


def test_the_last_check_of_the_links_is_told(kinbox: Flask, rosa: Browser) -> None:
    assert "not yet; it runs at night" in rosa.get("/admin/").text
    run = {
        "workspace_id": ACME.id,
        "started_at": NOW,
        "finished_at": NOW + timedelta(minutes=5),
        "after_contact_id": "c9",
        "checked": 120,
        "repaired": 3,
        "unresolved": [{"code": "not_served", "count": 2, "contact_ids": ["c1", "c2"]}],
        "claimed_until": None,
    }
    with kinbox.app_context(), transaction(write=True) as connection:
        connection.execute(insert(ReconcileRun).values(**run))
    assert "120 contacts, 3 repaired, 2 that nobody could repair" in rosa.get("/admin/").text


def test_times_are_those_of_the_workspace(kinbox: Flask, rosa: Browser) -> None:
    furnish(kinbox, ACME)
    change(kinbox, timezone="Asia/Tokyo")
    page = rosa.get("/admin/").text
    assert "22 Nov 2026, 18:05" in page
    assert "Times are those of Asia/Tokyo" in page


@pytest.mark.parametrize(
    ("waited", "words"),
    [(None, "Nothing waits"), (LATE, "Working"), (LATE + timedelta(seconds=1), "Behind, or not running")],
)
def test_the_worker_is_told_by_what_waits(waited: timedelta | None, words: str) -> None:
    oldest = None if waited is None else NOW - waited
    queue = QueueDepth(waiting=int(oldest is not None), delayed=0, dead=0, oldest_waiting_at=oldest)
    assert worker_state(queue, NOW).words == words
