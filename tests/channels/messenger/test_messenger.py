"""Messenger: the events of a page's inbox, stickers and shared links, and the names of people."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.channels.base import Account, Parsed
from app.channels.messenger import MessengerAdapter
from app.domain.message import Attachment, InboundMessage, Kind
from tests.channels.expected import call

PAGE, PSID = "108822334455667", "7719002233445566"
CDN = "https://scontent.xx.fbcdn.net/v/1.png"


def adapter(**secrets: str) -> MessengerAdapter:
    return MessengerAdapter(Account(address=PAGE, secrets={"app_secret": "s", **secrets}))


def event(**fields: Any) -> dict[str, Any]:
    return {"sender": {"id": PSID}, "recipient": {"id": PAGE}, "timestamp": 1793617812345, **fields}


def parse(*events: Any, name: str = "messaging", **entry: Any) -> Parsed:
    body = {"object": "page", "entry": [{"id": PAGE, "time": 1793617812611, name: list(events), **entry}]}
    return adapter().parse(call(json.dumps(body).encode()))


def read(**message: Any) -> InboundMessage:
    [found] = parse(event(message={"mid": "m_1", **message})).messages
    return found


@pytest.mark.parametrize(
    ("message", "text", "kinds"),
    [
        ({"text": " as typed \n"}, " as typed \n", []),
        ({"text": "Red", "quick_reply": {"payload": "RED"}}, "Red", []),
        ({"quick_reply": {"payload": "RED"}}, "RED", []),
        ({"attachments": [{"type": "audio", "payload": {"url": CDN}}]}, "", [Kind.AUDIO]),
        ({"attachments": [{"type": "reel"}, {"type": "ig_post"}, {"type": "template"}]}, "", [Kind.SHARE] * 3),
        ({"attachments": [{"type": "fallback", "payload": None}], "text": "see"}, "see", [Kind.SHARE]),
        ({"attachments": [{"type": "appointment_booking", "payload": {}}]}, "", [Kind.UNSUPPORTED]),
        ({"attachments": [{"type": "hologram", "payload": {"url": CDN}}]}, "", [Kind.UNSUPPORTED]),
        ({"attachments": [{"payload": "odd"}]}, "", [Kind.UNSUPPORTED]),
        ({"attachments": "odd"}, "", [Kind.UNSUPPORTED]),
        ({"commands": [{"name": "help"}]}, "", [Kind.UNSUPPORTED]),
    ],
)
def test_every_message_is_text_an_attachment_or_a_placeholder(
    message: dict[str, Any], text: str, kinds: list[Kind]
) -> None:
    found = read(**message)
    assert (found.text, [one.kind for one in found.attachments]) == (text, kinds)


@pytest.mark.parametrize(
    "listed",
    [
        [{"type": "sticker", "payload": {"url": CDN, "sticker_id": 1}}],
        [{"type": "image", "payload": {"url": CDN, "sticker_id": 1}}],
        [
            {"type": "sticker", "payload": {"url": CDN, "sticker_id": 1}},
            {"type": "image", "payload": {"url": CDN + "?x", "sticker_id": 1}},
        ],
    ],
)
def test_a_sticker_is_one_sticker_however_it_is_listed(listed: list[Any]) -> None:
    assert [one.kind for one in read(attachments=listed).attachments] == [Kind.STICKER]


def test_a_picture_listed_twice_counts_once_and_two_pictures_twice() -> None:
    first, second = ({"type": "image", "payload": {"url": f"{CDN}?{number}"}} for number in (1, 2))
    assert [one.url for one in read(attachments=[first, second, first]).attachments] == [f"{CDN}?1", f"{CDN}?2"]


def test_a_shared_link_is_told_in_words_and_never_fetched() -> None:
    beside = {"type": "fallback", "title": "Our shop", "url": "https://shop.example/a", "payload": None}
    within = {"type": "fallback", "payload": {"title": "Our shop", "url": "https://shop.example/a"}}
    for listed in (beside, within):
        [attachment] = read(attachments=[listed]).attachments
        assert attachment == Attachment(kind=Kind.SHARE, description="Our shop https://shop.example/a")
        assert adapter().media(attachment) is None


def test_a_place_of_older_pages_is_a_location() -> None:
    payload = {"coordinates": {"lat": 44.8178, "long": 20.4569}}
    [attachment] = read(attachments=[{"type": "location", "title": "Pier", "payload": payload}]).attachments
    assert attachment == Attachment(kind=Kind.LOCATION, description="Pier (44.8178, 20.4569)")


@pytest.mark.parametrize(
    "other",
    [
        {"message": {"mid": "m_1", "is_echo": True, "text": "ours"}},
        {"message": {"mid": "m_1", "text": "ours"}, "sender": {"id": PAGE}},
        {"message_edit": {"mid": "m_1", "text": "new", "num_edit": 1}},
        {"reaction": {"mid": "m_1", "action": "react", "emoji": "x"}},
        {"delivery": {"watermark": 1}},
        {"read": {"watermark": 1}},
        {"optin": {"ref": "x"}},
        {"referral": {"ref": "x"}},
        {"account_linking": {"status": "linked"}},
        {"pass_thread_control": {"new_owner_app_id": 1}},
        {"policy_enforcement": {"action": "block"}, "sender": None},
        {"postback": {"title": "Go"}, "sender": {"user_ref": "u"}},
        {"event_of_next_year": {}},
        {"message": None},
    ],
)
def test_what_a_customer_did_not_write_is_ignored(other: dict[str, Any]) -> None:
    parsed = parse(event(**other))
    assert (parsed.messages, parsed.poison, parsed.ignored) == ((), (), 1)


def test_messages_come_too_while_another_app_holds_the_thread() -> None:
    parsed = parse(event(message={"mid": "m_1", "text": "hi"}), name="standby")
    assert [one.text for one in parsed.messages] == ["hi"]


def test_page_news_are_ignored() -> None:
    assert parse(changes=[{"field": "feed", "value": {}}]).ignored == 1


def test_a_batch_is_read_at_every_level() -> None:
    said = [event(message={"mid": f"m_{number}", "text": str(number)}) for number in range(4)]
    body = {"object": "page", "entry": [{"id": PAGE, "messaging": said[:2]}, {"id": "2", "messaging": said[2:]}]}
    parsed = adapter().parse(call(json.dumps(body).encode()))
    assert [one.text for one in parsed.messages] == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("bad", "event_id", "reason"),
    [
        (event(message={"mid": "m_9", "text": "secret"}, sender={}), "m_9", "it has no sender.id"),
        (event(message={"text": "secret"}, timestamp=None), "", "it has no mid"),
        (event(message="secret"), "", "it has no message"),
        ("secret", "", "it has no fields, though it is one of messaging"),
    ],
)
def test_a_bad_event_is_kept_and_loses_no_other(bad: Any, event_id: str, reason: str) -> None:
    parsed = parse(bad, event(message={"mid": "m_1", "text": "hi"}))
    [kept] = parsed.poison
    assert (kept.event_id, kept.reason, json.loads(kept.raw)) == (event_id, reason, bad)
    assert [one.text for one in parsed.messages] == ["hi"]
    assert "secret" not in repr(kept)


@pytest.mark.parametrize(("postback", "text"), [({"title": "Go", "payload": "GO"}, "Go"), ({"payload": "GO"}, "GO")])
def test_a_button_press_without_a_mid_is_known_by_sender_and_time(postback: dict[str, str], text: str) -> None:
    [found] = parse(event(postback=postback, timestamp="1793617812")).messages
    assert (found.event_id, found.text) == (f"{PSID}:1793617812", text)
    assert found.sent_at == datetime(2026, 11, 2, 11, 10, 12, tzinfo=UTC)


def test_without_its_own_time_an_event_has_the_time_of_its_entry() -> None:
    [found] = parse(event(message={"mid": "m_1", "text": "hi"}, timestamp=None)).messages
    assert found.sent_at == datetime(2026, 11, 2, 11, 10, 12, 611000, tzinfo=UTC)


def test_ids_sent_as_numbers_stay_whole() -> None:
    [found] = parse(event(message={"mid": "m_1", "text": "hi"}, sender={"id": 9007199254740993})).messages
    assert found.sender_id == "9007199254740993"


def test_a_picture_is_fetched_from_metas_hosts_without_a_token() -> None:
    [attachment] = read(attachments=[{"type": "image", "payload": {"url": CDN}}]).attachments
    plan = adapter(access_token="EAAtoken").media(attachment)
    assert plan is not None
    assert (plan.first.url, plan.first.headers, plan.then) == (CDN, {}, None)
    assert ".fbcdn.net" in plan.first.hosts


def test_a_name_is_asked_of_the_graph_api_with_the_token_in_the_header() -> None:
    plan = adapter(access_token="EAAtoken").profile(PSID)
    assert plan is not None
    assert plan.fetch.url == f"https://graph.facebook.com/v25.0/{PSID}?fields=name,first_name,last_name"
    assert plan.fetch.hosts == {"graph.facebook.com"}
    assert plan.fetch.headers == {"Authorization": "Bearer EAAtoken"}
    assert "EAAtoken" not in repr(plan)


@pytest.mark.parametrize(("sender", "token"), [(PSID, ""), ("../me", "EAAtoken"), ("", "EAAtoken")])
def test_without_a_token_or_a_proper_id_nobody_is_asked(sender: str, token: str) -> None:
    assert adapter(access_token=token).profile(sender) is None


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ({"name": "Ada Byron", "first_name": "Ada"}, "Ada Byron"),
        ({"first_name": "Ada", "last_name": "Byron"}, "Ada Byron"),
        ({"last_name": "Byron"}, "Byron"),
        ({"name": None, "first_name": ""}, None),
        ({"error": {"code": 230}}, None),
        ([], None),
    ],
)
def test_a_name_is_made_of_what_the_profile_has(profile: Any, name: str | None) -> None:
    plan = adapter(access_token="EAAtoken").profile(PSID)
    assert plan is not None
    assert plan.name(profile) == name
