"""The cases of matching by phone from end to end: a contact holds a number, a message comes, somebody is chosen."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.phone import read_stored
from app.intercom.queries import phone_query
from tests.bridge.conftest import Bridge
from tests.bridge.providers import Caller, connect
from tests.domain.phone_cases import CASES

UNSEARCHABLE = {56}
"""Full-width digits: they are the same line, and no search in Intercom for the usual ones finds them."""
WROTE_FROM_WHATSAPP = {29, 30, 33, 35, 64}


def write_as(bridge: Bridge, number: int, sender: str) -> Caller:
    """One message of this sender, on a channel that names people so."""
    if number in WROTE_FROM_WHATSAPP and not sender.startswith("whatsapp:"):
        return _whatsapp(bridge, sender)
    if sender.startswith(("+", "whatsapp:")):
        return _sent(connect(bridge, "twilio"), {"From": sender})
    if sender.startswith("00"):
        return _sent(connect(bridge, "textmagic"), {"sender": sender})
    if len(sender) > 7:
        return _sent(connect(bridge, "vonage"), {"from": sender})
    return _sent(connect(bridge, "africastalking"), {"from": sender})


def _whatsapp(bridge: Bridge, sender: str) -> Caller:
    named = {"from": None, "from_user_id": sender} if "." in sender else {"from": sender, "from_user_id": None}
    return _sent(connect(bridge, "whatsapp"), named)


def _sent(caller: Caller, named: dict[str, Any]) -> Caller:
    caller.send(**named)
    return caller


def settle(bridge: Bridge, country: str) -> None:
    result = bridge.app.test_cli_runner().invoke(
        args=["workspaces", "set", bridge.workspace.app_id, f"country={country}"]
    )
    assert result.exit_code == 0, result.output


def ending_like(sender: str) -> str:
    """A number in Vienna that a search for the sender's digits finds, and that is not theirs."""
    digits = "".join(char for char in sender if char.isdecimal()).rjust(7, "5")
    return f"+43 1 {digits[-7:-4]} {digits[-4:]}"


@pytest.mark.parametrize(("number", "stored", "sender", "country", "same"), CASES, ids=[f"{one[0]}" for one in CASES])
def test_a_message_comes_to_the_contact_with_the_number_and_to_nobody_else(
    number: int, stored: str, sender: str, country: str, same: bool, bridged: Bridge
) -> None:
    settle(bridged, country)
    holder = bridged.intercom.create_contact({"role": "user", "external_id": "u1", "phone": stored}).id
    assert bridged.workspace.contact(holder)["phone"] == stored
    decoy = bridged.intercom.create_contact({"role": "user", "external_id": "u2", "phone": ending_like(sender)}).id
    write_as(bridged, number, sender)
    bridged.work()
    assert bridged.events() == [("done", None)]
    [(sender_id, contact_id, match)] = bridged.linked()
    assert sender_id == sender
    [conversation] = bridged.workspace.list_conversations()
    assert [one["id"] for one in conversation["contacts"]["contacts"]] == [contact_id]
    if same and number not in UNSEARCHABLE:
        assert (contact_id, match["rule"], match["runners_up"]) == (holder, "phone", [])
        assert len(bridged.workspace.contacts()) == 2
    else:
        assert contact_id not in {holder, decoy}
        assert bridged.workspace.contact(str(contact_id))["role"] == "lead"
        assert match["rule"] == "new_lead"


def test_the_search_for_a_sender_finds_the_number_that_only_ends_like_theirs(bridged: Bridge) -> None:
    """So the decoy above is turned down by the comparison, not missed by the search."""
    decoy = bridged.intercom.create_contact({"role": "user", "external_id": "u2", "phone": ending_like("+14155550100")})
    assert [one.id for one in bridged.intercom.search_contacts(phone_query("+14155550100")).contacts] == [decoy.id]


def test_the_cases_that_the_search_misses_are_the_same_line_all_the_same() -> None:
    """So nothing but Intercom's search keeps them apart: a contact stored in the usual digits is found."""
    missed = [(stored, country) for number, stored, _, country, same in CASES if number in UNSEARCHABLE and same]
    assert len(missed) == len(UNSEARCHABLE)
    for stored, country in missed:
        assert read_stored(stored, region=country)
