"""Telegram: who wrote what to the bot, and that nobody else can say so."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from app.channels.base import Account, BadSignature, Parsed, UnreadableBody
from app.channels.telegram import TelegramAdapter
from tests.channels.arbitrary import any_bodies, header_values, nearly
from tests.channels.expected import Sample, assert_as_expected, call, sample_call, samples, signature_vectors
from tests.channels.telegram.calls import PERSON, SECRET, bot, parse, the_message, update

SAMPLES = samples("telegram")


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
