"""Telegram: who wrote what to the bot, and that nobody else can say so."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from app.channels.base import Account, BadSignature, Parsed, UnreadableBody
from app.channels.telegram import TelegramAdapter
from app.domain.message import Attachment, InboundMessage, Kind
from tests.channels.arbitrary import any_bodies, header_values, nearly
from tests.channels.expected import Sample, assert_as_expected, call, sample_call, samples, signature_vectors

SECRET = signature_vectors("chat")["secrets"]["telegram"]
BOT_TOKEN = "6123450987:AAE-made-up-token_x"
SAMPLES = samples("telegram")
PERSON = {"id": 5120093344, "is_bot": False, "first_name": "Олена", "last_name": "Гриценко", "username": "olena_h"}
CHAT = {"id": 5120093344, "type": "private", "first_name": "Олена"}
FILE = {"file_id": "AbC", "file_unique_id": "u", "file_size": 12}
POINT = {"latitude": 50.45, "longitude": 30.52}


def bot(**secrets: str) -> TelegramAdapter:
    return TelegramAdapter(Account(address="6123450987", secrets={"secret_token": SECRET} | secrets))


def update(**message: Any) -> dict[str, Any]:
    whole = {"message_id": 4021, "from": PERSON, "chat": CHAT, "date": 1793617812} | message
    return {"update_id": 771200345, "message": {name: value for name, value in whole.items() if value is not ...}}


def parse(body: Any) -> Parsed:
    return bot().parse(call(json.dumps(body).encode()))


def the_message(**message: Any) -> InboundMessage:
    [read] = parse(update(**message)).messages
    return read


def test_the_channel_has_its_own_name_and_needs_no_more_than_what_proves_a_call() -> None:
    assert bot().title == "Telegram"
    assert [one.name for one in bot().secrets if one.required] == ["secret_token"]


@pytest.mark.parametrize("given_sample", SAMPLES, ids=str)
def test_a_sample_gives_what_is_expected_of_it(given_sample: Sample) -> None:
    parsed = bot().parse(sample_call(given_sample))
    assert_as_expected(bot(), parsed, given_sample.expected)
    assert parsed.ignored == given_sample.expected["ignored_events"]


@pytest.mark.parametrize(
    "vector", [one for one in signature_vectors("chat")["vectors"] if one["channel"] == "telegram"], ids=str
)
def test_the_secret_that_setwebhook_got_proves_the_call(vector: dict[str, str]) -> None:
    bot().verify(call(b"{}", headers={vector["header"]: vector["value"]}))


@pytest.mark.parametrize("header", [None, "", "tg_hook-7Qd2mXw", SECRET.upper(), f"{SECRET} ", "sécret", "\xff"])
def test_any_other_secret_proves_nothing(header: str | None) -> None:
    with pytest.raises(BadSignature):
        bot().verify(call(b"{}", headers={"X-Telegram-Bot-Api-Secret-Token": header}))


@pytest.mark.parametrize("header", [None, ""])
def test_a_bot_without_a_secret_refuses_everything(header: str | None) -> None:
    with pytest.raises(BadSignature):
        TelegramAdapter(Account(address="1")).verify(call(b"{}", headers={"X-Telegram-Bot-Api-Secret-Token": header}))


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


@pytest.mark.parametrize("chat_type", ["group", "supergroup", "channel", "sender"])
def test_only_private_chats_are_taken(chat_type: str) -> None:
    assert parse(update(text="hi", chat={"id": -1001, "type": chat_type})) == Parsed(ignored=1)


def test_bots_are_not_customers() -> None:
    assert parse(update(text="hi", **{"from": PERSON | {"is_bot": True}})) == Parsed(ignored=1)


@pytest.mark.parametrize(
    "name",
    [
        "edited_message",
        "channel_post",
        "edited_channel_post",
        "business_message",
        "business_connection",
        "edited_business_message",
        "deleted_business_messages",
        "guest_message",
        "message_reaction",
        "message_reaction_count",
        "inline_query",
        "chosen_inline_result",
        "shipping_query",
        "pre_checkout_query",
        "purchased_paid_media",
        "poll",
        "poll_answer",
        "my_chat_member",
        "chat_member",
        "chat_join_request",
        "chat_boost",
        "removed_chat_boost",
        "managed_bot",
        "something_new",
    ],
)
def test_every_other_update_is_ignored(name: str) -> None:
    assert parse({"update_id": 1, name: update(text="hi")["message"]}) == Parsed(ignored=1)


@pytest.mark.parametrize(
    ("names", "name", "handle"),
    [
        ({"first_name": "Олена", "last_name": "Гриценко", "username": "o_h"}, "Олена Гриценко", "@o_h"),
        ({"first_name": "Олена"}, "Олена", None),
        ({"first_name": "", "last_name": "Гриценко"}, "Гриценко", None),
        ({"first_name": "", "username": "o_h"}, "o_h", "@o_h"),
        ({"first_name": " ", "last_name": None, "username": ""}, None, None),
        ({"first_name": {"x": 1}}, None, None),
    ],
)
def test_the_name_is_made_of_the_parts_that_exist(names: dict[str, Any], name: str | None, handle: str | None) -> None:
    message = the_message(text="hi", **{"from": {"id": 7} | names})
    assert (message.sender_name, message.sender_handle) == (name, handle)


def test_ids_of_52_bits_and_texts_of_digits_stay_as_they_are() -> None:
    message = the_message(text="007", **{"from": PERSON | {"id": 4503599627370495}})
    assert (message.sender_id, message.text) == ("4503599627370495", "007")


@pytest.mark.parametrize(
    ("card", "phone"),
    [
        ({"phone_number": "+380501112233", "user_id": 5120093344}, "+380501112233"),
        ({"phone_number": "380501112233", "user_id": 5120093344}, "+380501112233"),
        ({"phone_number": "+380501112233", "user_id": 99}, None),
        ({"phone_number": "+380501112233"}, None),
        ({"phone_number": "12", "user_id": 5120093344}, None),
    ],
)
def test_only_the_senders_own_card_tells_the_senders_phone(card: dict[str, Any], phone: str | None) -> None:
    assert the_message(contact={"first_name": "O"} | card).phone == phone


def test_a_button_without_its_message_still_says_its_payload() -> None:
    query = {"id": "77", "from": PERSON, "data": "human"}
    [message] = parse({"update_id": 5, "callback_query": query}).messages
    assert (message.event_id, message.message_id, message.text, message.sent_at) == ("5", "77", "human", None)


@pytest.mark.parametrize(
    "query",
    [
        {"id": "77", "from": PERSON, "game_short_name": "chess"},
        {"id": "77", "from": PERSON, "data": "x", "message": {"chat": {"id": -1, "type": "group"}}},
        {"id": "77", "from": PERSON | {"is_bot": True}, "data": "x"},
    ],
    ids=["game", "group", "bot"],
)
def test_a_button_of_a_game_a_group_or_a_bot_is_ignored(query: dict[str, Any]) -> None:
    assert parse({"update_id": 5, "callback_query": query}) == Parsed(ignored=1)


@pytest.mark.parametrize(
    ("body", "lacking"),
    [
        (update(text="hi", message_id=...), "message_id"),
        (update(text="hi", chat=...), "chat"),
        (update(text="hi", chat={"id": 1}), "type"),
        (update(text="hi", **{"from": {"first_name": "secret name"}}), "id"),
        ({"update_id": 771200345, "message": "text"}, "message"),
        ({"message": update(text="hi")["message"]}, "update_id"),
    ],
)
def test_what_cannot_be_read_is_kept_with_its_reason(body: dict[str, Any], lacking: str) -> None:
    [poison] = parse(body).poison
    assert poison.reason == f"it has no {lacking}"
    assert poison.event_id == str(body.get("update_id", ""))
    assert json.loads(poison.raw) == body


@pytest.mark.parametrize(
    ("date", "sent_at"),
    [(1793617812, datetime(2026, 11, 2, 11, 10, 12, tzinfo=UTC)), (None, None), ("soon", None), (4e9, None)],
)
def test_a_time_that_cannot_be_believed_is_none(date: Any, sent_at: datetime | None) -> None:
    assert the_message(text="hi", date=date).sent_at == sent_at


def test_a_file_is_asked_for_and_then_fetched() -> None:
    plan = bot(bot_token=BOT_TOKEN).media(Attachment(kind=Kind.FILE, media_id="A/b?"))
    assert plan is not None
    assert plan.then is not None
    assert plan.first.url == f"https://api.telegram.org/bot{BOT_TOKEN}/getFile?file_id=A%2Fb%3F"
    then = plan.then({"ok": True, "result": {"file_path": "documents/file 1.pdf"}})
    assert then.url == f"https://api.telegram.org/file/bot{BOT_TOKEN}/documents/file%201.pdf"
    assert plan.first.hosts == then.hosts == {"api.telegram.org"}


def test_the_token_in_the_url_is_never_shown() -> None:
    plan = bot(bot_token=BOT_TOKEN).media(Attachment(kind=Kind.FILE, media_id="A"))
    assert plan is not None
    assert plan.then is not None
    then = plan.then({"result": {"file_path": "x"}})
    assert BOT_TOKEN not in f"{plan!r} {plan.first!r} {then!r} {bot(bot_token=BOT_TOKEN).account!r}"


@pytest.mark.parametrize(
    "answer", [{"ok": False}, {"result": {}}, {"result": {"file_path": 5}}, {"result": {"file_path": "../x"}}, None]
)
def test_an_answer_without_a_path_leads_nowhere(answer: Any) -> None:
    plan = bot(bot_token=BOT_TOKEN).media(Attachment(kind=Kind.FILE, media_id="A"))
    assert plan is not None
    assert plan.then is not None
    with pytest.raises((KeyError, TypeError, ValueError)):
        plan.then(answer)


@pytest.mark.parametrize(
    "attachment",
    [Attachment(kind=Kind.LOCATION), Attachment(kind=Kind.VIDEO, media_id="A", size_bytes=21 * 1024 * 1024)],
)
def test_what_cannot_be_fetched_has_no_plan(attachment: Attachment) -> None:
    assert bot(bot_token=BOT_TOKEN).media(attachment) is None


def test_nothing_is_fetched_without_the_bots_token() -> None:
    assert bot().media(Attachment(kind=Kind.FILE, media_id="A")) is None


@given(any_bodies | nearly([json.loads(one.body) for one in SAMPLES]))
def test_whatever_comes_is_read_or_called_unreadable(body: bytes) -> None:
    try:
        parsed = bot().parse(call(body))
    except UnreadableBody:
        return
    assert len(parsed.messages) + len(parsed.poison) + parsed.ignored == 1
    for message in parsed.messages:
        json.dumps(message.to_json()).encode()
        message.text.encode()


@given(header_values)
def test_whatever_the_header_is_it_is_right_or_wrong(header: str) -> None:
    with pytest.raises(BadSignature):
        bot().verify(call(b"{}", headers={"X-Telegram-Bot-Api-Secret-Token": header}))
