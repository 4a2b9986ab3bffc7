"""WhatsApp: who wrote, under which ids, with which phone and name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.channels.base import Account, Parsed
from app.channels.whatsapp import WhatsAppAdapter
from app.domain.message import AliasChange, InboundMessage
from tests.channels.expected import call

BSUID = "DE.70213344556677889900"
PHONE = "4915770012345"


def text(**fields: Any) -> dict[str, Any]:
    return {"id": "wamid.1", "timestamp": "1793617812", "type": "text", "text": {"body": "hi"}, **fields}


def parse(messages: list[Any], contacts: list[Any] | None = None) -> Parsed:
    value = {"metadata": {"phone_number_id": "445201198870331"}, "messages": messages}
    value |= {} if contacts is None else {"contacts": contacts}
    body = {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": value}]}]}
    adapter = WhatsAppAdapter(Account(address="445201198870331", secrets={"app_secret": "s"}, country="DE"))
    return adapter.parse(call(json.dumps(body).encode()))


def read(message: dict[str, Any], contacts: list[Any] | None = None) -> InboundMessage:
    [found] = parse([message], contacts).messages
    return found


def contact(name: str | None = "Ines Falk", **fields: Any) -> dict[str, Any]:
    return {"profile": {} if name is None else {"name": name}, **fields}


def test_the_user_id_is_the_sender_and_the_phone_an_alias() -> None:
    message = read(text(**{"from": PHONE, "from_user_id": BSUID}), [contact(wa_id=PHONE, user_id=BSUID)])
    assert (message.sender_id, message.aliases, message.phone) == (BSUID, (PHONE,), "+4915770012345")


def test_without_a_user_id_the_phone_is_the_sender() -> None:
    message = read(text(**{"from": PHONE}), [contact(wa_id=PHONE)])
    assert (message.sender_id, message.aliases, message.phone) == (PHONE, (), "+4915770012345")


def test_a_user_id_that_only_the_contact_names_is_an_alias() -> None:
    assert read(text(**{"from": PHONE}), [contact(wa_id=PHONE, user_id=BSUID)]).aliases == (BSUID,)


def test_a_user_id_of_another_contact_is_no_alias() -> None:
    message = read(text(**{"from": PHONE, "from_user_id": BSUID}), [contact(wa_id=PHONE, user_id="DE.9")])
    assert (message.sender_id, message.aliases) == (BSUID, (PHONE,))


@pytest.mark.parametrize("hidden", [{}, {"from": ""}, {"from": None}, {"from": " "}])
def test_who_hides_the_phone_behind_a_user_name_has_none(hidden: dict[str, Any]) -> None:
    known = {"profile": {"name": "Ines Falk", "username": "@ines.f"}, "user_id": BSUID}
    message = read(text(from_user_id=BSUID, **hidden), [known])
    assert (message.sender_id, message.aliases, message.phone) == (BSUID, (), None)
    assert (message.sender_name, message.sender_handle) == ("Ines Falk", "ines.f")


@pytest.mark.parametrize("id_in_from", [BSUID, "US.ENT.11815799212886844830"])
def test_a_phone_is_never_made_from_a_user_id(id_in_from: str) -> None:
    assert read(text(**{"from": id_in_from})).phone is None


def test_digits_are_international_whatever_the_accounts_country() -> None:
    assert read(text(**{"from": "447700900111"})).phone == "+447700900111"


def test_a_mexican_whatsapp_id_stays_as_it_came() -> None:
    message = read(text(**{"from": "5215512345678"}), [contact("Ana", wa_id="525512345678")])
    assert (message.sender_id, message.sender_name, message.aliases) == ("5215512345678", "Ana", ())
    assert message.phone == "+5215512345678"


def test_another_spelling_of_the_phone_is_an_alias_when_the_user_id_says_that_it_is_theirs() -> None:
    known = contact("Ana", wa_id="525512345678", user_id="MX.1")
    message = read(text(**{"from": "5215512345678", "from_user_id": "MX.1"}), [known])
    assert message.aliases == ("5215512345678", "525512345678")


def test_the_contact_of_a_parent_user_id_is_found() -> None:
    known = [contact("Other", user_id="DE.1"), contact("Ines", parent_user_id="DE.ENT.118")]
    assert read(text(from_user_id="DE.2", from_parent_user_id="DE.ENT.118"), known).sender_name == "Ines"


def test_each_of_many_senders_keeps_the_own_name() -> None:
    messages = [text(id=f"wamid.{number}", **{"from": f"49157700{number}"}) for number in (10001, 10002, 10003)]
    known = [contact("Two", wa_id="4915770010002"), contact("One", wa_id="4915770010001")]
    assert [one.sender_name for one in parse(messages, known).messages] == ["One", "Two", None]


def test_the_only_contact_is_nobodys_when_several_people_wrote() -> None:
    messages = [text(id="wamid.1", **{"from": "4915770010001"}), text(id="wamid.2", **{"from": "4915770010002"})]
    assert [one.sender_name for one in parse(messages, [contact("Who", wa_id="1")]).messages] == [None, None]


def test_the_name_of_another_user_id_is_not_taken() -> None:
    assert read(text(from_user_id=BSUID), [contact("Someone else", user_id="DE.9")]).sender_name is None


@pytest.mark.parametrize("name", ["~", "", "  ", None, ["Ines"], {"first": "Ines"}])
def test_no_name_is_no_name(name: Any) -> None:
    known = [{"profile": {"name": name}, "wa_id": PHONE}]
    assert read(text(**{"from": PHONE}), known).sender_name is None


@pytest.mark.parametrize("contacts", [[], None, [None], ["Ines"], [{"profile": None}], [{"wa_id": ["x"]}]])
def test_odd_contacts_lose_no_message(contacts: Any) -> None:
    assert read(text(**{"from": PHONE}), contacts).sender_id == PHONE


def system(told: dict[str, Any], **ids: str) -> Parsed:
    return parse([{"id": "wamid.s", "timestamp": "1793617812", "type": "system", "system": told, **ids}])


def test_a_new_number_makes_both_ids_known_for_the_same_person() -> None:
    told = {"body": "User A changed from 1 to 2", "type": "user_changed_number", "wa_id": "4915770099999"}
    parsed = system(told, **{"from": PHONE})
    assert parsed.messages == ()
    [change] = parsed.alias_changes
    assert change == AliasChange(old_id=PHONE, new_id="4915770099999", phone="+4915770099999", event_id="wamid.s")


def test_a_new_user_id_follows_each_old_id() -> None:
    told = {"type": "user_changed_user_id", "user_id": "DE.2"}
    changes = system(told, **{"from": PHONE, "from_user_id": "DE.1"}).alias_changes
    assert [(one.old_id, one.new_id, one.phone) for one in changes] == [("DE.1", "DE.2", None), (PHONE, "DE.2", None)]
    assert len({one.event_id for one in changes}) == 2


def test_a_new_number_with_a_new_user_id_tells_of_both() -> None:
    told = {"type": "user_changed_number", "user_id": "DE.2", "wa_id": "4915770099999"}
    changes = system(told, **{"from": PHONE, "from_user_id": "DE.2"}).alias_changes
    assert [(one.old_id, one.new_id) for one in changes] == [(PHONE, "DE.2"), (PHONE, "4915770099999")]
    assert {one.phone for one in changes} == {"+4915770099999"}


@pytest.mark.parametrize(
    "told",
    [
        {},
        None,
        {"type": "customer_identity_changed", "wa_id": "4915770099999"},
        {"type": "user_changed_number", "wa_id": PHONE},
        {"type": "user_changed_number"},
    ],
)
def test_a_notice_without_a_new_id_is_ignored(told: Any) -> None:
    parsed = system(told, **{"from": PHONE})
    assert (parsed.messages, parsed.alias_changes, parsed.poison, parsed.ignored) == ((), (), (), 1)
