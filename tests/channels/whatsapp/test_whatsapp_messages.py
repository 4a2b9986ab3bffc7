"""WhatsApp: what a message says, what is no message, and where its files are."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.channels.base import Account, Parsed
from app.channels.whatsapp import WhatsAppAdapter
from app.domain.message import Attachment, InboundMessage, Kind
from tests.channels.expected import call

ADDRESS = "445201198870331"
BASE = {"from": "4915770012345", "id": "wamid.1", "timestamp": "1793617812"}
CDN = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1"


def adapter(**secrets: str) -> WhatsAppAdapter:
    return WhatsAppAdapter(Account(address=ADDRESS, secrets={"app_secret": "s", **secrets}))


def change(*messages: Any, number: str = ADDRESS, field: str = "messages", **more: Any) -> dict[str, Any]:
    return {"field": field, "value": {"metadata": {"phone_number_id": number}, "messages": list(messages), **more}}


def parse(*entries: list[Any]) -> Parsed:
    body = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": one} for one in entries]}
    return adapter().parse(call(json.dumps(body).encode()))


def read(**fields: Any) -> InboundMessage:
    [message] = parse([change({**BASE, **fields})]).messages
    return message


@pytest.mark.parametrize(
    ("fields", "text", "kinds"),
    [
        ({"type": "text", "text": {"body": "  two\nlines "}}, "  two\nlines ", []),
        ({"type": "text", "text": {"body": ""}}, "", []),
        ({"type": "image", "image": {"id": "1", "caption": "look"}}, "look", [Kind.IMAGE]),
        ({"type": "video", "video": {"id": "1"}}, "", [Kind.VIDEO]),
        ({"type": "audio", "audio": {"id": "1", "voice": True}}, "", [Kind.AUDIO]),
        ({"type": "document", "document": {"id": "1", "filename": "a.pdf", "caption": "bill"}}, "bill", [Kind.FILE]),
        ({"type": "sticker", "sticker": {"id": "1", "animated": False}}, "", [Kind.STICKER]),
        ({"type": "location", "location": {"latitude": 1.5, "longitude": -2}}, "", [Kind.LOCATION]),
        ({"type": "contacts", "contacts": [{"name": {"formatted_name": "Bo"}}, {}]}, "", [Kind.CONTACT] * 2),
        ({"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"title": "M"}}}, "M", []),
        ({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"body": "Sent"}}}, "Sent", []),
        ({"type": "interactive", "errors": [{"code": 131051}]}, "", [Kind.UNSUPPORTED]),
        ({"type": "button", "button": {"payload": "YES", "text": "Yes, please"}}, "Yes, please", []),
        ({"type": "button", "button": {"payload": "YES"}}, "YES", []),
        ({"type": "order", "order": {"catalog_id": "1", "text": "as a gift"}}, "as a gift", [Kind.UNSUPPORTED]),
        ({"type": "unsupported", "errors": [{"code": 131051}]}, "", [Kind.UNSUPPORTED]),
        ({"type": "poll_of_next_year", "poll_of_next_year": {}}, "", [Kind.UNSUPPORTED]),
        ({}, "", [Kind.UNSUPPORTED]),
        ({"type": "image", "image": None}, "", [Kind.IMAGE]),
        ({"type": "text", "text": "not an object"}, "", []),
    ],
)
def test_every_type_is_text_an_attachment_or_a_placeholder(
    fields: dict[str, Any], text: str, kinds: list[Kind]
) -> None:
    message = read(**fields)
    assert (message.text, [one.kind for one in message.attachments]) == (text, kinds)


def test_what_cannot_be_fetched_is_told_in_words() -> None:
    place = {"latitude": 53.5459, "longitude": 9.9681, "name": "Pier", "address": "Hamburg"}
    card = {"name": {"formatted_name": "Bo Ek"}, "phones": [{"phone": "+46 70 1"}, {"wa_id": "46702"}]}
    form = {"type": "nfm_reply", "nfm_reply": {"body": "Sent", "response_json": '{"flow_token": "x", "size": "L"}'}}
    told = [
        read(type="location", location=place),
        read(type="contacts", contacts=[card]),
        read(type="unsupported", unsupported={"type": "view_once"}),
        read(type="interactive", interactive=form),
    ]
    assert [one.attachments[0].description for one in told] == [
        "Pier, Hamburg (53.5459, 9.9681)",
        "Bo Ek, +46 70 1, 46702",
        "view once",
        "size: L",
    ]


@pytest.mark.parametrize(
    "event",
    [
        {"type": "reaction", "reaction": {"message_id": "wamid.0", "emoji": "\U0001f44d"}},
        {"type": "edit", "edit": {"original_message_id": "wamid.0", "message": {"text": {"body": "new"}}}},
        {"type": "revoke", "revoke": {"original_message_id": "wamid.0"}},
        {"type": "text", "text": {"body": "to all"}, "group_id": "Y2FwaV9ncm91cDox"},
    ],
)
def test_reactions_edits_revocations_and_groups_are_ignored(event: dict[str, Any]) -> None:
    parsed = parse([change({**BASE, **event})])
    assert (parsed.messages, parsed.poison, parsed.ignored) == ((), (), 1)


@pytest.mark.parametrize("field", ["smb_message_echoes", "history", "smb_app_state_sync", "account_update", None])
def test_every_other_field_is_ignored(field: Any) -> None:
    parsed = parse([change({**BASE, "type": "text", "text": {"body": "hi"}}, field=field)])
    assert (parsed.messages, parsed.ignored) == ((), 1)


def test_statuses_and_errors_beside_a_message_lose_nothing() -> None:
    message = {**BASE, "type": "text", "text": {"body": "hi"}}
    parsed = parse([change(message, statuses=[{"id": "wamid.0", "status": "read"}], errors=[{"code": 1}])])
    assert (len(parsed.messages), parsed.ignored) == (1, 2)


def test_a_batch_is_read_at_every_level_and_each_message_keeps_its_account() -> None:
    def message(number: int) -> dict[str, Any]:
        return {**BASE, "id": f"wamid.{number}", "type": "text", "text": {"body": str(number)}}

    parsed = parse([change(message(1), message(2)), change(message(3), number="2")], [change(message(4))])
    assert [(one.text, one.to) for one in parsed.messages] == [
        ("1", ADDRESS),
        ("2", ADDRESS),
        ("3", "2"),
        ("4", ADDRESS),
    ]


@pytest.mark.parametrize(
    ("bad", "event_id", "reason"),
    [
        ({"type": "text", "from": "4915770012345"}, "", "it has no id"),
        ({"type": "text", "id": "wamid.9"}, "wamid.9", "it has no from"),
        ("4915770012345", "", "it has no fields, though it is one of messages"),
    ],
)
def test_a_bad_event_is_kept_and_loses_no_other(bad: Any, event_id: str, reason: str) -> None:
    parsed = parse([change(bad, {**BASE, "type": "text", "text": {"body": "hi"}})])
    [kept] = parsed.poison
    assert (kept.event_id, kept.reason, json.loads(kept.raw)) == (event_id, reason, bad)
    assert [one.text for one in parsed.messages] == ["hi"]
    assert "4915770012345" not in repr(kept)


def test_a_thousand_messages_of_three_megabytes_are_read_quickly() -> None:
    body = "x" * 2_900
    many = [{**BASE, "id": f"wamid.{number}", "type": "text", "text": {"body": body}} for number in range(1000)]
    known = [{"wa_id": str(number), "profile": {"name": "N"}} for number in range(1000)]
    started = datetime.now(UTC)
    parsed = parse([change(*many, contacts=known)])
    assert len(parsed.messages) == 1000
    assert (datetime.now(UTC) - started).total_seconds() < 2


@pytest.mark.parametrize("sent", [None, "", "soon", "99999999999", []])
def test_a_time_that_cannot_be_believed_is_none(sent: Any) -> None:
    assert read(type="text", text={"body": "hi"}, timestamp=sent).sent_at is None


def test_a_body_that_names_no_account_leaves_it_open() -> None:
    event = {**BASE, "type": "text", "text": {"body": "hi"}}
    [message] = parse([{"field": "messages", "value": {"messages": [event]}}]).messages
    assert message.to is None


def test_a_file_is_asked_for_by_its_id_and_fetched_with_the_token() -> None:
    attachment = read(
        type="image", image={"id": "1184420039917752", "mime_type": "image/jpeg", "url": CDN}
    ).attachments[0]
    assert attachment == Attachment(kind=Kind.IMAGE, media_id="1184420039917752", content_type="image/jpeg")
    plan = adapter(access_token="EAAtoken").media(attachment)
    assert plan is not None
    assert plan.then is not None
    assert plan.first.url == "https://graph.facebook.com/v25.0/1184420039917752"
    assert plan.first.hosts == {"graph.facebook.com"}
    file = plan.then({"url": CDN, "mime_type": "image/jpeg"})
    assert file.url == CDN
    assert plan.first.headers == file.headers == {"Authorization": "Bearer EAAtoken"}
    assert "EAAtoken" not in repr(plan) + repr(file)


@pytest.mark.parametrize(
    "told", [{}, [], None, {"url": None}, {"url": "http://lookaside.fbsbx.com/a"}, {"url": "https://evil.example/a"}]
)
def test_the_token_goes_nowhere_but_to_meta(told: Any) -> None:
    plan = adapter(access_token="EAAtoken").media(Attachment(kind=Kind.IMAGE, media_id="1"))
    assert plan is not None
    assert plan.then is not None
    with pytest.raises(ValueError, match="no URL on Meta's media hosts"):
        plan.then(told)


def test_a_file_with_only_a_url_is_fetched_there() -> None:
    attachment = read(type="video", video={"url": CDN}).attachments[0]
    plan = adapter(access_token="EAAtoken").media(attachment)
    assert plan is not None
    assert (plan.first.url, plan.then) == (CDN, None)


@pytest.mark.parametrize(
    ("attachment", "token"),
    [
        (Attachment(kind=Kind.IMAGE, media_id="1"), ""),
        (Attachment(kind=Kind.IMAGE, media_id="../me"), "EAAtoken"),
        (Attachment(kind=Kind.IMAGE, media_id="1?fields=x"), "EAAtoken"),
        (Attachment(kind=Kind.IMAGE, url="https://evil.example/a"), "EAAtoken"),
        (Attachment(kind=Kind.LOCATION), "EAAtoken"),
    ],
)
def test_what_cannot_be_fetched_has_no_plan(attachment: Attachment, token: str) -> None:
    assert adapter(access_token=token).media(attachment) is None


def test_names_come_with_the_messages_so_nobody_is_asked() -> None:
    assert adapter(access_token="EAAtoken").profile("DE.70213344556677889900") is None
