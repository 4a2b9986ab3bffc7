"""What the sidebar says of people whom Intercom does not serve, and what their next message does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bridge.conftest import Bridge
from tests.bridge.intercom_events import Intercom
from tests.conftest import CLIENT_SECRET
from tests.http.conftest import posting_to
from tests.sidebar_driver import ADMIN, Shown, Sidebar


@pytest.fixture
def there(bridged_anywhere: Bridge) -> Intercom:
    return Intercom(bridged_anywhere)


def look(there: Intercom, contact_id: str, **more: Any) -> Sidebar:
    """Open the sidebar on the contact, as a conversation of theirs in the Inbox still does."""
    bridged = there.bridge
    sidebar = Sidebar(
        posting_to(bridged.app.test_client()),
        CLIENT_SECRET,
        bridged.workspace.app_id,
        {**there.record(contact_id), **more},
        ADMIN,
    )
    sidebar.open()
    return sidebar


def shown(there: Intercom, contact_id: str, **more: Any) -> Shown:
    screen = look(there, contact_id, **more).shown
    assert screen is not None
    return screen


def test_an_archived_contact_says_so_and_its_next_message_makes_a_lead_that_says_why(there: Intercom) -> None:
    lead = there.lead_of()
    there.bridge.intercom.archive(lead)
    there.notifier.archived(lead)
    there.bridge.work()
    screen = shown(there, lead)
    assert screen.title == "Archived"
    assert "The next message goes to another match, or to a new lead" in screen.text
    assert "merge" in screen.ids, "it may have been restored since, and Intercom is asked then"
    there.bridge.telegram("Again")
    there.bridge.work()
    newer = there.link_of()
    assert newer not in {None, lead}
    screen = shown(there, str(newer))
    assert screen.title == "New lead"
    assert "Intercom no longer serves the contact before, so Kinbox made this lead." in screen.text


def test_a_restored_contact_is_as_before(there: Intercom) -> None:
    lead = there.lead_of()
    there.bridge.intercom.archive(lead)
    there.notifier.archived(lead)
    there.bridge.work()
    there.bridge.intercom.unarchive(lead)
    there.notifier.unarchived(lead)
    there.bridge.work()
    assert shown(there, lead).title == "New lead"
    there.bridge.telegram("Again")
    there.bridge.work()
    assert there.link_of() == lead


def test_a_deleted_contact_says_so_and_offers_no_merge(there: Intercom) -> None:
    lead = there.lead_of()
    record = there.record(lead)
    there.bridge.workspace.lifecycle.delete(lead)
    there.notifier.deleted(lead)
    there.bridge.work()
    screen = shown(there, lead, **record)
    assert (screen.title, "merge" in screen.ids) == ("Deleted", False)
    there.bridge.telegram("It is me again")
    there.bridge.work()
    assert there.link_of() not in {None, lead}


def test_a_blocking_shows_once_somebody_tried_to_restore_the_contact(there: Intercom) -> None:
    """No notification tells of it."""
    lead, user = there.lead_of(), there.user(name="Bo Ward", email="bo@shop.example")
    there.bridge.workspace.lifecycle.block(lead)
    assert shown(there, lead).title == "New lead"
    sidebar = look(there, user)
    sidebar.press("Merge with existing")
    sidebar.click("reference", reference=lead)
    sidebar.press("Unarchive it in Intercom")
    assert shown(there, lead).title == "Blocked"


def test_who_gets_no_emails_can_still_be_reached(there: Intercom) -> None:
    lead = there.lead_of()
    screen = shown(there, lead, unsubscribed_from_emails=True)
    assert "Unsubscribed from emails. Channel messages still come in." in screen.text
