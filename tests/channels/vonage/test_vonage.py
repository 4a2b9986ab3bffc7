"""Vonage: the SMS API with its parts, and the Messages API."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given

from app.channels.base import Account, Parsed, RawCall
from app.channels.vonage import VonageAdapter
from app.domain.message import Attachment, InboundMessage, Kind
from tests.channels.any_call import assert_it_raises_nothing_else, calls
from tests.channels.expected import FORM, JSON, Sample, assert_as_expected, call, sample_call, samples

SMS = {
    "msisdn": "447700900111",
    "to": "447700900222",
    "messageId": "0C000000217B7F02",
    "text": "Hello",
    "type": "text",
    "keyword": "HELLO",
    "api-key": "abcd1234",
    "message-timestamp": "2026-11-20 09:15:42",
}
PART = {**SMS, "concat": "true", "concat-ref": "17", "concat-total": "3", "concat-part": "2"}
MESSAGE = {
    "to": "447700900222",
    "from": "447700900111",
    "channel": "whatsapp",
    "message_uuid": "6c0a",
    "timestamp": "2026-11-20T09:15:42.123Z",
    "message_type": "text",
    "text": "Hello",
}


def adapter(country: str | None = None) -> VonageAdapter:
    return VonageAdapter(Account(address="447700900222", secrets={"signature_secret": "s"}, country=country))


def parse_form(pairs: dict[str, Any]) -> Parsed:
    return adapter().parse(call(urlencode(pairs).encode(), headers={"Content-Type": FORM}))


def parse_json(body: Any) -> Parsed:
    return adapter().parse(call(json.dumps(body).encode(), headers={"Content-Type": JSON}))


def sms(**more: Any) -> InboundMessage:
    [found] = parse_form({**SMS, **{name.replace("_", "-"): value for name, value in more.items()}}).messages
    return found


def part(**more: Any) -> InboundMessage:
    return sms(**{name.replace("-", "_"): value for name, value in PART.items() if name.startswith("concat")} | more)


def message(**more: Any) -> InboundMessage:
    [found] = parse_json({**MESSAGE, **more}).messages
    return found


@pytest.mark.parametrize("one", samples("vonage"), ids=str)
def test_a_sample_gives_what_is_expected(one: Sample) -> None:
    assert_as_expected(adapter(), adapter().parse(sample_call(one)), one.expected)


# SMS API


def test_the_three_transports_say_the_same() -> None:
    by_query = adapter().parse(call(method="GET", query=urlencode(SMS)))
    assert by_query == parse_form(SMS) == parse_json(SMS)


def test_numbers_in_json_count_as_text() -> None:
    [found] = parse_json({**SMS, "msisdn": 447700900111, "messageId": 17}).messages
    assert (found.sender_id, found.phone, found.message_id) == ("447700900111", "+447700900111", "17")


def test_digits_are_international_also_where_the_workspace_is_elsewhere() -> None:
    [found] = adapter("DE").parse(call(method="GET", query=urlencode(SMS))).messages
    assert found.phone == "+447700900111"


@pytest.mark.parametrize("sender", ["VODAFONE", "60123"])
def test_a_name_and_a_short_code_are_no_phones(sender: str) -> None:
    assert (sms(msisdn=sender).sender_id, sms(msisdn=sender).phone) == (sender, None)


@pytest.mark.parametrize("text", ["", " a ", "a\nb", "&amp;=", "100%+1"])
def test_a_text_is_taken_as_sent(text: str) -> None:
    assert sms(text=text).text == text


def test_a_part_says_where_it_belongs() -> None:
    found = part().part
    assert found is not None
    assert (found.number, found.total) == (2, 3)
    assert part().event_id == SMS["messageId"]


def test_the_parts_of_one_text_have_one_group_and_others_another() -> None:
    def group(**more: str) -> str | None:
        found = part(**more).part
        return found.group if found else None

    assert group(concat_part="1", messageId="A") == group(concat_part="3", messageId="B", text="x")
    others = [{"concat_ref": "18"}, {"msisdn": "447700900112"}, {"to": "1"}, {"api_key": "x"}, {"concat_total": "4"}]
    assert len({group(), *(group(**one) for one in others)}) == 6


def test_a_group_does_not_show_the_number() -> None:
    assert "447700900111" not in repr(part().part)


@pytest.mark.parametrize(
    "odd",
    [
        {"concat": "false"},
        {"concat_total": "1", "concat_part": "1"},
        {"concat_part": "4"},
        {"concat_part": "0"},
        {"concat_part": ""},
        {"concat_total": "many"},
        {"concat_total": "256"},
        {"concat_ref": ""},
    ],
)
def test_a_part_that_cannot_be_joined_is_a_message_by_itself(odd: dict[str, str]) -> None:
    assert part(**odd).part is None


@pytest.mark.parametrize("named", ["binary", "hologram"])
def test_a_type_without_a_text_gets_a_placeholder(named: str) -> None:
    found = sms(type=named, text="", data="0011", udh="06")
    assert [one.kind for one in found.attachments] == [Kind.UNSUPPORTED]


@pytest.mark.parametrize(
    "receipt",
    [
        {"msisdn": "447700900111", "to": "Acme", "messageId": "0A", "status": "delivered", "scts": "2611200915"},
        {"msisdn": "447700900111", "to": "Acme", "messageId": "0A", "status": "failed", "err-code": "0"},
        {"status": "answered", "uuid": "x"},
        {"x": "y"},
        {},
    ],
)
def test_a_receipt_and_an_unknown_call_are_ignored(receipt: dict[str, str]) -> None:
    assert parse_form(receipt) == Parsed(ignored=1)
    assert parse_json(receipt) == Parsed(ignored=1)


@pytest.mark.parametrize("missing", ["msisdn", "messageId"])
def test_an_sms_without_id_or_sender_is_kept_as_poison(missing: str) -> None:
    parsed = parse_form({**SMS, missing: " "})
    assert [one.reason for one in parsed.poison] == [f"it has no {missing}"]


def test_a_message_in_which_the_text_is_missing_altogether_is_a_message() -> None:
    bare = {name: value for name, value in SMS.items() if name not in {"text", "type"}}
    assert [one.text for one in parse_form(bare).messages] == [""]


# Messages API


def test_a_message_keeps_name_and_milliseconds() -> None:
    found = message(profile={"name": "Zoë"})
    assert found.sender_name == "Zoë"
    assert found.sent_at == datetime(2026, 11, 20, 9, 15, 42, 123_000, tzinfo=UTC)


def test_the_id_of_a_messenger_sender_is_no_phone() -> None:
    found = message(channel="messenger", **{"from": "447700900111"})
    assert (found.sender_id, found.phone) == ("447700900111", None)


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ("image", Kind.IMAGE),
        ("audio", Kind.AUDIO),
        ("video", Kind.VIDEO),
        ("file", Kind.FILE),
        ("vcard", Kind.FILE),
        ("sticker", Kind.STICKER),
    ],
)
def test_a_file_comes_with_its_caption(named: str, kind: Kind) -> None:
    held = {"url": "https://api-us.nexmo.com/v3/media/1", "caption": " look ", "name": "a.bin"}
    found = message(message_type=named, text=None, **{named: held})
    [one] = found.attachments
    assert (one.kind, one.url, one.name) == (kind, held["url"], "a.bin")
    assert found.text == " look "


@pytest.mark.parametrize(
    ("named", "held", "text"),
    [
        ("button", {"payload": "y", "text": "Yes"}, "Yes"),
        ("button", {"payload": "y"}, "y"),
        ("reply", {"id": "1", "title": "Tuesday", "description": "9:00"}, "Tuesday"),
    ],
)
def test_what_a_customer_pressed_is_its_text(named: str, held: dict[str, str], text: str) -> None:
    found = message(message_type=named, text=None, **{named: held})
    assert (found.text, found.attachments) == (text, ())


def test_a_place_is_told_in_words() -> None:
    place = {"lat": 51.5, "long": -0.1, "name": "Shop", "address": "London"}
    found = message(message_type="location", text=None, location=place)
    assert [(one.kind, one.description) for one in found.attachments] == [
        (Kind.LOCATION, "Shop, London, 51.5, -0.1"),
    ]


@pytest.mark.parametrize("named", ["order", "unsupported", "hologram"])
def test_a_type_that_cannot_be_shown_is_unsupported(named: str) -> None:
    found = message(message_type=named, text=None, **{named: {"x": 1}})
    assert [one.kind for one in found.attachments] == [Kind.UNSUPPORTED]


@pytest.mark.parametrize(
    "event",
    [
        {"message_uuid": "1", "to": "1", "from": "2", "status": "delivered"},
        {"message_uuid": "1", "to": "1", "from": "2", "status": "rejected", "error": {"title": "x"}},
        {**MESSAGE, "message_type": "reaction", "reaction": {"emoji": "👍"}},
        {"message_uuid": "1"},
    ],
)
def test_statuses_and_reactions_are_ignored(event: dict[str, Any]) -> None:
    assert parse_json(event) == Parsed(ignored=1)


def test_the_older_shape_is_read_too() -> None:
    old = {
        "message_uuid": "aa",
        "from": {"type": "whatsapp", "number": "447700900111"},
        "to": {"type": "whatsapp", "number": "447700900222"},
        "timestamp": "2020-01-01T14:00:00.000Z",
        "message": {"content": {"type": "image", "image": {"url": "https://api.nexmo.com/v3/media/1", "caption": "c"}}},
    }
    [found] = parse_json(old).messages
    assert (found.sender_id, found.phone, found.to) == ("447700900111", "+447700900111", "447700900222")
    assert (found.text, [one.kind for one in found.attachments]) == ("c", [Kind.IMAGE])
    old["from"] = {"type": "messenger", "id": "447700900111"}
    assert [one.phone for one in parse_json(old).messages] == [None]


@pytest.mark.parametrize("missing", ["from", "message_uuid"])
def test_a_broken_message_is_kept_as_poison(missing: str) -> None:
    assert [one.reason for one in parse_json({**MESSAGE, missing: None}).poison] == [f"it has no {missing}"]


# Both


def test_the_account_is_known_by_its_number() -> None:
    assert adapter().is_ours("447700900222")
    assert adapter().is_ours("+447700900222")
    assert not adapter().is_ours("447700900111")


@pytest.mark.parametrize(
    ("url", "fetched"),
    [
        ("https://api-us.nexmo.com/v3/media/1", True),
        ("https://nexmo.com.evil.example/1", False),
        ("http://api.nexmo.com/1", False),
        (None, False),
    ],
)
def test_media_come_from_vonage_only_and_without_credentials(url: str | None, fetched: bool) -> None:
    plan = adapter().media(Attachment(kind=Kind.IMAGE, url=url))
    assert (plan is not None) is fetched
    assert plan is None or plan.first.headers == {}


NAMES = {*PART, *MESSAGE, "status", "scts", "sig", "message", "content", "image", "url", "reply", "location", "number"}


@given(given_call=calls(NAMES, headers=["Authorization"]))
def test_no_call_raises_anything_else(given_call: RawCall) -> None:
    assert_it_raises_nothing_else(adapter(), given_call)
