"""The furnished workspace has the people that stories and tests need."""

from __future__ import annotations

import unicodedata

import phonenumbers
import pytest

from app.sandbox import people
from app.sandbox.contact_records import formatted_phone
from app.sandbox.workspace import Workspace

ARABIC, JAPANESE, GREEK, HINDI = "ARABIC", "HIRAGANA", "GREEK", "DEVANAGARI"


def test_there_are_enough_people_in_enough_countries(workspace: Workspace) -> None:
    contacts = workspace.contacts()
    countries = {contact["location"]["country"] for contact in contacts}
    assert len(contacts) >= 48
    assert {"Ireland", "United Kingdom", "United States", "Germany", "Japan"} <= countries
    assert {contact["role"] for contact in contacts} == {"lead", "user"}


def test_every_lead_has_a_uuid_and_every_user_a_way_to_be_known(workspace: Workspace) -> None:
    for contact in workspace.contacts():
        if contact["role"] == "lead":
            assert len(contact["external_id"]) == 36
        else:
            assert contact["external_id"] or contact["email"]


@pytest.mark.parametrize("script", [ARABIC, JAPANESE, GREEK, HINDI])
def test_names_come_in_several_scripts(workspace: Workspace, script: str) -> None:
    letters = {letter for contact in workspace.contacts() for letter in contact["name"] or ""}
    assert any(unicodedata.name(letter, "").startswith(script) for letter in letters)


def test_some_names_have_combining_marks(workspace: Workspace) -> None:
    names = [contact["name"] or "" for contact in workspace.contacts()]
    assert any(unicodedata.combining(letter) for name in names for letter in name)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (people.MAYA_LEAD, people.MAYA_USER),
        (people.TWIN_LEAD_FIRST, people.TWIN_LEAD_SECOND),
        (people.CONFLICT_LEAD, people.CONFLICT_USER),
        (people.TWIN_USER_FIRST, people.TWIN_USER_SECOND),
    ],
)
def test_duplicates_have_one_number_in_two_spellings(workspace: Workspace, first: str, second: str) -> None:
    phones = [workspace.contact(contact_id)["phone"] for contact_id in (first, second)]
    assert phones[0] != phones[1]
    assert formatted_phone(phones[0]) == formatted_phone(phones[1]) is not None


def test_a_number_without_a_country_code_is_readable_only_with_a_region(workspace: Workspace) -> None:
    phone = workspace.contact(people.LAN_USER)["phone"]
    assert formatted_phone(phone) is None
    read = phonenumbers.parse(phone, "US")
    e164 = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
    assert e164 == workspace.contact(people.LAN_LEAD)["phone"]


def test_the_special_people_are_in_their_states(workspace: Workspace) -> None:
    wanted = {
        people.ARCHIVED_USER: "archived",
        people.MERGED_LEAD: "merged",
        people.DELETED_USER: "deleted",
        people.BLOCKED_USER: "blocked",
    }
    for contact_id, state in wanted.items():
        assert (workspace.raw_contact(contact_id) or {})["_state"] == state
    assert workspace.contact(people.HOSTILE_LEAD)["name"] == "[click](https://evil.example) *bold*"
    assert len(workspace.contact(people.LONG_USER)["name"]) == 200
    blank = workspace.contact(people.BLANK_LEAD)
    assert (blank["name"], blank["email"], blank["phone"]) == (None, None, None)


def test_every_conversation_belongs_to_people_who_are_there(workspace: Workspace) -> None:
    conversations = workspace.list_conversations()
    served = {contact["id"] for contact in workspace.contacts()}
    assert len(conversations) >= 14
    assert {"sms", "whatsapp", "conversation", "email"} <= {item["source"]["type"] for item in conversations}
    assert {"open", "closed"} == {item["state"] for item in conversations}
    for conversation in conversations:
        assert {item["id"] for item in conversation["contacts"]["contacts"]} <= served
