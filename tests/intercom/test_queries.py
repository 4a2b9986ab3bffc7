"""Search queries: Intercom's limits hold, and a phone's usual spellings are reached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from app.intercom.queries import (
    Query,
    any_of,
    attribute_query,
    email_query,
    exact_phone_query,
    phone_query,
)

US = "+14155550100"


def groups(query: Query) -> Iterator[list[Any]]:
    """The members of every group in the query."""
    if query["operator"] in {"AND", "OR"}:
        yield query["value"]
        for member in query["value"]:
            yield from groups(member)


def depth(query: Query) -> int:
    if query["operator"] not in {"AND", "OR"}:
        return 0
    return 1 + max((depth(member) for member in query["value"]), default=0)


def fits(query: Query, phone: str, formatted: str | None = None) -> bool:
    """Whether a contact with this phone is found, when `~` looks at characters."""
    operator, value = query["operator"], query["value"]
    if operator in {"AND", "OR"}:
        return (all if operator == "AND" else any)(fits(member, phone, formatted) for member in value)
    held = formatted if query["field"] == "formatted_phone" else phone
    if held is None:
        return False
    return value in held if operator == "~" else held in (value if operator == "IN" else [value])


def assert_within_limits(query: Query) -> None:
    assert depth(query) <= 2
    assert all(1 <= len(group) <= 15 for group in groups(query))


def example_numbers() -> list[str]:
    found = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE):
            number = phonenumbers.example_number_for_type(region, kind)
            if number:
                found.append(phonenumbers.format_number(number, PhoneNumberFormat.E164))
    return found


def test_an_american_number_is_asked_for_in_its_usual_spellings() -> None:
    assert phone_query(US) == {
        "operator": "OR",
        "value": [
            {"field": "formatted_phone", "operator": "=", "value": "+14155550100"},
            {
                "field": "phone",
                "operator": "IN",
                "value": [
                    "+14155550100",
                    "14155550100",
                    "0014155550100",
                    "4155550100",
                    "+1 415-555-0100",
                    "(415) 555-0100",
                    "415-555-0100",
                    "+1 (415) 555-0100",
                    "+1-415-555-0100",
                ],
            },
            {
                "operator": "AND",
                "value": [
                    {"field": "phone", "operator": "~", "value": "415"},
                    {"field": "phone", "operator": "~", "value": "555"},
                    {"field": "phone", "operator": "~", "value": "0100"},
                ],
            },
            {
                "operator": "AND",
                "value": [
                    {"field": "phone", "operator": "~", "value": "555"},
                    {"field": "phone", "operator": "~", "value": "0100"},
                ],
            },
        ],
    }


def test_the_formatted_phone_can_be_left_out() -> None:
    whole, without = phone_query(US), phone_query(US, formatted_phone=False)
    assert without["value"] == whole["value"][1:]


def test_the_limits_hold_for_a_number_of_every_country() -> None:
    for e164 in example_numbers():
        query = phone_query(e164)
        assert_within_limits(query)
        members = query["value"]
        assert len([member for member in members if member.get("field") != "formatted_phone"]) <= 5
        [spellings] = [member["value"] for member in members if member["operator"] == "IN"]
        assert len(spellings) <= 11
        assert e164 in spellings


def test_the_librarys_spellings_of_every_number_are_found() -> None:
    for e164 in example_numbers():
        number = phonenumbers.parse(e164)
        query = phone_query(e164, formatted_phone=False)
        for form in (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL):
            assert fits(query, phonenumbers.format_number(number, form)), (e164, form)


@pytest.mark.parametrize(
    ("e164", "stored"),
    [
        ("+447700900123", "+44 (0)7700-900123"),
        ("+447700900123", "0044 7700 900123"),
        ("+447700900123", "07700900123 ext 5"),
        ("+33612345678", "06.12.34.56.78"),
        ("+4915123456789", "0151/23456789"),
        ("+525512345678", "+52 1 55 1234 5678"),
        ("+5215512345678", "55 1234 5678"),
        ("+5511987654321", "+55 11 8765-4321"),
        ("+2250707012345", "+225 07 01 23 45"),
        ("+2290197123456", "97 12 34 56"),
        (US, "call (415) 555.0100 (home)"),
        (US, "+14155550111, +14155550100"),
    ],
)
def test_other_spellings_and_aliases_are_found(e164: str, stored: str) -> None:
    assert fits(phone_query(e164, formatted_phone=False), stored)


@pytest.mark.parametrize("stored", ["+14155550101", "555-0123", "+442079460123", ""])
def test_other_numbers_are_not_found(stored: str) -> None:
    assert not fits(phone_query(US), stored)


def test_an_alias_is_looked_for_by_its_formatted_phone_too() -> None:
    assert fits(phone_query("+525512345678"), "", formatted="+5215512345678")


def test_the_exact_query_has_no_digit_blocks() -> None:
    query = exact_phone_query("+525512345678")
    assert (query["field"], query["operator"]) == ("phone", "IN")
    assert {"+525512345678", "+5215512345678"} <= set(query["value"])
    assert not re.search("~", str(query))


def test_emails_and_attributes_are_asked_for_exactly() -> None:
    assert email_query("m@example.com") == {"field": "email", "operator": "=", "value": "m@example.com"}
    assert email_query("M@example.com")["value"] == ["M@example.com", "m@example.com"]
    assert attribute_query("kinbox_line_id", "U4af") == {
        "field": "custom_attributes.kinbox_line_id",
        "operator": "=",
        "value": "U4af",
    }


def test_suggestions_by_phone_email_and_channel_id_are_one_request() -> None:
    email, line = email_query("m@example.com"), attribute_query("kinbox_line_id", "U4af")
    query = any_of(phone_query(US), email, line)
    assert_within_limits(query)
    assert query["operator"] == "OR"
    assert all(member in query["value"] for member in (email, line, *phone_query(US)["value"]))


def test_too_many_alternatives_keep_the_exact_ones() -> None:
    ids = [attribute_query(f"kinbox_{number}_id", "7") for number in range(12)]
    query = any_of(phone_query("+2250707012345"), email_query("m@example.com"), *ids)
    assert_within_limits(query)
    assert all(one in query["value"] for one in (email_query("m@example.com"), *ids))
    assert query["value"][0]["field"] == "formatted_phone"


def test_a_query_given_twice_is_asked_once() -> None:
    assert any_of(email_query("a@b.co"), email_query("a@b.co"))["value"] == [email_query("a@b.co")]
