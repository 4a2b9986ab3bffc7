"""A customer writes, and the message is in the Inbox: once, in order, on the right contact, with its reason."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.storage.database import transaction
from app.storage.models import ConversationLink
from app.usecases.desk import utc_now
from tests.bridge.conftest import SEARCH_LAG_S, Bridge
from tests.bridge.providers import connect
from tests.conftest import CLIENT_SECRET
from tests.http.conftest import posting_to
from tests.sidebar_driver import ADMIN, Sidebar


def test_a_message_from_nobody_becomes_a_lead_with_its_reason(bridged: Bridge) -> None:
    assert bridged.telegram("Do you deliver?", first_name="ゆき") == 200
    bridged.work()
    assert bridged.events() == [("done", None)]
    [contact] = bridged.workspace.contacts()
    assert (contact["role"], contact["name"]) == ("lead", "ゆき")
    assert contact["custom_attributes"] == {"kinbox_channel": "telegram", "kinbox_telegram_id": "5201340987"}
    assert bridged.threads() == [["<p>Do you deliver?</p>"]]
    assert bridged.linked() == [("5201340987", contact["id"], {"rule": "new_lead", "value": None, "runners_up": []})]


def test_a_new_sender_costs_three_calls_and_a_known_one_one(bridged: Bridge) -> None:
    set_up = ["workspaces", "set", bridged.workspace.app_id, "tag_conversations=no"]
    bridged.app.test_cli_runner().invoke(args=set_up)
    bridged.telegram("first, which makes the attributes")
    bridged.work()
    bridged.workspace.call_log.clear()
    bridged.telegram("Hello", sender=77)
    bridged.work()
    assert [path for _, path in bridged.calls()] == ["/contacts/search", "/contacts", "/conversations"]
    bridged.workspace.call_log.clear()
    bridged.telegram("Again", sender=77)
    bridged.work()
    [(method, path)] = bridged.calls()
    assert (method, path.rpartition("/")[2]) == ("POST", "reply")


def test_ten_messages_at_once_of_a_new_sender_make_one_lead_and_keep_their_order(bridged: Bridge) -> None:
    bridged.workspace.faults.index_lag_s = 120.0
    for number in range(10):
        bridged.telegram(f"number {number}")
    bridged.work()
    assert len(bridged.workspace.contacts()) == 1
    assert bridged.threads() == [[f"<p>number {number}</p>" for number in range(10)]]


def test_a_redelivered_message_shows_once(bridged: Bridge) -> None:
    for _ in range(3):
        assert bridged.telegram("Hello", update_id=9) == 200
    bridged.work()
    assert bridged.threads() == [["<p>Hello</p>"]]


def test_a_text_message_lands_on_the_contact_with_the_number(bridged: Bridge) -> None:
    bridged.app.test_cli_runner().invoke(args=["workspaces", "set", bridged.workspace.app_id, "country=US"])
    user = bridged.intercom.create_contact({"role": "user", "external_id": "u1", "phone": "(415) 555-0100"}).id
    other = bridged.intercom.create_contact({"role": "user", "external_id": "u2", "phone": "415-555-0100"}).id
    bridged.sms("Where is my order?", "+14155550100")
    bridged.work()
    [(_, contact_id, match)] = bridged.linked()
    assert contact_id in {user, other}
    assert (match["rule"], match["value"]) == ("phone", "+14155550100")
    assert match["runners_up"] == [({user, other} - {contact_id}).pop()]
    assert len(bridged.workspace.contacts()) == 2


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("path", "made"), [("/contacts", "lead"), ("/conversations", "conversation")])
def test_a_lost_answer_makes_nothing_twice(
    when: str, path: str, made: str, bridged: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridged.telegram("first", sender=1)
    bridged.work()
    bridged.workspace.faults.index_lag_s = 0.5
    bridged.workspace.faults.add("lost", when=when, path=path, method="POST", count=1)
    bridged.telegram("Hello", sender=2)
    bridged.work()
    assert bridged.events()[1][0] == "waiting"
    if when == "before":
        bridged.hurry()
        bridged.work()
        assert bridged.events()[1] == ("waiting", "in_doubt")
        monkeypatch.setattr("app.usecases.bridge.post_message.SETTLES_WITHIN", timedelta(0))
        time.sleep(SEARCH_LAG_S)
    else:
        bridged.workspace.faults.index_lag_s = 0.0
    bridged.hurry()
    bridged.work()
    bridged.hurry()
    bridged.work()
    assert [state for state, _ in bridged.events()] == ["done", "done"]
    assert len(bridged.workspace.contacts()) == 2
    assert bridged.threads() == [["<p>first</p>"], ["<p>Hello</p>"]]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_to_a_reply_shows_it_once(when: str, bridged: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    bridged.telegram("first")
    bridged.work()
    bridged.workspace.faults.add("lost", when=when, path="/conversations/*/reply", count=1)
    bridged.telegram("second")
    bridged.telegram("third")
    bridged.work()
    monkeypatch.setattr("app.usecases.bridge.post_message.SETTLES_WITHIN", timedelta(0))
    bridged.hurry()
    bridged.work()
    assert bridged.threads() == [["<p>first</p>", "<p>second</p>", "<p>third</p>"]]


def test_a_rate_limit_delays_and_drops_nothing(bridged: Bridge) -> None:
    bridged.workspace.faults.add("status", status=429, reset_s=60, path="/contacts/search", count=1)
    bridged.telegram("Hello")
    bridged.work()
    assert bridged.events() == [("waiting", "rate_limited")]
    bridged.hurry()
    bridged.work()
    assert bridged.threads() == [["<p>Hello</p>"]]


def test_a_revoked_token_keeps_the_work_waiting(bridged: Bridge) -> None:
    bridged.workspace.faults.access = "revoked"
    bridged.telegram("Hello")
    bridged.work()
    assert bridged.events() == [("waiting", "disconnected")]
    bridged.workspace.faults.access = "active"
    bridged.hurry()
    bridged.work()
    assert bridged.threads() == [["<p>Hello</p>"]]


def test_after_a_merge_inside_intercom_the_next_message_lands_on_the_survivor(bridged: Bridge) -> None:
    bridged.telegram("Hello")
    bridged.work()
    [lead] = bridged.workspace.contacts()
    user = bridged.intercom.create_contact({"role": "user", "external_id": "u1"}).id
    bridged.intercom.merge(lead["id"], user, skip_duplicate_validation=True)
    bridged.telegram("Again")
    bridged.work()
    assert bridged.threads() == [["<p>Hello</p>", "<p>Again</p>"]]
    assert [contact_id for _, contact_id, _ in bridged.linked()] == [user]


def test_a_contact_that_is_gone_is_replaced_by_a_new_lead_that_says_why(bridged: Bridge) -> None:
    bridged.telegram("Hello")
    bridged.work()
    [lead] = bridged.workspace.contacts()
    bridged.workspace.lifecycle.block(lead["id"])
    bridged.telegram("Again")
    bridged.work()
    [(_, contact_id, match)] = bridged.linked()
    assert contact_id not in {None, lead["id"]}
    assert match == {
        "rule": "new_lead",
        "value": "the contact before is no longer served by Intercom",
        "runners_up": [],
    }
    assert bridged.events() == [("done", None), ("done", None)]


def merge_into_a_user(bridged: Bridge, lead_id: str) -> str:
    user = bridged.intercom.create_contact({"role": "user", "external_id": "u1"}).id
    bridged.intercom.merge(lead_id, user, skip_duplicate_validation=True)
    return user


def test_a_contact_that_was_just_made_and_merged_is_the_survivor_for_another_channel_too(bridged: Bridge) -> None:
    """The same number a moment later on another account, before Intercom's search is up to date."""
    bridged.workspace.faults.index_lag_s = 60.0
    bridged.sms("Hello", "+14155550100")
    bridged.work()
    [lead] = bridged.workspace.contacts()
    user = merge_into_a_user(bridged, lead["id"])
    connect(bridged, "twilio").send(From="+14155550100")
    bridged.work()
    assert bridged.events() == [("done", None), ("done", None)]
    assert [contact_id for _, contact_id, _ in bridged.linked()] == [user, user]
    assert [one["id"] for one in bridged.workspace.contacts()] == [user]


@pytest.mark.parametrize("gone", ["merged", "blocked"])
def test_a_person_of_two_channels_is_followed_also_when_they_change_channels(gone: str, bridged: Bridge) -> None:
    """Another channel than the last is written down on the contact, who may not be there any more."""
    twilio = connect(bridged, "twilio")
    bridged.sms("Hello", "+14155550100")
    twilio.send(From="+14155550100")
    bridged.work()
    [lead] = bridged.workspace.contacts()
    user = None
    if gone == "merged":
        user = merge_into_a_user(bridged, lead["id"])
    else:
        bridged.workspace.lifecycle.block(lead["id"])
    bridged.sms("Again", "+14155550100")
    bridged.work()
    assert bridged.events() == [("done", None)] * 3
    assert bridged.linked()[0][1] not in {None, lead["id"]}
    if user is not None:
        assert [contact_id for _, contact_id, _ in bridged.linked()] == [user, user]
        assert bridged.workspace.contact(user)["custom_attributes"] == {"kinbox_channel": "africastalking"}


def test_a_contact_that_was_just_made_and_is_gone_is_not_waited_for(bridged: Bridge) -> None:
    bridged.workspace.faults.index_lag_s = 60.0
    bridged.sms("Hello", "+14155550100")
    bridged.work()
    [lead] = bridged.workspace.contacts()
    bridged.workspace.lifecycle.block(lead["id"])
    connect(bridged, "twilio").send(From="+14155550100")
    bridged.work()
    assert bridged.events() == [("done", None), ("done", None)]
    assert bridged.linked()[1][1] not in {None, lead["id"]}
    assert bridged.linked()[1][2]["rule"] == "new_lead"


def test_an_old_conversation_is_left_and_a_new_one_started(bridged: Bridge) -> None:
    bridged.telegram("Hello")
    bridged.work()
    bridged.app.test_cli_runner().invoke(
        args=["workspaces", "set", bridged.workspace.app_id, "new_conversation_after_hours=1"]
    )
    with bridged.app.app_context(), transaction(write=True) as connection:
        connection.execute(update(ConversationLink).values(last_activity_at=utc_now() - timedelta(hours=2)))
    bridged.telegram("Later")
    bridged.work()
    assert bridged.threads() == [["<p>Hello</p>"], ["<p>Later</p>"]]


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"location": {"latitude": 53.3, "longitude": -6.2}}, "[location: "),
        ({"contact": {"phone_number": "+35315550199", "first_name": "Bo"}}, "[contact card: "),
        ({"sticker": {"file_id": "s", "emoji": "🙂"}}, "[sticker"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "["),
    ],
)
def test_what_is_no_text_is_told_in_words(more: dict[str, Any], line: str, bridged: Bridge) -> None:
    bridged.telegram(None, **more)
    bridged.work()
    [[body]] = bridged.threads()
    assert body.startswith(f"<p>{line}"), body


def test_a_name_that_comes_late_replaces_only_our_own(bridged: Bridge) -> None:
    bridged.telegram("Hello", sender=1)
    bridged.telegram("Hello", sender=2)
    bridged.work()
    named = {one["name"]: one["id"] for one in bridged.workspace.contacts()}
    assert set(named) == {"Telegram user 1", "Telegram user 2"}
    bridged.intercom.update_contact(named["Telegram user 2"], {"name": "Typed by a teammate"})
    bridged.telegram("Again", sender=1, first_name="Ann")
    bridged.telegram("Again", sender=2, first_name="Bo")
    bridged.work()
    assert {one["name"] for one in bridged.workspace.contacts()} == {"Ann", "Typed by a teammate"}


def test_the_sidebar_tells_why(bridged: Bridge) -> None:
    bridged.telegram("Hello", first_name="ゆき", username="yuki")
    bridged.work()
    [contact] = bridged.workspace.contacts()
    sidebar = Sidebar(
        posting_to(bridged.app.test_client()),
        CLIENT_SECRET,
        bridged.workspace.app_id,
        contact,
        ADMIN,
    )
    shown = sidebar.open()
    assert (shown.title, "Nobody matched, so Kinbox made this lead." in shown.text) == ("New lead", True)
