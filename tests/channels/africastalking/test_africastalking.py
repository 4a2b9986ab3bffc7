"""Africa's Talking: forms, two ways to write the time, no signature."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given

from app.channels.africastalking import AfricasTalkingAdapter
from app.channels.base import Account, BadSignature, Parsed, RawCall, UnreadableBody
from app.domain.message import InboundMessage
from tests.channels.any_call import assert_it_raises_nothing_else, calls
from tests.channels.expected import FORM, JSON, Sample, assert_as_expected, call, sample_call, samples

SMS = {
    "from": "+254711000042",
    "to": "22384",
    "text": "Nipo hapa",
    "date": "2026-11-20T09:15:42Z",
    "id": "28c0f1d2",
    "linkId": "",
}


def adapter(address: str = "22384") -> AfricasTalkingAdapter:
    return AfricasTalkingAdapter(Account(address=address, country="KE"))


def form_call(pairs: dict[str, Any] | list[tuple[str, Any]]) -> RawCall:
    return call(urlencode(pairs).encode(), headers={"Content-Type": FORM})


def message(**more: str) -> InboundMessage:
    [found] = adapter().parse(form_call({**SMS, **more})).messages
    return found


@pytest.mark.parametrize("one", samples("africastalking"), ids=str)
def test_a_sample_is_taken_and_gives_what_is_expected(one: Sample) -> None:
    given_call = sample_call(one)
    adapter().verify(given_call)
    assert_as_expected(adapter(), adapter().parse(given_call), one.expected)


@pytest.mark.parametrize("text", ["", " a ", "a\r\nb", "&amp;", "👋", "50% + 1"])
def test_a_text_is_taken_as_sent(text: str) -> None:
    assert message(text=text).text == text


@pytest.mark.parametrize(
    ("sender", "phone"),
    [("+254711000042", "+254711000042"), ("254711000042", "+254711000042"), ("MTN", None), ("22384", None)],
)
def test_a_network_or_a_short_code_is_no_phone(sender: str, phone: str | None) -> None:
    found = message(**{"from": sender})
    assert (found.sender_id, found.phone) == (sender, phone)


@pytest.mark.parametrize("date", ["", "today", "2026-11-20T25:00:00Z", "2027-01-01 00:00:00"])
def test_a_time_that_cannot_be_true_is_none(date: str) -> None:
    assert message(date=date).sent_at is None


@pytest.mark.parametrize(
    "pairs",
    [
        {"phoneNumber": "+254711000042", "id": "ATXid_1", "status": "Failed", "failureReason": "UserInBlackList"},
        {"senderId": "22384", "phoneNumber": "+254711000042"},
        {"phoneNumber": "+254711000042", "shortCode": "22384", "keyword": "NEWS", "updateType": "addition"},
        {"phoneNumber": "+254711000042", "text": "1*2", "sessionId": "x"},
        {},
    ],
)
def test_other_callbacks_are_taken_and_ignored(pairs: dict[str, str]) -> None:
    adapter().verify(form_call(pairs))
    assert adapter().parse(form_call(pairs)) == Parsed(ignored=1)


@pytest.mark.parametrize("missing", ["id", "from"])
def test_a_message_without_id_or_sender_is_kept_as_poison(missing: str) -> None:
    [poison] = adapter().parse(form_call({**SMS, missing: ""})).poison
    assert poison.reason == f"it has no {missing}"


def test_the_last_of_a_repeated_pair_counts() -> None:
    [found] = adapter().parse(form_call([*SMS.items(), ("text", "second")])).messages
    assert found.text == "second"


def test_a_message_tells_which_number_it_is_for() -> None:
    for other in ("22385", "0", "+254711000042"):
        adapter().verify(form_call({**SMS, "to": other}))
        [message] = adapter().parse(form_call({**SMS, "to": other})).messages
        assert not adapter().is_ours(message.to or "")
    assert adapter("+254 711 000042").is_ours("+254711000042")


@pytest.mark.parametrize("content_type", [None, JSON, "multipart/form-data; boundary=b", "\xff"])
def test_only_forms_are_taken(content_type: str | None) -> None:
    with pytest.raises(BadSignature):
        adapter().verify(call(urlencode(SMS).encode(), headers={"Content-Type": content_type}))


def test_a_content_type_may_name_its_charset() -> None:
    adapter().verify(call(urlencode(SMS).encode(), headers={"Content-Type": f"{FORM}; charset=UTF-8"}))


def test_a_get_and_a_huge_body_are_refused() -> None:
    with pytest.raises(BadSignature):
        adapter().verify(call(method="GET", query=urlencode(SMS)))
    with pytest.raises(BadSignature):
        adapter().verify(form_call({**SMS, "text": "x" * 17_000}))


@pytest.mark.parametrize("body", [b"text=%FF", b"\xff=1", b"a=1&" * 2000])
def test_a_body_that_is_no_form_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        adapter().parse(call(body, headers={"Content-Type": FORM}))


@given(given_call=calls({*SMS, "phoneNumber", "status"}))
def test_no_call_raises_anything_else(given_call: RawCall) -> None:
    assert_it_raises_nothing_else(adapter(), given_call)
