"""Viber: what people wrote to the bot, one event a call."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from viberbot import Api, BotConfiguration  # type: ignore[import-untyped]  # it has no types

from app.channels.base import Account, BadSignature, Parsed, UnreadableBody
from app.channels.viber import ViberAdapter
from app.domain.message import Attachment, Kind
from tests.channels.arbitrary import any_bodies, header_values, nearly
from tests.channels.expected import Sample, assert_as_expected, call, sample, sample_call, samples, signature_vectors

TOKEN = signature_vectors("chat")["secrets"]["viber"]
HEADER = "X-Viber-Content-Signature"
SAMPLES = samples("viber")
VECTORS = [one for one in signature_vectors("chat")["vectors"] if one["channel"] == "viber"]
TEXT = sample("viber", "text.json").body
TEXT_SIGNATURE = next(one["value"] for one in VECTORS if one["file"] == "viber/text.json")
SENDER = {"id": "q7RkT2mXw9bLzY4eHnVs8Q==", "name": "Marko Petrović"}
MEDIA = "https://dl-media.viber.com/1/a.jpg?Expires=1"


def bot() -> ViberAdapter:
    return ViberAdapter(Account(address="pa:5099887766554433221", secrets={"auth_token": TOKEN}))


def parse(**more: Any) -> Parsed:
    """One text message of one person; `...` takes a field away."""
    whole = {
        "event": "message",
        "timestamp": 1793617812345,
        "message_token": 5912661846655238145,
        "sender": SENDER,
        "message": {"type": "text", "text": "hi"},
    }
    body = {name: value for name, value in (whole | more).items() if value is not ...}
    return bot().parse(call(json.dumps(body).encode()))


def test_the_channel_has_its_own_name_and_needs_no_more_than_what_proves_a_call() -> None:
    assert bot().title == "Viber"
    assert [one.name for one in bot().secrets if one.required] == ["auth_token"]


@pytest.mark.parametrize("given_sample", SAMPLES, ids=str)
def test_a_sample_gives_what_is_expected_of_it(given_sample: Sample) -> None:
    parsed = bot().parse(sample_call(given_sample))
    assert_as_expected(bot(), parsed, given_sample.expected)
    assert parsed.ignored == given_sample.expected["ignored_events"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: str(one["file"]))
def test_a_ready_signature_holds_in_the_header_and_in_the_query(vector: dict[str, str]) -> None:
    body = sample("viber", vector["file"].removeprefix("viber/")).body
    bot().verify(call(body, headers={HEADER: vector["value"]}))
    bot().verify(call(body, query=f"sig={vector['value']}"))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: str(one["file"]))
def test_vibers_own_library_judges_as_we_do(vector: dict[str, str]) -> None:
    body = sample("viber", vector["file"].removeprefix("viber/")).body
    theirs = Api(BotConfiguration(name="Shop", avatar="", auth_token=TOKEN))
    assert theirs.verify_signature(body, vector["value"])
    assert not theirs.verify_signature(body + b" ", vector["value"])
    with pytest.raises(BadSignature):
        bot().verify(call(body + b" ", headers={HEADER: vector["value"]}))


@pytest.mark.parametrize(
    "header", [None, "", "0dc1", "ünïcode", "\xff", f"sha256={TEXT_SIGNATURE}", TEXT_SIGNATURE + " ", "?" * 64]
)
def test_any_other_signature_proves_nothing(header: str | None) -> None:
    with pytest.raises(BadSignature):
        bot().verify(call(TEXT, headers={HEADER: header}))
    with pytest.raises(BadSignature):
        bot().verify(call(TEXT, query=f"sig={header or ''}"))


@pytest.mark.parametrize("query", ["sig=%ff%fe", "sig", "&" * 2000, "sig=\udcff", "other=1"])
def test_a_garbled_query_proves_nothing(query: str) -> None:
    with pytest.raises(BadSignature):
        bot().verify(call(TEXT, query=query))


def test_a_bot_without_a_token_refuses_what_an_empty_key_signs() -> None:
    signed_by_anybody = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
    with pytest.raises(BadSignature):
        ViberAdapter(Account(address="pa:1")).verify(call(b"", headers={HEADER: signed_by_anybody}))


@pytest.mark.parametrize(
    ("message", "kind", "url", "description"),
    [
        ({"type": "picture", "media": MEDIA, "thumbnail": MEDIA}, Kind.IMAGE, MEDIA, None),
        ({"type": "video", "media": MEDIA, "size": 10, "duration": 2}, Kind.VIDEO, MEDIA, None),
        ({"type": "file", "media": MEDIA, "file_name": "a.pdf"}, Kind.FILE, MEDIA, None),
        ({"type": "sticker", "sticker_id": 46105}, Kind.STICKER, None, None),
        ({"type": "sticker", "sticker_id": 46105, "media": MEDIA}, Kind.STICKER, MEDIA, None),
        (
            {"type": "contact", "contact": {"name": "Ana", "phone_number": "+381601234567"}},
            Kind.CONTACT,
            None,
            "Ana, +381601234567",
        ),
        ({"type": "url", "media": "https://shop.example.com/"}, Kind.SHARE, None, "https://shop.example.com/"),
        ({"type": "location", "location": {"lat": 44.8178, "lon": 20.4569}}, Kind.LOCATION, None, "44.8178, 20.4569"),
        ({"type": "location", "location": None}, Kind.LOCATION, None, None),
        ({"type": "hologram"}, Kind.UNSUPPORTED, None, "hologram"),
        ({"type": {"a": 1}}, Kind.UNSUPPORTED, None, None),
        ({}, Kind.UNSUPPORTED, None, None),
    ],
)
def test_every_type_of_message_is_one_attachment(
    message: dict[str, Any], kind: Kind, url: str | None, description: str | None
) -> None:
    [read] = parse(message=message).messages
    [attachment] = read.attachments
    assert (attachment.kind, attachment.url, attachment.description) == (kind, url, description)


def test_a_file_keeps_its_name_and_size() -> None:
    message = {"type": "file", "media": MEDIA, "file_name": "račun.pdf", "size": 20480}
    [read] = parse(message=message).messages
    assert (read.attachments[0].name, read.attachments[0].size_bytes) == ("račun.pdf", 20480)


def test_the_phone_of_a_shared_card_is_nobodys_we_know() -> None:
    [read] = parse(message={"type": "contact", "contact": {"phone_number": "+381601234567"}}).messages
    assert read.phone is None


@pytest.mark.parametrize(
    "name",
    [
        "webhook",
        "subscribed",
        "unsubscribed",
        "conversation_started",
        "delivered",
        "seen",
        "failed",
        "client_status",
        "action",
        "something_new",
        ["message"],
        None,
        ...,
    ],
)
def test_every_other_event_is_ignored(name: Any) -> None:
    assert parse(event=name) == Parsed(ignored=1)


@pytest.mark.parametrize(
    ("name", "read"), [("Marko Petrović", "Marko Petrović"), ("", None), (" ", None), (None, None), ([], None)]
)
def test_an_empty_name_is_no_name(name: Any, read: str | None) -> None:
    [message] = parse(sender={"id": "a+/=", "name": name}).messages
    assert (message.sender_id, message.sender_name) == ("a+/=", read)


@pytest.mark.parametrize(
    ("more", "lacking"),
    [
        ({"sender": ...}, "id"),
        ({"sender": {"name": "secret name"}}, "id"),
        ({"message": ...}, "message"),
        ({"message": "hi"}, "message"),
        ({"message_token": ...}, "message_token"),
        ({"message_token": True}, "message_token"),
    ],
)
def test_what_cannot_be_read_is_kept_with_its_reason(more: dict[str, Any], lacking: str) -> None:
    [poison] = parse(**more).poison
    assert poison.reason == f"it has no {lacking}"
    assert poison.event_id == ("" if "message_token" in more else "5912661846655238145")


def test_a_token_of_64_bits_stays_as_it_is() -> None:
    [message] = parse(message_token=2**64 - 1).messages
    assert (message.event_id, message.message_id) == ("18446744073709551615", "18446744073709551615")


@pytest.mark.parametrize(
    "url",
    [
        "http://dl-media.viber.com/a",
        "https://viber.com.evil.example/a",
        "https://evilviber.com/a",
        "https://u@dl-media.viber.com/a",
        "https://127.0.0.1/a",
        "//dl-media.viber.com/a",
        "https://[",
        None,
    ],
)
def test_only_vibers_own_hosts_are_fetched_from(url: str | None) -> None:
    assert bot().media(Attachment(kind=Kind.IMAGE, url=url)) is None


def test_a_picture_is_fetched_without_any_credentials() -> None:
    plan = bot().media(Attachment(kind=Kind.IMAGE, url=MEDIA))
    assert plan is not None
    assert (plan.first.url, plan.first.headers, plan.then) == (MEDIA, {}, None)


@given(any_bodies | nearly([json.loads(one.body) for one in SAMPLES]))
def test_whatever_comes_is_read_or_called_unreadable(body: bytes) -> None:
    try:
        parsed = bot().parse(call(body))
    except UnreadableBody:
        return
    assert len(parsed.messages) + len(parsed.poison) + parsed.ignored == 1


@given(header_values, header_values)
def test_whatever_header_and_query_are_they_are_right_or_wrong(header: str, query: str) -> None:
    with pytest.raises(BadSignature):
        bot().verify(call(b"{}", headers={HEADER: header}, query=query))
