"""Telegram: what a message holds, and what is no message at all."""

from __future__ import annotations

from typing import Any

import pytest

from app.channels.base import Parsed
from app.domain.message import Kind
from tests.channels.telegram.calls import PERSON, parse, the_message, update

FILE = {"file_id": "AbC", "file_unique_id": "u", "file_size": 12}
POINT = {"latitude": 50.45, "longitude": 30.52}


@pytest.mark.parametrize(
    ("content", "kind", "media_id", "description"),
    [
        ({"photo": [FILE, FILE | {"file_id": "large"}]}, Kind.IMAGE, "large", None),
        ({"live_photo": FILE, "photo": [FILE | {"file_id": "still"}]}, Kind.IMAGE, "still", None),
        ({"live_photo": FILE | {"photo": [FILE | {"file_id": "still"}]}}, Kind.IMAGE, "still", None),
        ({"animation": FILE, "document": FILE}, Kind.VIDEO, "AbC", None),
        ({"document": FILE}, Kind.FILE, "AbC", None),
        ({"video": FILE}, Kind.VIDEO, "AbC", None),
        ({"video_note": FILE}, Kind.VIDEO, "AbC", None),
        ({"audio": FILE}, Kind.AUDIO, "AbC", None),
        ({"voice": FILE}, Kind.AUDIO, "AbC", None),
        ({"sticker": FILE | {"emoji": "👋"}}, Kind.STICKER, "AbC", "👋"),
        ({"location": POINT}, Kind.LOCATION, None, "50.45, 30.52"),
        (
            {"venue": {"title": "Pier", "address": "Quay 3", "location": POINT}, "location": POINT},
            Kind.LOCATION,
            None,
            "Pier, Quay 3 (50.45, 30.52)",
        ),
        (
            {"contact": {"first_name": "Ivan", "last_name": "K", "phone_number": "380501112233"}},
            Kind.CONTACT,
            None,
            "Ivan K, 380501112233",
        ),
        ({"poll": {"question": "Tea?"}}, Kind.UNSUPPORTED, None, "poll: Tea?"),
        ({"dice": {"emoji": "🎲", "value": 3}}, Kind.UNSUPPORTED, None, "dice: 🎲"),
        ({"game": {}}, Kind.UNSUPPORTED, None, "game"),
        ({"story": {"id": 1}}, Kind.UNSUPPORTED, None, "story"),
        ({"checklist": {"title": "Move"}}, Kind.UNSUPPORTED, None, "checklist: Move"),
        ({"paid_media": {"star_count": 1}}, Kind.UNSUPPORTED, None, "paid media"),
        ({"invoice": {"title": "Chair"}}, Kind.UNSUPPORTED, None, "invoice: Chair"),
        ({"rich_message": {"blocks": []}}, Kind.UNSUPPORTED, None, "formatted message"),
        ({"hologram": {"file_id": "x"}}, Kind.UNSUPPORTED, None, "hologram"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_every_kind_of_content_is_one_attachment(
    content: dict[str, Any], kind: Kind, media_id: str | None, description: str | None
) -> None:
    [attachment] = the_message(**content).attachments
    assert (attachment.kind, attachment.media_id, attachment.description) == (kind, media_id, description)


@pytest.mark.parametrize("name", ["photo", "document", "sticker", "location", "contact", "poll", "venue"])
@pytest.mark.parametrize("odd", ["", 5, [], {}, [None], True])
def test_odd_content_is_still_a_message(name: str, odd: Any) -> None:
    assert len(the_message(**{name: odd}).attachments) == 1


def test_a_caption_is_the_text_and_stays_as_it_is() -> None:
    assert the_message(document=FILE, caption="  <b>two</b>\n").text == "  <b>two</b>\n"


def test_a_start_command_and_a_quoted_reply_are_plain_text() -> None:
    message = the_message(text="/start abc", quote={"text": "q"}, reply_to_message={"photo": [FILE]}, entities=[{}])
    assert (message.text, message.attachments) == ("/start abc", ())


@pytest.mark.parametrize(
    "content",
    [
        {"pinned_message": {"text": "old"}},
        {"new_chat_members": [PERSON]},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 1}},
        {"successful_payment": {"currency": "EUR"}},
        {"web_app_data": {"data": "x"}},
        {"connected_website": "example.com"},
        {"forward_origin": {"type": "user"}, "is_from_offline": True},
        {},
    ],
    ids=str,
)
def test_a_service_message_is_no_message(content: dict[str, Any]) -> None:
    assert parse(update(**content)) == Parsed(ignored=1)
