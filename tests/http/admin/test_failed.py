"""Failed events in the browser: why, what was sent only after a click, and another try."""

from __future__ import annotations

import pytest
from flask import Flask

from app.storage import audit, inbox
from app.storage.database import transaction
from app.storage.inbox import NewEvent
from tests.admin_driver import ROSA, Browser
from tests.http.admin.conftest import ACME
from tests.http.admin.scene import NOW, Furnished, furnish


@pytest.fixture
def scene(kinbox: Flask, browser: Browser) -> Furnished:
    browser.sign_in(ACME.id)
    return furnish(kinbox, ACME)


def failed(app: Flask) -> list[int]:
    with app.app_context(), transaction() as connection:
        return list(inbox.dead_ids(connection, ACME.id))


def trail(app: Flask) -> list[tuple[str, str | None]]:
    with app.app_context(), transaction() as connection:
        entries = audit.of_workspace(connection, ACME.id)
        return [(one.action, one.by.id if one.by else None) for one in entries]


def test_the_list_says_why_without_saying_what(browser: Browser, scene: Furnished) -> None:
    page = browser.get("/admin/failed").text
    assert f"/admin/failed/{scene.event_id}" in page
    assert "The provider sent something unreadable" in page
    assert "Hello from" not in page


def test_one_event_has_its_reason_and_nothing_personal(browser: Browser, scene: Furnished) -> None:
    page = browser.get(f"/admin/failed/{scene.event_id}").text
    assert f"it has no {scene.mark}" in page
    assert "Hello from" not in page
    assert "sender-" not in page


def test_what_was_sent_takes_a_click_that_is_recorded(kinbox: Flask, browser: Browser, scene: Furnished) -> None:
    shown = browser.post(f"/admin/failed/{scene.event_id}/payload")
    assert f"Hello from {scene.mark}" in shown.text
    assert "Personal data" in shown.text
    assert trail(kinbox)[0] == ("payload_read", ROSA.id)
    assert "looked at what was sent" in browser.get("/admin/activity").text


def test_one_is_tried_again_and_then_all(kinbox: Flask, browser: Browser, scene: Furnished) -> None:
    first, second = failed(kinbox)
    answer = browser.post(f"/admin/failed/{first}/replay")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/failed")
    assert "1 event will be tried again" in browser.get("/admin/failed").text
    assert failed(kinbox) == [second]
    assert browser.get(f"/admin/failed/{first}").status_code == 404
    browser.post("/admin/failed/replay")
    assert failed(kinbox) == []
    assert "Nothing has failed" in browser.get("/admin/failed").text
    assert trail(kinbox)[:2] == [("event_replayed", ROSA.id)] * 2


def test_what_a_customer_wrote_stays_text(kinbox: Flask, browser: Browser) -> None:
    browser.sign_in(ACME.id)
    with kinbox.app_context(), transaction(write=True) as connection:
        event = NewEvent(
            workspace_id=ACME.id,
            account_id=None,
            event_id="<script>alert(1)</script>",
            lane="intercom:c1",
            payload={"text": "</pre><script>alert(2)</script>"},
            poison="unreadable",
        )
        inbox.store(connection, [event], NOW)
    [event_id] = failed(kinbox)
    page = browser.post(f"/admin/failed/{event_id}/payload").text
    assert "<script" not in page
    assert "&lt;/pre&gt;&lt;script&gt;alert(2)" in page


def test_many_are_shown_a_page_at_a_time(kinbox: Flask, browser: Browser) -> None:
    browser.sign_in(ACME.id)
    with kinbox.app_context(), transaction(write=True) as connection:
        events = [
            NewEvent(
                workspace_id=ACME.id,
                account_id=None,
                event_id=f"e{number}",
                lane=f"intercom:c{number}",
                payload={},
                poison="unreadable",
            )
            for number in range(51)
        ]
        inbox.store(connection, events, NOW)
    first = browser.get("/admin/failed").text
    assert "51 messages or events" in first
    oldest = failed(kinbox)[0]
    assert f'/admin/failed/{oldest}"' not in first
    older = browser.get(f"/admin/failed?before={oldest + 1}").text
    assert f'/admin/failed/{oldest}"' in older
    assert ">Newest<" in older
