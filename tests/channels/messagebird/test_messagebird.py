"""MessageBird and Bird: three generations of messages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given

from app.channels.base import Account, Parsed, RawCall
from app.channels.messagebird import MessageBirdAdapter
from app.domain.message import Attachment, InboundMessage, Kind
from tests.channels.any_call import assert_it_raises_nothing_else, calls
from tests.channels.expected import FORM, JSON, Sample, assert_as_expected, call, sample_call, samples

AT = datetime(2026, 11, 20, 9, 15, 42, tzinfo=UTC)
LONG = {
    "id": "3f6c",
    "recipient": "3197010240001",
    "originator": "31612345678",
    "body": "Hoi",
    "createdDatetime": "2026-11-20T09:15:42+00:00",
}
SHORT = {
    "mid": "123456789012",
    "shortcode": "3010",
    "originator": "31612345678",
    "message": "WIN Hoi",
    "keyword": "WIN",
    "operator": "20408",
    "receive_datetime": "20261120091542",
}


def adapter() -> MessageBirdAdapter:
    return MessageBirdAdapter(Account(address="+3197010240001", secrets={"signing_key": "k"}))


def parse_form(pairs: dict[str, Any]) -> Parsed:
    return adapter().parse(call(urlencode(pairs).encode(), headers={"Content-Type": FORM}))


def parse_json(body: Any) -> Parsed:
    return adapter().parse(call(json.dumps(body).encode(), headers={"Content-Type": JSON}))


def classic(pairs: dict[str, Any]) -> InboundMessage:
    [found] = parse_form(pairs).messages
    return found


def envelope(*, content: dict[str, Any] | None = None, event: str = "sms.inbound", **more: Any) -> dict[str, Any]:
    contact = {"identifierKey": "phonenumber", "identifierValue": "+31612345678", "annotations": {"name": "Zoë"}}
    payload = {
        "id": "0b9f",
        "channelId": "7d1c",
        "sender": {"contact": contact},
        "body": content or {"type": "text", "text": {"text": "Hoi"}},
        "direction": "incoming",
        "createdAt": "2026-11-20T09:15:42.7Z",
    }
    return {"service": "channels", "event": event, "payload": {**payload, **more}}


def channels(**more: Any) -> InboundMessage:
    [found] = parse_json(envelope(**more)).messages
    return found


def platform(event: str = "sms.received", data: dict[str, Any] | None = None) -> Parsed:
    named = {"sms_id": "sms_01", "workspace_id": "ws_01", "to": "+14155550199", "from": "+14155550100", "text": "Hi"}
    return parse_json({"type": event, "timestamp": "2026-11-20T09:15:42Z", "data": {**named, **(data or {})}})


@pytest.mark.parametrize("one", samples("messagebird"), ids=str)
def test_a_sample_gives_what_is_expected(one: Sample) -> None:
    assert_as_expected(adapter(), adapter().parse(sample_call(one)), one.expected)


# Classic


def test_a_short_code_has_names_of_its_own() -> None:
    found = classic(SHORT)
    assert (found.message_id, found.to, found.account_id) == ("123456789012", "3010", "3010")
    assert (found.text, found.sent_at) == ("WIN Hoi", AT)


def test_the_short_code_column_wins_where_both_come() -> None:
    found = classic({**LONG, **SHORT})
    assert (found.message_id, found.to, found.text) == ("123456789012", "3010", "WIN Hoi")


def test_capitals_in_names_do_not_matter() -> None:
    odd = {"ID": "7", "Recipient": "31970", "ORIGINATOR": "31612345678", "Body": "x", "CreatedDatetime": "2026-11-20"}
    found = classic(odd)
    assert (found.message_id, found.to, found.text) == ("7", "31970", "x")


def test_the_last_of_a_repeated_name_counts() -> None:
    body = urlencode([*LONG.items(), ("id", "9"), ("body", "second")]).encode()
    [found] = adapter().parse(call(body, headers={"Content-Type": FORM})).messages
    assert (found.event_id, found.text) == ("9", "second")


def test_a_plus_that_came_as_a_blank_is_repaired() -> None:
    query = "id=1&recipient=31970&originator=31612345678&body=x&createdDatetime=2026-11-20T10:15:42+01:00"
    [found] = adapter().parse(call(method="GET", query=query)).messages
    assert found.sent_at == AT


@pytest.mark.parametrize(
    "time", ["", "yesterday", "2026-13-01T00:00:00Z", "20269999999999", "0001-01-01T00:00:00+23:00"]
)
def test_a_time_that_nobody_can_read_is_none(time: str) -> None:
    assert classic({**LONG, "createdDatetime": time}).sent_at is None


def test_a_time_over_a_day_ahead_is_not_believed() -> None:
    assert classic({**LONG, "createdDatetime": "2026-11-23T12:00:01Z"}).sent_at is None
    assert classic({**LONG, "createdDatetime": "2026-11-23T11:59:59Z"}).sent_at is not None


@pytest.mark.parametrize(
    ("originator", "phone"),
    [("31612345678", "+31612345678"), ("PostNL", None), ("3010", None), ("+447700900123", "+447700900123")],
)
def test_digits_are_an_international_number_and_names_are_none(originator: str, phone: str | None) -> None:
    found = classic({**LONG, "originator": originator})
    assert (found.sender_id, found.phone) == (originator, phone)


@pytest.mark.parametrize("text", ["", " a ", "a\r\nb", "&amp;", "👋"])
def test_a_text_is_taken_as_sent(text: str) -> None:
    assert classic({**LONG, "body": text}).text == text


def test_the_pictures_of_an_mms_are_attachments() -> None:
    urls = ["https://media.messagebird.com/a.jpg", "https://media.messagebird.com/b"]
    [found] = parse_json({**LONG, "body": "", "mediaURLs": urls}).messages
    assert [(one.kind, one.url) for one in found.attachments] == [(Kind.IMAGE, urls[0]), (Kind.FILE, urls[1])]
    assert [one.url for one in classic({**LONG, "mediaUrls": json.dumps(urls)}).attachments] == urls
    assert [one.url for one in classic({**LONG, "mediaUrls[0]": urls[0]}).attachments] == urls[:1]


@pytest.mark.parametrize(
    "pairs", [{"id": "1", "status": "sent", "recipient": "31612345678"}, {"status": "delivered"}, {"x": "y"}, {}]
)
def test_a_status_report_and_an_unknown_call_are_ignored(pairs: dict[str, str]) -> None:
    assert parse_form(pairs) == Parsed(ignored=1)


@pytest.mark.parametrize("missing", ["id", "originator"])
def test_a_message_without_id_or_sender_is_kept_as_poison(missing: str) -> None:
    parsed = parse_form({**LONG, missing: ""})
    assert [one.reason for one in parsed.poison] == [f"it has no {missing}"]
    assert parsed.poison[0].event_id == ("" if missing == "id" else "3f6c")


# Bird Channels


def test_a_channels_message_keeps_name_and_milliseconds() -> None:
    found = channels()
    assert (found.sender_name, found.to, found.account_id) == ("Zoë", None, "7d1c")
    assert found.sent_at == AT.replace(microsecond=700_000)


def test_the_number_texted_is_taken_where_it_is() -> None:
    assert channels(receiver={"connector": {"identifierValue": "+3197010240001"}}).to == "+3197010240001"


def test_a_message_without_its_envelope_is_told_by_its_direction() -> None:
    inner = envelope()["payload"]
    assert [one.text for one in parse_json(inner).messages] == ["Hoi"]
    assert parse_json({**inner, "direction": "outgoing"}) == Parsed(ignored=1)


@pytest.mark.parametrize(
    ("event", "direction"),
    [("sms.outbound", "outgoing"), ("sms.inbound", "outgoing"), ("email.interaction", "incoming")],
)
def test_other_events_are_ignored(event: str, direction: str) -> None:
    assert parse_json(envelope(event=event, direction=direction)) == Parsed(ignored=1)


def test_a_reaction_is_ignored() -> None:
    assert parse_json(envelope(content={"type": "reaction", "reaction": {"emoji": "👍"}})) == Parsed(ignored=1)


def test_a_sender_that_is_no_number_has_no_phone() -> None:
    contact = {"identifierKey": "facebookid", "identifierValue": "31612345678"}
    assert channels(sender={"contact": contact}).phone is None


def test_a_whatsapp_user_id_becomes_an_alias() -> None:
    found = channels(meta={"extraInformation": {"whatsappbsuid": "NL.12", "whatsappusername": "zoe"}})
    assert (found.aliases, found.sender_handle, found.phone) == (("NL.12",), "zoe", "+31612345678")


def test_pictures_and_files_come_one_by_one() -> None:
    images = {"text": "kijk", "images": [{"mediaUrl": "https://media.bird.com/1"}, {"mediaUrl": "https://m/2"}]}
    found = channels(content={"type": "image", "image": images})
    assert (found.text, [one.kind for one in found.attachments]) == ("kijk", [Kind.IMAGE, Kind.IMAGE])
    files = [{"mediaUrl": "https://media.bird.com/3", "contentType": "audio/ogg", "filename": "a.ogg"}]
    [one] = channels(content={"type": "file", "file": {"files": files}}).attachments
    assert (one.kind, one.name, one.content_type) == (Kind.AUDIO, "a.ogg", "audio/ogg")


def test_a_pressed_button_is_its_text() -> None:
    pressed = {"type": "text", "text": {"actions": [{"type": "postback", "postback": {"text": "Ja", "payload": "y"}}]}}
    assert channels(content=pressed).text == "Ja"


def test_a_place_is_told_in_words() -> None:
    place = {"coordinates": {"latitude": 52.37, "longitude": 4.9}, "location": {"label": "Dam", "address": "Amsterdam"}}
    [one] = channels(content={"type": "location", "location": place}).attachments
    assert (one.kind, one.description) == (Kind.LOCATION, "Dam, Amsterdam, 52.37, 4.9")


@pytest.mark.parametrize("content", [{"type": "carousel"}, {"type": "hologram", "hologram": 7}, {"nothing": 1}])
def test_a_type_that_nobody_knows_is_shown_as_unsupported(content: dict[str, Any]) -> None:
    assert [one.kind for one in channels(content=content).attachments] == [Kind.UNSUPPORTED]


@pytest.mark.parametrize("broken", [{"sender": None}, {"sender": {"contact": []}}, {"id": ""}])
def test_a_broken_channels_message_is_kept_as_poison(broken: dict[str, Any]) -> None:
    parsed = parse_json(envelope(**broken))
    assert len(parsed.poison) == 1
    assert "31612345678" not in parsed.poison[0].reason


def test_an_envelope_with_nothing_in_it_is_kept_as_poison() -> None:
    assert len(parse_json({"service": "channels", "event": "sms.inbound", "payload": None}).poison) == 1


# Bird platform


@pytest.mark.parametrize("event", ["sms.delivered", "sms.failed", "x"])
def test_other_types_of_the_platform_are_ignored(event: str) -> None:
    assert platform(event) == Parsed(ignored=1)


def test_a_message_whose_text_is_absent_shows_that_something_was_left_out() -> None:
    [found] = platform(data={"text": None}).messages
    assert (found.text, [one.kind for one in found.attachments]) == ("", [Kind.UNSUPPORTED])


@pytest.mark.parametrize(("sender", "phone"), [("72975", None), ("ACME", None), ("+14155550100", "+14155550100")])
def test_a_platform_sender_may_be_a_short_code_or_a_name(sender: str, phone: str | None) -> None:
    [found] = platform(data={"from": sender}).messages
    assert (found.sender_id, found.phone) == (sender, phone)


def test_a_broken_platform_message_is_kept_as_poison() -> None:
    assert [one.event_id for one in platform(data={"from": None}).poison] == ["sms_01"]
    assert len(parse_json({"type": "sms.received", "data": None}).poison) == 1


# All


def test_messagebird_hears_ok() -> None:
    reply = adapter().accepted()
    assert (reply.status, reply.body) == (200, b"OK")


def test_the_account_is_known_by_its_number() -> None:
    assert adapter().is_ours("3197010240001")
    assert not adapter().is_ours("3197010240002")


@pytest.mark.parametrize(
    ("url", "fetched"),
    [("https://media.api.bird.com/x", True), ("https://bird.com.evil.example/x", False), ("http://a.bird.com/", False)],
)
def test_media_come_from_the_provider_only(url: str, fetched: bool) -> None:
    plan = adapter().media(Attachment(kind=Kind.FILE, url=url))
    assert (plan is not None) is fetched
    assert plan is None or plan.first.headers == {}


NAMES = {"type", "data", "event", "payload", "direction", "sms_id", "from", "timestamp", "sender", "contact"} | {
    *("identifierKey", "identifierValue", "text", "image", "images", "mediaUrl", "file", "files", "location", "status"),
    *LONG,
    *SHORT,
    "mediaUrls",
}


@given(given_call=calls(NAMES, headers=["MessageBird-Signature-JWT", "messagebird-signature", "webhook-signature"]))
def test_no_call_raises_anything_else(given_call: RawCall) -> None:
    assert_it_raises_nothing_else(adapter(), given_call)
