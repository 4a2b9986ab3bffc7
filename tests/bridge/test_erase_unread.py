"""Of an erased person nothing is left in the calls that nobody could read, however the provider spells who it was."""

from __future__ import annotations

from app.usecases.erase_person import Erased, erase_sender
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
