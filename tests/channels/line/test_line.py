"""LINE: what people wrote to the account, out of calls that hold many events."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from linebot.v3.webhook import SignatureValidator, WebhookParser  # type: ignore[import-untyped]  # it has no types

from app.channels.base import Account, BadSignature, Parsed, UnreadableBody
from app.channels.line import LineAdapter
from app.domain.message import Attachment, Kind
from tests.channels.arbitrary import any_bodies, header_values, nearly
from tests.channels.expected import Sample, assert_as_expected, call, sample, sample_call, samples, signature_vectors

SECRET = signature_vectors("chat")["secrets"]["line"]
BOT = "U5b1c9e0f7a2d4836b5c0d1e2f3a49586"
PERSON = "U0f1e2d3c4b5a69788796a5b4c3d2e1f0"
SAMPLES = samples("line")
VECTORS = [one for one in signature_vectors("chat")["vectors"] if one["channel"] == "line"]


def line(**secrets: str) -> LineAdapter:
    return LineAdapter(Account(address=BOT, secrets={"channel_secret": SECRET} | secrets))


def event(**more: Any) -> dict[str, Any]:
    """A text message of one person; `...` takes a field away."""
    whole = {
        "type": "message",
        "webhookEventId": "01JBZ7Q0X9M3V5T8C2K4N6P8R0",
        "timestamp": 1793617812345,
        "source": {"type": "user", "userId": PERSON},
        "message": {"type": "text", "id": "5800", "text": "hi"},
    }
    return {name: value for name, value in (whole | more).items() if value is not ...}


def parse(*events: Any) -> Parsed:
    return line().parse(call(json.dumps({"destination": BOT, "events": events}).encode()))


def test_the_channel_has_its_own_name_and_needs_no_more_than_what_proves_a_call() -> None:
    assert line().title == "LINE"
    assert [one.name for one in line().secrets if one.required] == ["channel_secret"]


@pytest.mark.parametrize("given_sample", SAMPLES, ids=str)
def test_a_sample_gives_what_is_expected_of_it(given_sample: Sample) -> None:
    parsed = line().parse(sample_call(given_sample))
    assert_as_expected(line(), parsed, given_sample.expected)
    assert parsed.ignored == given_sample.expected["ignored_events"]
    assert all(line().is_ours(message.to or "") for message in parsed.messages)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: str(one["file"]))
def test_a_ready_signature_holds(vector: dict[str, str]) -> None:
    body = sample("line", vector["file"].removeprefix("line/")).body
    line().verify(call(body, headers={vector["header"]: vector["value"]}))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: str(one["file"]))
def test_lines_own_library_judges_as_we_do(vector: dict[str, str]) -> None:
    body = sample("line", vector["file"].removeprefix("line/")).body
    theirs = SignatureValidator(SECRET)
    assert theirs.validate(body.decode(), vector["value"])
    assert not theirs.validate(body.decode() + " ", vector["value"])
    with pytest.raises(BadSignature):
        line().verify(call(body + b" ", headers={"x-line-signature": vector["value"]}))


def test_lines_own_library_reads_the_same_ids_and_text() -> None:
    [theirs] = WebhookParser(SECRET).parse(sample("line", "text.json").body.decode(), VECTORS[0]["value"])
    [ours] = line().parse(sample_call(sample("line", "text.json"))).messages
    assert (ours.sender_id, ours.message_id) == (theirs.source.user_id, theirs.message.id)
    assert (ours.event_id, ours.text) == (theirs.webhook_event_id, theirs.message.text)


@pytest.mark.parametrize(
    "header", [None, "", "x", "ünïcode", "\xff\xff", VECTORS[0]["value"].lower(), f"sha256={VECTORS[0]['value']}"]
)
def test_any_other_signature_proves_nothing(header: str | None) -> None:
    with pytest.raises(BadSignature):
        line().verify(call(sample("line", "text.json").body, headers={"x-line-signature": header}))


def test_an_account_without_a_secret_refuses_what_an_empty_key_signs() -> None:
    signed_by_anybody = "thNnmggU2ex3L5XXeMNfxf8Wl8STcVZTxscSFEKSxa0="  # HMAC-SHA256 of nothing with an empty key
    with pytest.raises(BadSignature):
        LineAdapter(Account(address=BOT)).verify(call(b"", headers={"x-line-signature": signed_by_anybody}))


@pytest.mark.parametrize(
    ("message", "kind", "media_id", "description"),
    [
        ({"type": "image", "contentProvider": {"type": "line"}}, Kind.IMAGE, "5800", None),
        ({"type": "video", "duration": 900, "contentProvider": {"type": "line"}}, Kind.VIDEO, "5800", None),
        ({"type": "audio", "duration": 900}, Kind.AUDIO, "5800", None),
        ({"type": "file", "fileName": "a.pdf", "fileSize": 3}, Kind.FILE, "5800", None),
        (
            {"type": "image", "contentProvider": {"type": "external", "originalContentUrl": "https://evil.example/x"}},
            Kind.IMAGE,
            None,
            "https://evil.example/x",
        ),
        ({"type": "sticker", "keywords": ["hello", 5, "bow"]}, Kind.STICKER, None, "hello, bow"),
        (
            {"type": "location", "title": "Shop", "address": "東京", "latitude": 35.6, "longitude": 139.7},
            Kind.LOCATION,
            None,
            "Shop, 東京 (35.6, 139.7)",
        ),
        ({"type": "hologram"}, Kind.UNSUPPORTED, None, "hologram"),
        ({"type": ["text"]}, Kind.UNSUPPORTED, None, None),
        ({}, Kind.UNSUPPORTED, None, None),
    ],
)
def test_every_type_of_message_is_one_attachment(
    message: dict[str, Any], kind: Kind, media_id: str | None, description: str | None
) -> None:
    [read] = parse(event(message={"id": "5800"} | message)).messages
    [attachment] = read.attachments
    assert (attachment.kind, attachment.media_id, attachment.description) == (kind, media_id, description)


def test_a_file_keeps_its_name_and_size() -> None:
    [message] = line().parse(sample_call(sample("line", "file.json"))).messages
    assert (message.attachments[0].name, message.attachments[0].size_bytes) == ("見積書.xlsx", 20480)


def test_words_on_a_sticker_are_the_text() -> None:
    [message] = parse(event(message={"type": "sticker", "id": "1", "text": "THANKS"})).messages
    assert (message.text, message.attachments[0].kind) == ("THANKS", Kind.STICKER)


def test_a_text_stays_as_it_is() -> None:
    [message] = parse(event(message={"type": "text", "id": "1", "text": "  a\r\n<b> \u200d "})).messages
    assert message.text == "  a\r\n<b> \u200d "


@pytest.mark.parametrize(
    "name",
    [
        "unsend",
        "follow",
        "unfollow",
        "join",
        "leave",
        "memberJoined",
        "memberLeft",
        "videoPlayComplete",
        "beacon",
        "accountLink",
        "membership",
        "module",
        "activated",
        "deactivated",
        "botSuspended",
        "botResumed",
        "delivery",
        "things",
        "somethingNew",
        ["message"],
        None,
    ],
)
def test_every_other_event_is_ignored_with_and_without_a_source(name: Any) -> None:
    assert parse(event(type=name), event(type=name, source=..., message=...)) == Parsed(ignored=2)


@pytest.mark.parametrize(
    "source",
    [
        {"type": "group", "groupId": "C1", "userId": PERSON},
        {"type": "group", "groupId": "C1"},
        {"type": "room", "roomId": "R1", "userId": PERSON},
        {"type": "squad", "userId": PERSON},
    ],
)
@pytest.mark.parametrize("kind", ["message", "postback"])
def test_groups_and_rooms_are_ignored(source: dict[str, str], kind: str) -> None:
    assert parse(event(type=kind, source=source, postback={"data": "x"})) == Parsed(ignored=1)


def test_an_event_in_standby_and_a_redelivered_one_are_messages() -> None:
    parsed = parse(event(mode="standby"), event(deliveryContext={"isRedelivery": True}))
    assert [one.event_id for one in parsed.messages] == ["01JBZ7Q0X9M3V5T8C2K4N6P8R0"] * 2


def test_one_bad_event_loses_none_of_the_others() -> None:
    other = {"type": "user", "userId": "U1"}
    parsed = parse(
        event(),
        event(source={"type": "user"}, webhookEventId="bad"),
        5,
        event(type="follow"),
        event(message=None),
        event(source=...),
        event(source=other, webhookEventId="last"),
    )
    assert [one.sender_id for one in parsed.messages] == [PERSON, "U1"]
    assert [one.reason for one in parsed.poison] == [
        "it has no userId",
        "it has no object in its place",
        "it has no message",
        "it has no source",
    ]
    assert (parsed.poison[0].event_id, parsed.ignored) == ("bad", 1)


def test_an_event_without_its_own_id_goes_by_the_messages_id() -> None:
    [message] = parse(event(webhookEventId=...)).messages
    assert (message.event_id, message.message_id) == ("5800", "5800")


def test_an_event_without_any_id_is_kept_for_an_operator() -> None:
    assert [one.reason for one in parse(event(webhookEventId=..., message={"type": "text"})).poison] == [
        "it has no webhookEventId"
    ]


def test_events_that_are_no_list_cannot_be_read() -> None:
    with pytest.raises(UnreadableBody):
        line().parse(call(b'{"events": {"0": {}}}'))


def test_names_and_files_are_asked_for_with_the_token() -> None:
    account = line(channel_access_token="t0ken")
    media = account.media(Attachment(kind=Kind.IMAGE, media_id="58/00"))
    profile = account.profile("U/1")
    assert media is not None
    assert profile is not None
    assert media.first.url == "https://api-data.line.me/v2/bot/message/58%2F00/content"
    assert profile.fetch.url == "https://api.line.me/v2/bot/profile/U%2F1"
    assert media.first.headers == profile.fetch.headers == {"Authorization": "Bearer t0ken"}
    assert media.first.hosts == {"api-data.line.me"}
    assert profile.fetch.hosts == {"api.line.me"}
    assert "t0ken" not in f"{media!r} {profile!r}"


@pytest.mark.parametrize(
    ("answer", "name"), [({"displayName": "由美"}, "由美"), ({"displayName": " "}, None), ({}, None), ([], None)]
)
def test_a_profile_tells_the_name_or_nothing(answer: Any, name: str | None) -> None:
    profile = line(channel_access_token="t").profile("U1")
    assert profile is not None
    assert profile.name(answer) == name


def test_nothing_is_fetched_without_a_token_or_an_id() -> None:
    assert line().media(Attachment(kind=Kind.IMAGE, media_id="1")) is None
    assert line().profile("U1") is None
    assert line(channel_access_token="t").media(Attachment(kind=Kind.STICKER)) is None


@given(any_bodies | nearly([json.loads(one.body) for one in SAMPLES]))
def test_whatever_comes_is_read_or_called_unreadable(body: bytes) -> None:
    try:
        parsed = line().parse(call(body))
    except UnreadableBody:
        return
    events = json.loads(body).get("events") or []
    assert len(parsed.messages) + len(parsed.poison) + parsed.ignored == len(events)


@given(header_values)
def test_whatever_the_header_is_it_is_right_or_wrong(header: str) -> None:
    with pytest.raises(BadSignature):
        line().verify(call(b"{}", headers={"x-line-signature": header}))
