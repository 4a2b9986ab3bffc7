"""TextMagic: three formats, no signature."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given

from app.channels.base import Account, BadSignature, Parsed, RawCall, UnreadableBody
from app.channels.textmagic import TextMagicAdapter
from app.domain.message import InboundMessage
from tests.channels.any_call import assert_it_raises_nothing_else, calls
from tests.channels.expected import FORM, JSON, Sample, assert_as_expected, call, sample_call, samples

REPLY = {
    "id": 1782832,
    "sender": "447700900145",
    "receiver": "447700900300",
    "messageTime": "2026-11-20T09:15:42+0000",
    "text": "Yes please",
}
MULTIPART = "multipart/form-data; boundary=b"


def adapter(address: str = "447700900300") -> TextMagicAdapter:
    return TextMagicAdapter(Account(address=address))


def json_call(body: Any) -> RawCall:
    return call(json.dumps(body).encode(), headers={"Content-Type": JSON})


def message(**more: Any) -> InboundMessage:
    [found] = adapter().parse(json_call({**REPLY, **more})).messages
    return found


@pytest.mark.parametrize("one", samples("textmagic"), ids=str)
def test_a_sample_gives_what_is_expected(one: Sample) -> None:
    number = one.expected["messages"][0]["receiver"]
    given_call = sample_call(one)
    adapter(number).verify(given_call)
    assert_as_expected(adapter(number), adapter(number).parse(given_call), one.expected)


@pytest.mark.parametrize("text", ["", " a ", "a\r\nb\n", "--c", "&amp;", "👋"])
def test_a_text_is_taken_as_sent_in_each_format(text: str) -> None:
    parts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {**REPLY, "text": text}.items()
    )
    whole = [
        call(f"{parts}--b--\r\n".encode(), headers={"Content-Type": MULTIPART}),
        call(urlencode({**REPLY, "text": text}).encode(), headers={"Content-Type": FORM}),
        json_call({**REPLY, "text": text}),
    ]
    for one in whole:
        adapter().verify(one)
        assert [found.text for found in adapter().parse(one).messages] == [text]


def test_the_members_of_a_reply_may_come_along() -> None:
    found = message(firstName="Zoë", lastName="de Vries", contactId=7, avatar=None, email="", status=None)
    assert found.sender_name == "Zoë de Vries"
    assert message(firstName="", lastName=None).sender_name is None
    assert message(firstName=None, lastName="de Vries").sender_name == "de Vries"


@pytest.mark.parametrize(("sender", "phone"), [("+14155550107", "+14155550107"), ("ACME", None), ("60123", None)])
def test_a_sender_may_have_a_plus_or_be_no_number(sender: str, phone: str | None) -> None:
    assert (message(sender=sender).sender_id, message(sender=sender).phone) == (sender, phone)


def test_the_names_of_the_older_api_are_read_too() -> None:
    old = {"message_id": "8", "timestamp": "1795166142", "from": "447700900145", "text": "Hi"}
    [found] = adapter().parse(call(urlencode(old).encode(), headers={"Content-Type": FORM})).messages
    assert (found.message_id, found.sender_id, found.to) == ("8", "447700900145", None)
    assert found.sent_at == datetime(2026, 11, 20, 9, 15, 42, tzinfo=UTC)


def test_a_delivery_report_is_ignored_though_its_numbers_swap() -> None:
    report = {**REPLY, "sender": "447700900300", "receiver": "447700900145", "status": "d"}
    adapter().verify(json_call(report))
    assert adapter().parse(json_call(report)) == Parsed(ignored=1)


@pytest.mark.parametrize("body", [{}, {"x": 1}, {"id": 7}])
def test_an_unknown_call_is_ignored(body: dict[str, Any]) -> None:
    assert adapter().parse(json_call(body)) == Parsed(ignored=1)


@pytest.mark.parametrize("missing", ["id", "sender"])
def test_a_message_without_id_or_sender_is_kept_as_poison(missing: str) -> None:
    [poison] = adapter().parse(json_call({**REPLY, missing: None})).poison
    assert poison.reason == f"it has no {missing}"


def test_poison_can_be_stored_also_when_a_nul_came() -> None:
    [poison] = adapter().parse(call(b"sender=1\0\xc3\xa4", headers={"Content-Type": FORM})).poison
    assert poison.raw == "sender=1\N{REPLACEMENT CHARACTER}ä"


@pytest.mark.parametrize(
    ("receiver", "ours"), [("447700900300", True), ("+44 7700 900300", True), ("447700900301", False)]
)
def test_a_message_tells_which_number_it_is_for(receiver: str, ours: bool) -> None:
    given = json_call({**REPLY, "receiver": receiver})
    adapter().verify(given)
    [message] = adapter().parse(given).messages
    assert adapter().is_ours(message.to or "") is ours


@pytest.mark.parametrize("receiver", ["", None])
def test_a_message_may_leave_open_which_number_it_is_for(receiver: str | None) -> None:
    [message] = adapter().parse(json_call({**REPLY, "receiver": receiver})).messages
    assert message.to is None


@pytest.mark.parametrize("content_type", [None, "", "text/plain", "text/xml", "\xff"])
def test_another_content_type_is_refused(content_type: str | None) -> None:
    with pytest.raises(BadSignature):
        adapter().verify(call(json.dumps(REPLY).encode(), headers={"Content-Type": content_type}))


def test_a_get_and_a_huge_body_are_refused() -> None:
    with pytest.raises(BadSignature):
        adapter().verify(call(method="GET", query=urlencode(REPLY)))
    with pytest.raises(BadSignature):
        adapter().verify(json_call({**REPLY, "text": "x" * 70_000}))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_test_of_the_url_is_answered_with_200(method: str) -> None:
    reply = adapter().greet(call(method=method))
    assert reply is not None
    assert (reply.status, reply.body) == (200, b"")
    assert adapter().greet(json_call(REPLY)) is None


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (JSON, b"{"),
        (JSON, b"[1]"),
        (JSON, b""),
        (FORM, b"text=%FF"),
        (MULTIPART, b"no part"),
        ("multipart/form-data", b"--b--"),
    ],
)
def test_a_body_that_is_not_what_it_claims_is_unreadable(content_type: str, body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        adapter().parse(call(body, headers={"Content-Type": content_type}))


@given(given_call=calls({*REPLY, "status", "firstName", "lastName", "from", "message_id", "timestamp"}))
def test_no_call_raises_anything_else(given_call: RawCall) -> None:
    assert_it_raises_nothing_else(adapter(), given_call)
