"""Stored phones and senders that are, or are not, the same line."""

from __future__ import annotations

import pytest

from app.domain.phone import read_sender, read_stored, same_number
from tests.domain.phone_cases import CASES


@pytest.mark.parametrize("international_digits", [True, False])
@pytest.mark.parametrize(("number", "stored", "sender", "region", "same"), CASES)
def test_a_sender_is_found_in_a_stored_phone_or_is_not(
    number: int, stored: str, sender: str, region: str, same: bool, international_digits: bool
) -> None:
    e164 = read_sender(sender, region=region, international_digits=international_digits)
    phones = read_stored(stored, region=region)
    assert any(e164 and same_number(e164, phone) for phone in phones) is same


def test_every_case_is_there() -> None:
    assert [case[0] for case in CASES] == list(range(1, 66))
