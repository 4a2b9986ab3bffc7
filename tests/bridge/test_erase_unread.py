"""Of an erased person nothing is left in the calls that nobody could read, however the provider spells who it was."""

from __future__ import annotations

import json

from sqlalchemy import delete

from app.storage.database import transaction
from app.storage.models import Identity
from app.usecases.erase_person import Erased, erase_sender
from app.usecases.export_person import export_sender
from tests.bridge.conftest import Bridge
from tests.bridge.test_erase_person import PHONE, now, workspace_of


def erase(bridged: Bridge, sender: str) -> Erased:
    with bridged.app.app_context():
        return erase_sender(workspace_of(bridged), "africastalking", sender, why="erased", by=None, at=now())


def unreadable(bridged: Bridge, sender: str) -> None:
    """A form without the id of its message."""
    form = {"from": sender, "text": "Where is my parcel", "to": "+35315550100"}
    bridged.app.test_client().post(bridged.accounts["africastalking"], data=form)


def test_it_goes_as_its_provider_writes_it(bridged_anywhere: Bridge) -> None:
    """A form spells the plus before the number `%2B`."""
    bridged = bridged_anywhere
    bridged.sms("It is for Grandma", PHONE)
    bridged.work()
    unreadable(bridged, PHONE)
    unreadable(bridged, f"{PHONE}4")
    assert [state for state, _ in bridged.events()] == ["done", "dead", "dead"]
    assert erase(bridged, PHONE).events == 2
    assert [state for state, _ in bridged.events()] == ["dead"]


def test_who_is_known_by_such_calls_alone_is_exported_and_erased(bridged_anywhere: Bridge) -> None:
    bridged = bridged_anywhere
    unreadable(bridged, PHONE)
    unreadable(bridged, f"{PHONE}4")
    with bridged.app.app_context():
        exported = export_sender(workspace_of(bridged), "africastalking", PHONE, at=now())
    assert exported.counts["events"] == 1
    assert not exported.nothing
    assert erase(bridged, PHONE).events == 1
    assert erase(bridged, PHONE).nothing
    assert [state for state, _ in bridged.events()] == ["dead"]


def test_what_waits_in_the_lane_of_nobody_goes_too(bridged_anywhere: Bridge) -> None:
    bridged = bridged_anywhere
    bridged.sms("It is for Grandma", PHONE)
    with bridged.app.app_context(), transaction(write=True) as connection:
        connection.execute(delete(Identity))
    erased = erase(bridged, PHONE)
    assert (erased.identities, erased.events, erased.waiting) == (0, 1, 1)
    bridged.work()
    assert bridged.threads() == []


def test_of_the_spellings_of_a_phone_the_one_that_is_linked_is_meant(bridged: Bridge) -> None:
    """The other stands in a call that nobody could read, and names the same person."""
    bridged.sms("It is for Grandma", PHONE)
    bridged.work()
    unreadable(bridged, PHONE)
    words = ["privacy", "export", "--channel", "africastalking", "--sender", PHONE.lstrip("+")]
    document = json.loads(bridged.app.test_cli_runner().invoke(args=words).output)
    assert document["contact_ids"] == [bridged.contact_of(PHONE)]
    assert len(document["events"]) == 2
