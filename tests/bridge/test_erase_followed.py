"""A contact that is deleted in Intercom is erased here, whatever comes late; so is one whom an operator erased."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.storage.database import transaction
from app.storage.models import AuditRecord, KnownContact
from tests.bridge.conftest import Bridge
from tests.bridge.intercom_events import Intercom
from tests.bridge.leftovers import bytes_left, leftovers
from tests.bridge.test_erase_person import MAYA, PHONE, erase

PERSON = ("Maya", str(MAYA), "Where is my parcel", PHONE, "maya@home.example")


@pytest.fixture
def there(bridged_anywhere: Bridge) -> Intercom:
    return Intercom(bridged_anywhere)


def test_deleted_in_intercom_is_erased_here(there: Intercom) -> None:
    bridged = there.bridge
    bridged.telegram("Where is my parcel", sender=MAYA, first_name="Maya")
    bridged.work()
    lead = str(there.link_of(MAYA))
    bridged.intercom.update_contact(lead, {"phone": PHONE, "email": "maya@home.example"})
    there.tell("contact.lead.updated", lead)
    bridged.work()
    assert leftovers(bridged.app, [PHONE])
    late = there.record(lead)
    bridged.workspace.lifecycle.delete(lead)
    there.notifier.deleted(lead)
    bridged.work()
    assert leftovers(bridged.app, PERSON) == []
    assert bytes_left(bridged.app, PERSON) == []
    assert {state for state, _ in bridged.events()} == {"done"}
    for topic in ("contact.lead.updated", "contact.lead.created"):
        there.notifier.tell(topic, late)
    there.notifier.deleted(lead)
    bridged.work()
    assert leftovers(bridged.app, PERSON) == []
    with bridged.app.app_context(), transaction() as connection:
        actions = connection.execute(select(AuditRecord.action, AuditRecord.admin_id)).all()
        assert [tuple(one) for one in actions] == [("person_erased", None)]


def test_what_intercom_says_of_an_erased_contact_is_not_kept(there: Intercom) -> None:
    """An operator erased it; Intercom serves it still."""
    bridged = there.bridge
    user = there.user(name="Maya", phone=PHONE)
    bridged.sms("Where is my parcel", PHONE)
    bridged.work()
    assert bridged.contact_of(PHONE) == user
    erase(bridged, user)
    for topic in ("contact.user.updated", "contact.user.created", "contact.unarchive"):
        there.tell(topic, user)
    bridged.work()
    assert leftovers(bridged.app, PERSON) == []
    with bridged.app.app_context(), transaction() as connection:
        assert connection.execute(select(KnownContact)).all() == []
    assert there.state(user) == "erased"
