"""What a call brought becomes rows, all or none, whatever is in it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.message import AliasChange, InboundMessage, Part
from app.domain.workspace import Workspace
from app.services import services
from app.storage import inbox
from app.storage.database import transaction
from app.storage.models import InboundEvent
from app.usecases.receive_call import LONGEST_ID, Delivery, Unread, receive

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
Make = Callable[..., Delivery]


@pytest.fixture
def delivery(database: Flask) -> Make:
    """Makes what a call brought for one account."""
    with transaction(write=True) as connection:
        services().workspaces.save(connection, Workspace(id="abc12", region="us"), NOW)
        given = {"slug": "whatsapp", "address": "445201198870331", "name": "Shop", "secrets": {}}
        account = services().channels.add(connection, "abc12", **given, at=NOW)  # type: ignore[arg-type]  # a test
    assert account is not None
    empty = Delivery(account_id=account.id, workspace_id="abc12", channel="whatsapp")
    return lambda *messages, **more: replace(empty, messages=messages, **more)


def message(event_id: str, sender: str = "4915770012345", **more: Any) -> InboundMessage:
    return InboundMessage(sender_id=sender, event_id=event_id, message_id=event_id, **more)


def events() -> list[inbox.StoredEvent]:
    with transaction() as connection:
        ids = connection.execute(select(InboundEvent.id).order_by(InboundEvent.id)).scalars().all()
        return [one for one in (inbox.get(connection, each) for each in ids) if one is not None]


def test_the_answer_counts_what_is_new_and_what_was_known(delivery: Make) -> None:
    first = receive([delivery(message("1"), message("2"))], NOW)
    then = receive([delivery(message("2"), message("3"))], NOW)
    assert (first.stored, first.known, first.event_ids) == (2, 0, ("1", "2"))
    assert (then.stored, then.known, then.event_ids) == (1, 1, ("2", "3"))


def test_a_call_that_holds_nothing_needs_no_database() -> None:
    assert receive([], NOW).stored == 0
    assert receive([Delivery(account_id=1, workspace_id="abc12", channel="line")], NOW).stored == 0


@pytest.mark.parametrize("text", ["", "a\x00b", "\ud83d half a pair", "🐙" * 5000, "<b>&amp;</b>\r\n"])
def test_a_text_comes_back_as_it_was(delivery: Make, text: str) -> None:
    receive([delivery(message("1", text=text))], NOW)
    [event] = events()
    assert InboundMessage.from_json(event.payload).text == text


@pytest.mark.parametrize("odd", ["a\x00b", "\ud83d", "x" * (LONGEST_ID + 1), ""])
def test_a_sender_id_that_no_column_keeps_is_set_aside_and_loses_no_other(delivery: Make, odd: str) -> None:
    receive([delivery(message("1", sender=odd), message("2"), message("3", aliases=(odd,)))], NOW)
    assert [(event.event_id, event.state) for event in events()] == [("1", "dead"), ("2", "waiting"), ("3", "dead")]


@pytest.mark.parametrize("event_id", ["a\x00b", "\ud83d", "x" * 10_000])
def test_an_odd_event_id_still_tells_a_delivery_again(delivery: Make, event_id: str) -> None:
    for _ in range(2):
        receive([delivery(message(event_id))], NOW)
    assert len(events()) == 1


def test_what_could_not_be_read_is_kept_for_an_operator_once(delivery: Make) -> None:
    unread = (Unread("", "no_sender", '{"x": "\ud83d"}'), Unread("9", "no_text", "{}"))
    for _ in range(2):
        receive([delivery(message("1"), unread=unread)], NOW)
    found = {event.event_id: event for event in events()}
    assert len(found) == 3
    assert (found["9"].state, found["9"].last_error) == ("dead", "no_text")
    assert (found["9"].payload["reason"], found["9"].payload["raw"]) == ("no_text", "{}")
    assert found["1"].state == "waiting"


def test_a_change_of_ids_waits_in_the_lane_of_the_person_whose_id_it_was(delivery: Make) -> None:
    receive([delivery(message("1", sender="DE.1"))], NOW)
    change = AliasChange(old_id="DE.1", new_id="DE.2", phone="+4915770012346", event_id="e2")
    receive([delivery(message("3", sender="DE.2"), alias_changes=(change,))], NOW)
    first, changed, later = events()
    assert first.lane == changed.lane == later.lane
    assert AliasChange(**changed.payload["alias_change"]) == change


def test_parts_of_a_text_are_held_back_until_it_is_whole(delivery: Make) -> None:
    receive([delivery(message("a", text="Hello ", part=Part("g", 1, 2)))], NOW)
    assert [event.state for event in events()] == ["part"]
    receive([delivery(message("b", text="world", part=Part("g", 2, 2)))], NOW)
    [whole] = [event for event in events() if event.state == "waiting"]
    assert InboundMessage.from_json(whole.payload).text == "Hello world"


def test_batches_that_race_in_opposite_order_are_stored_once(database: Flask, delivery: Make) -> None:
    batch = [message(str(number), sender=f"49157700{number:05d}") for number in range(30)]
    counts: list[int] = []

    def race(messages: list[InboundMessage]) -> None:
        with database.app_context():
            counts.append(receive([delivery(*messages)], NOW).stored)

    threads = [threading.Thread(target=race, args=(one,)) for one in (batch, batch[::-1], batch, batch[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == len(events()) == 30
