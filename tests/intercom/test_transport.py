"""Retries, time budgets, rate limits, and what may be known about a call from outside."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses

from app.deadline import Deadline
from app.intercom.client import Intercom
from app.intercom.errors import (
    Disconnected,
    IntercomError,
    NotServed,
    RateLimited,
    TimedOut,
    Unavailable,
    Unreadable,
)
from app.intercom.refusals import reset_time
from app.intercom.transport import Transport

API = "https://api.intercom.test"
USER = "5fb1c2d3e4f5a6b7c8d9e0f1"
LEAD = "66a1f0c2d3e4f5a6b7c8d9e0"
CONTACT = {"type": "contact", "id": USER, "role": "user"}
EMPTY_PAGE = {"type": "list", "data": [], "total_count": 0}
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between tries, none of which is waited for."""
    waited: list[float] = []
    monkeypatch.setattr("app.intercom.transport.time.sleep", waited.append)
    return waited


def resets_in(seconds: float) -> dict[str, str]:
    return {"X-RateLimit-Reset": str((datetime.now(UTC) + timedelta(seconds=seconds)).timestamp())}


@pytest.mark.parametrize("status", [408, 500, 502, 503])
def test_a_read_is_tried_three_times(
    api: responses.RequestsMock, pauses: list[float], intercom: Intercom, status: int
) -> None:
    api.get(f"{API}/me", status=status, body="<html>")
    with pytest.raises(Unavailable) as caught:
        intercom.me()
    assert len(api.calls) == 3
    assert len(pauses) == 2
    assert caught.value.retryable
    assert not caught.value.maybe_done


def test_a_read_that_works_at_the_second_try_is_answered(
    api: responses.RequestsMock, pauses: list[float], intercom: Intercom
) -> None:
    api.get(f"{API}/contacts/{USER}", body=requests.ConnectionError("gone"))
    api.get(f"{API}/contacts/{USER}", json=CONTACT)
    assert intercom.contact(USER).id == USER
    assert len(pauses) == 1


def test_searches_are_reads(api: responses.RequestsMock, pauses: list[float], intercom: Intercom) -> None:
    api.post(f"{API}/contacts/search", status=503)
    api.post(f"{API}/contacts/search", json=EMPTY_PAGE)
    api.post(f"{API}/conversations/search", status=503)
    api.post(f"{API}/conversations/search", json={"total_count": 4})
    assert intercom.search_contacts({}).total == 0
    assert intercom.count_conversations(USER) == 4


@pytest.mark.parametrize("status", [400, 404, 422])
def test_other_refusals_are_not_tried_again(
    api: responses.RequestsMock, pauses: list[float], intercom: Intercom, status: int
) -> None:
    api.get(f"{API}/contacts/{USER}", status=status, json={"errors": []})
    with pytest.raises(IntercomError):
        intercom.contact(USER)
    assert len(api.calls) == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"status": 500},
        {"status": 503, "body": "<html>"},
        {"status": 408},
        {"body": requests.ConnectionError("reset by peer")},
        {"body": requests.ReadTimeout("slow")},
        {"status": 200, "body": "<html>"},
        {"status": 200, "body": b"\xff"},
        {"status": 200, "body": "[" * 100_000},
        {"status": 302, "headers": {"Location": "https://elsewhere.test/"}},
    ],
)
def test_a_write_that_may_have_worked_is_sent_once_and_says_so(
    api: responses.RequestsMock, pauses: list[float], intercom: Intercom, broken: dict[str, Any]
) -> None:
    api.post(f"{API}/contacts/merge", **broken)
    with pytest.raises((Unavailable, Unreadable)) as caught:
        intercom.merge(LEAD, USER)
    assert len(api.calls) == 1
    assert caught.value.maybe_done
    assert not caught.value.retryable


def test_a_write_whose_connection_never_opened_is_tried_again(
    api: responses.RequestsMock, pauses: list[float], intercom: Intercom
) -> None:
    api.post(f"{API}/contacts/merge", body=requests.ConnectTimeout("no route"))
    api.post(f"{API}/contacts/merge", json=CONTACT)
    assert intercom.merge(LEAD, USER).id == USER
    assert len(pauses) == 1


def test_a_rate_limited_write_is_not_sent_again_but_may_be(
    api: responses.RequestsMock, pauses: list[float], intercom: Intercom
) -> None:
    api.post(f"{API}/contacts/merge", status=429, headers=resets_in(1), json={})
    with pytest.raises(RateLimited) as caught:
        intercom.merge(LEAD, USER)
    assert len(api.calls) == 1
    assert caught.value.retryable
    assert not caught.value.maybe_done


def test_a_rate_limited_read_waits_for_the_reset(
    api: responses.RequestsMock, pauses: list[float], intercom: Intercom
) -> None:
    api.get(f"{API}/contacts/{USER}", status=429, headers=resets_in(3), json={})
    api.get(f"{API}/contacts/{USER}", json=CONTACT)
    intercom.contact(USER)
    assert 2.5 < pauses[0] < 4


def test_a_reset_past_the_deadline_is_told_at_once(api: responses.RequestsMock, pauses: list[float]) -> None:
    api.get(f"{API}/contacts/{USER}", status=429, headers=resets_in(9), json={})
    with pytest.raises(RateLimited) as caught:
        Intercom(API, "tok", deadline=Deadline.after(2)).contact(USER)
    assert pauses == []
    assert 8 < (caught.value.reset_at - datetime.now(UTC)).total_seconds() <= 9


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (str(NOW.timestamp() + 7), 7),
        (str(int(NOW.timestamp()) - 60), 1),
        (None, 10),
        ("", 10),
        ("soon", 10),
        ("nan", 10),
        ("inf", 10),
        ("1" * 400, 10),
        (str(int(NOW.timestamp() * 1000)), 10),
    ],
)
def test_the_reset_time_is_read_from_its_header_or_is_ten_seconds_off(header: str | None, seconds: int) -> None:
    headers = {} if header is None else {"X-RateLimit-Reset": header}
    assert reset_time(headers, NOW) == NOW + timedelta(seconds=seconds)


def test_nothing_is_sent_when_no_time_is_left(api: responses.RequestsMock) -> None:
    with pytest.raises(TimedOut) as caught:
        Intercom(API, "tok", deadline=Deadline.after(0)).merge(LEAD, USER)
    assert len(api.calls) == 0
    assert not caught.value.sent
    assert not caught.value.maybe_done
    assert caught.value.retryable


def test_no_try_begins_that_the_deadline_could_not_hold(api: responses.RequestsMock) -> None:
    api.get(f"{API}/me", status=500)
    started_s = time.monotonic()
    with pytest.raises(Unavailable):
        Intercom(API, "tok", deadline=Deadline.after(0.3)).me()
    assert len(api.calls) == 1
    assert time.monotonic() - started_s < 0.2


def test_a_call_is_logged_by_its_template_and_never_with_a_persons_or_a_secret_text(
    api: responses.RequestsMock, intercom: Intercom, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = {"errors": [{"code": "not_found", "message": "maya@example.com Not Found"}]}
    headers = {"X-Request-Id": "req-77"}
    api.get(f"{API}/contacts/find_by_external_id/maya%40example.com", status=404, json=body, headers=headers)
    with pytest.raises(NotServed) as caught:
        intercom.user_by_external_id("maya@example.com")
    [record] = [record for record in caplog.records if record.name == "kinbox.intercom"]
    told = vars(record)
    assert (told["method"], told["status"], told["request_id"]) == ("GET", 404, "req-77")
    assert told["path"] == "/contacts/find_by_external_id/{external_id}"
    assert told["ms"] >= 0
    everything = f"{[vars(record) for record in caplog.records]} {caught.value} {caught.value!r} {intercom!r}"
    assert "maya" not in everything
    assert "s3cret" not in everything
    assert caught.value.message == "maya@example.com Not Found"


def test_a_network_fault_carries_no_address_in_its_chain(
    api: responses.RequestsMock, pauses: list[float], intercom: Intercom
) -> None:
    address = f"{API}/contacts/find_by_external_id/maya"
    api.get(address, body=requests.ConnectionError(f"cannot reach {address}"))
    with pytest.raises(Unavailable) as caught:
        intercom.user_by_external_id("maya")
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_codes_and_request_ids_of_odd_shapes_are_left_out(api: responses.RequestsMock, intercom: Intercom) -> None:
    body = {"request_id": "id of Maya", "errors": [{"code": "call Maya", "message": None}]}
    api.get(f"{API}/contacts/{USER}", status=404, json=body)
    with pytest.raises(NotServed) as caught:
        intercom.contact(USER)
    assert (caught.value.code, caught.value.request_id, caught.value.message) == (None, None, "")


@pytest.mark.parametrize("body", ["null", "[]", '{"errors": {}}', '{"errors": [1]}', '{"errors": []}', "x"])
def test_any_error_body_is_survived(api: responses.RequestsMock, intercom: Intercom, body: str) -> None:
    api.get(f"{API}/contacts/{USER}", status=404, body=body)
    with pytest.raises(NotServed):
        intercom.contact(USER)


def test_every_try_is_counted(
    api: responses.RequestsMock, pauses: list[float], intercom: Intercom, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str, int | None]] = []

    def count(method: str, path: str, status: int | None, elapsed_s: float) -> None:
        assert elapsed_s >= 0
        told.append((method, path, status))

    monkeypatch.setattr(Transport, "on_call", count)
    api.get(f"{API}/contacts/{USER}", body=requests.ConnectionError())
    api.get(f"{API}/contacts/{USER}", json=CONTACT)
    intercom.contact(USER)
    assert told == [("GET", "/contacts/{contact_id}", None), ("GET", "/contacts/{contact_id}", 200)]


@pytest.mark.parametrize("token", ["", "  ", "tok\r\nX-Evil: 1", "tök"])
def test_a_token_that_no_header_can_hold_is_a_disconnected_workspace(api: responses.RequestsMock, token: str) -> None:
    with pytest.raises(Disconnected):
        Intercom(API, token).me()
    assert len(api.calls) == 0
