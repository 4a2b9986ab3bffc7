"""A lead whose link was not stored when its person was erased: Intercom told of it, and that goes too."""

from __future__ import annotations

from datetime import UTC, datetime

from app.domain.workspace import Workspace
from app.usecases.erase_person import erase_sender
from tests.bridge.conftest import Bridge
from tests.bridge.intercom_events import Intercom
from tests.bridge.leftovers import leftovers

SENDER, PHONE = "5201340987", "+14155550123"


def test_what_was_noted_of_a_lead_with_the_senders_id_goes_with_the_sender(bridged_anywhere: Bridge) -> None:
    there = Intercom(bridged_anywhere)
    there.lead_of(77001122)  # makes the attribute
    lead = there.bridge.intercom.create_contact(
        {"role": "lead", "phone": PHONE, "custom_attributes": {"kinbox_telegram_id": SENDER}}
    )
    there.tell("contact.lead.created", lead.id)
    assert there.known(lead.id) is not None
    there.bridge.telegram("Hello", sender=int(SENDER))  # waits: nobody is linked yet
    workspace = Workspace(id=there.bridge.workspace.app_id, region="us")
    with there.bridge.app.app_context():
        erase_sender(workspace, "telegram", SENDER, why="erased", by=None, at=datetime.now(UTC))
    assert there.known(lead.id) is None
    assert leftovers(there.bridge.app, [SENDER, PHONE]) == []
