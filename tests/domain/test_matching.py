"""Which contact a sender is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.contact import Contact
from app.domain.matching import Found, by_channel_id, by_phone, fallback_name, lead_fields

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PHONE = "+35315550123"


def contact(contact_id: str, role: str = "user", *, days_old: int = 0, **fields: Any) -> Contact:
    at = NOW - timedelta(days=days_old)
    return Contact(id=contact_id, role=role, created_at=at, updated_at=at, **fields)


@pytest.mark.parametrize(("priority", "winner"), [("latest", "new-lead"), ("lead", "new-lead"), ("user", "old-user")])
def test_the_teams_priority_decides_between_several_holders(priority: str, winner: str) -> None:
    holders = [
        contact("old-user", days_old=9, phone="(01) 555 0123"),
        contact("new-lead", "lead", phone="01 5550123"),
        contact("other", phone="+35315550124"),
    ]
    found = by_phone(PHONE, holders, country="IE", priority=priority, rule="phone")
    assert found is not None
    assert (found.contact_id, found.match.rule, found.match.value) == (winner, "phone", PHONE)
    assert set(found.match.runners_up) == {"old-user", "new-lead"} - {winner}


def test_an_exact_spelling_ranks_before_any_preference() -> None:
    holders = [contact("national", phone="(01) 555 0123"), contact("exact", days_old=30, phone="+353 1 555 0123")]
    found = by_phone(PHONE, holders, country="IE", priority="latest", rule="phone")
    assert found is not None
    assert found.contact_id == "exact"


def test_two_holders_of_one_channel_id_are_ranked_too() -> None:
    holders = [
        contact("b", days_old=3, custom_attributes={"kinbox_line_id": "U1"}),
        contact("a", days_old=1, custom_attributes={"kinbox_line_id": "U1"}),
        contact("c", custom_attributes={"kinbox_line_id": "U2"}),
        contact("d", custom_attributes={"kinbox_line_id": None}),
    ]
    found = by_channel_id("kinbox_line_id", "U1", holders, priority="latest", rule="channel_id")
    assert isinstance(found, Found)
    assert (found.contact_id, found.match.runners_up) == ("a", ("b",))


def test_nobody_is_nobody() -> None:
    assert by_phone(PHONE, [contact("x", phone="n/a")], country=None, priority="latest", rule="phone") is None
    assert by_channel_id("kinbox_line_id", "U1", [], priority="latest", rule="channel_id") is None


def test_a_new_lead_is_a_lead_with_what_is_known() -> None:
    fields = lead_fields(name=fallback_name("Telegram", "5201340987"), phone=None, attributes={"kinbox_channel": "x"})
    assert fields == {"role": "lead", "name": "Telegram user 0987", "custom_attributes": {"kinbox_channel": "x"}}
    assert lead_fields(name="Ann", phone=PHONE, attributes={})["phone"] == PHONE
