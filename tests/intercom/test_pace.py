"""Work that has time: it asks before each call, hears of every answer, and waits by itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import requests
import responses

from app.domain.pacing import Rate
from app.intercom.client import Intercom
from app.intercom.errors import RateLimited

BASE = "https://api.intercom.io"
LIMITS = {"X-RateLimit-Limit": "166", "X-RateLimit-Remaining": "165", "X-RateLimit-Reset": "1795000000"}
CONTACT = {"type": "contact", "id": "c1", "role": "lead"}


class Remembered:
    def __init__(self) -> None:
        self.heard: list[object] = []

    def wait(self) -> None:
        self.heard.append("wait")

    def answered(self, rate: Rate | None) -> None:
        self.heard.append(rate)


@pytest.fixture
def pace() -> Remembered:
    return Remembered()


@responses.activate
def test_a_call_waits_for_its_turn_and_its_answer_tells_the_rate(pace: Remembered) -> None:
    responses.get(f"{BASE}/contacts/c1", json=CONTACT, headers=LIMITS)
    Intercom(BASE, "token-of-the-tests", pace=pace).contact("c1")
    assert pace.heard == ["wait", Rate(166, 165, datetime.fromtimestamp(1795000000, UTC))]


UNREADABLE = [
    *((name, value) for name in LIMITS for value in ("", "soon", "nan")),
    ("X-RateLimit-Limit", "0"),
    ("X-RateLimit-Remaining", "-1"),
    ("X-RateLimit-Reset", "9" * 40),
]


@responses.activate
@pytest.mark.parametrize(("name", "value"), UNREADABLE)
def test_a_rate_that_cannot_be_read_is_none(name: str, value: str, pace: Remembered) -> None:
    responses.get(f"{BASE}/contacts/c1", json=CONTACT, headers={**LIMITS, name: value})
    Intercom(BASE, "token-of-the-tests", pace=pace).contact("c1")
    assert pace.heard == ["wait", None]


@responses.activate
def test_every_try_is_told_also_one_without_an_answer(pace: Remembered) -> None:
    responses.get(f"{BASE}/contacts/c1", body=requests.ConnectionError("gone"))
    responses.get(f"{BASE}/contacts/c1", json=CONTACT, headers=LIMITS)
    Intercom(BASE, "token-of-the-tests", pace=pace).contact("c1")
    assert [type(one).__name__ for one in pace.heard] == ["str", "NoneType", "Rate"]


@responses.activate
def test_a_rate_limit_is_not_slept_out_inside_a_call(pace: Remembered) -> None:
    responses.get(f"{BASE}/contacts/c1", status=429, headers={**LIMITS, "X-RateLimit-Remaining": "0"})
    with pytest.raises(RateLimited):
        Intercom(BASE, "token-of-the-tests", pace=pace).contact("c1")
    assert len(responses.calls) == 1
