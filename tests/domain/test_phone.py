"""Phone rules beyond the table of cases: readings, extensions, aliases, ranking, and any text at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.contact import Contact
from app.domain.phone import StoredPhone, aliases, phone_matches, read_sender, read_stored, same_number

US = "+14155550100"


def contact(contact_id: str, phone: str | None, **fields: Any) -> Contact:
    return Contact(id=contact_id, role=fields.pop("role", "user"), phone=phone, **fields)


def day(number: int) -> datetime:
    return datetime(2026, 11, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "region", "international_digits", "e164"),
    [
        ("447700900111", "DE", True, "+447700900111"),  # possible but not valid; +49447... would be valid
        ("447700900111", "DE", False, "+49447700900111"),
        ("4155550100", "US", True, "+14155550100"),
        ("07700 900123", "GB", True, "+447700900123"),
        ("07700900123", None, False, None),
        ("07700900123", "XX", False, None),
        ("011 44 7700 900123", "US", False, "+447700900123"),
        ("+00 44 7700 900123", None, False, "+447700900123"),
        ("(00)447700900123", None, False, "+447700900123"),
        ("(+44) 7700 900123", None, False, "+447700900123"),
        ("tel:+1-415-555-0100", None, False, "+14155550100"),
        ("rcs:sms:+14155550100", None, False, "+14155550100"),
        ("٠٠١٤١٥٥٥٥٠١٠٠", None, False, "+14155550100"),
        ("5215512345678", None, True, "+5215512345678"),
        ("+2250701234", None, True, None),
        ("123456", "US", True, None),
        ("12-34-56", "AT", False, None),
        ("*100#", "US", False, None),
        ("user@example.com", "US", True, None),
        ("US.ENT.13491208655302741918", "US", True, None),
        ("", "US", True, None),
        ("+", "US", True, None),
        ("1" * 101, "US", True, None),
        ("+14155550100" + " " * 100, "US", True, None),
    ],
)
def test_a_sender_is_read_as_its_provider_writes_it(
    raw: str, region: str | None, international_digits: bool, e164: str | None
) -> None:
    assert read_sender(raw, region=region, international_digits=international_digits) == e164


@pytest.mark.parametrize(
    ("text", "region", "phones"),
    [
        ("(415) 555-0100", "US", [StoredPhone(US, had_country_code=False)]),
        ("(415) 555-0100", None, []),
        ("+1 (415) 555-0100", None, [StoredPhone(US)]),
        ("14155550100", "US", [StoredPhone(US)]),
        ("+14155550100;ext=42", None, [StoredPhone(US, has_extension=True)]),
        ("+1 415 555 0100 (x42)", None, [StoredPhone(US, has_extension=True)]),
        ("415-555-0100x42", "US", [StoredPhone(US, has_extension=True, had_country_code=False)]),
        ("+1 415 555 0100 доб. 42", None, [StoredPhone(US, has_extension=True)]),
        ("office 415 555 0100 extension 42 (Bob)", "US", [StoredPhone(US, True, had_country_code=False)]),
        ("home +14155550100 or work +442079460123", None, [StoredPhone(US), StoredPhone("+442079460123")]),
        ("+14155550100 | +14155550100", None, [StoredPhone(US)]),
        (
            "415 555 0100/415 555 0111",
            "US",
            [
                StoredPhone(US, False, had_country_code=False),
                StoredPhone("+14155550111", False, had_country_code=False),
            ],
        ),
        ("12345", "US", []),
        ("", "US", []),
    ],
)
def test_a_stored_text_gives_its_numbers(text: str, region: str | None, phones: list[StoredPhone]) -> None:
    assert list(read_stored(text, region=region)) == phones


def test_intercoms_own_reading_counts_beside_ours() -> None:
    assert read_stored("call me", region=None, formatted=US) == (StoredPhone(US),)
    assert read_stored("(415) 555-0100", region="US", formatted=US) == (StoredPhone(US),)
    assert read_stored("415 555 0100 x42", region="US", formatted=US) == (StoredPhone(US, has_extension=True),)
    assert read_stored("", region="US", formatted="+1555") == ()


@pytest.mark.parametrize(
    ("e164", "others"),
    [
        ("+525512345678", ("+5215512345678",)),
        ("+5215512345678", ("+525512345678",)),
        ("+541123456789", ("+5491123456789",)),
        ("+5491123456789", ("+541123456789",)),
        ("+551187654321", ("+5511987654321",)),
        ("+5511987654321", ("+551187654321",)),
        ("+551133334444", ()),
        ("+5511933334444", ()),
        ("+2250707012345", ("+22507012345",)),
        ("+22507012345", ()),
        ("+2252507012345", ()),
        ("+2290197123456", ("+22997123456",)),
        ("+22997123456", ()),
        (US, ()),
    ],
)
def test_each_country_has_its_own_aliases(e164: str, others: tuple[str, ...]) -> None:
    assert aliases(e164) == others


def test_two_new_ivorian_numbers_with_one_old_form_are_two_people() -> None:
    assert same_number("+2250107012345", StoredPhone("+2250707012345")) is None
    assert same_number("+22507012345", StoredPhone("+2250707012345")) == "alias"


def test_contacts_are_ranked_by_how_they_hold_the_number() -> None:
    contacts = [
        contact("alias", "+52 1 55 1234 5678"),
        contact("national", "55 1234 5678"),
        contact("extension", "+52 55 1234 5678 x1"),
        contact("exact", "+525512345678"),
        contact("other", "+525512345679"),
        contact("none", None),
    ]
    ranked = phone_matches("+525512345678", contacts, region="MX")
    assert [match.contact.id for match in ranked] == ["exact", "national", "extension", "alias"]
    assert [match.how for match in ranked] == ["exact", "exact", "exact", "alias"]


@pytest.mark.parametrize(
    ("priority", "order"),
    [
        ("latest", ["new lead", "old user", "older user"]),
        ("user", ["older user", "old user", "new lead"]),
        ("lead", ["new lead", "older user", "old user"]),
    ],
)
def test_equal_holders_are_ranked_by_the_workspaces_priority(priority: str, order: list[str]) -> None:
    contacts = [
        contact("older user", US, created_at=day(1), updated_at=day(4)),
        contact("new lead", US, role="lead", created_at=day(3), updated_at=day(9)),
        contact("old user", US, created_at=day(2), updated_at=day(5)),
    ]
    for given_order in (contacts, contacts[::-1]):
        ranked = phone_matches(US, given_order, region="US", priority=priority)
        assert [match.contact.id for match in ranked] == order


PHONE_LIKE = st.text(alphabet="+0123456789 ()-./x#;,ext=and|\n\u202a\u00a0٣５", max_size=40)
ANY_TEXT = st.one_of(st.text(max_size=600), PHONE_LIKE)
REGIONS = st.sampled_from(["US", "GB", "DE", "MX", "IT", "gb", "??", "", None])


@given(ANY_TEXT, REGIONS, st.booleans())
def test_any_sender_is_a_number_or_none(raw: str, region: str | None, international_digits: bool) -> None:
    e164 = read_sender(raw, region=region, international_digits=international_digits)
    assert e164 is None or e164[0] == "+"
    assert e164 is None or (e164[1:].isdecimal() and e164.isascii())


@given(ANY_TEXT, REGIONS, st.none() | ANY_TEXT)
def test_any_stored_text_is_read_without_a_fault(text: str, region: str | None, formatted: str | None) -> None:
    phones = read_stored(text, region=region, formatted=formatted)
    assert len({phone.e164 for phone in phones}) == len(phones)
    assert all(same_number(phone.e164, phone) == "exact" for phone in phones)


@given(st.text(alphabet="0123456789", min_size=7, max_size=12))
def test_aliases_are_other_numbers_and_alias_matches_go_both_ways(digits: str) -> None:
    for code in ("52", "521", "54", "549", "55", "22507", "22901"):
        e164 = f"+{code}{digits}"
        for other in aliases(e164):
            assert other != e164
            assert same_number(e164, StoredPhone(other)) == "alias"
            assert same_number(other, StoredPhone(e164)) == "alias"
