from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from app.domain.message import InboundMessage, Part
from app.storage import inbox
from app.storage.database import db, transaction
from app.storage.inbox import NewEvent
from app.storage.inbox_leases import Later, take
from app.storage.inbox_parts import join_incomplete

NOW = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
LANE = "channel:1:+353861234567"
MakePart = Callable[..., NewEvent]


@pytest.fixture
def a_part(database: Flask) -> Iterator[MakePart]:
    """Makes pieces of long texts; no channel account is needed for them."""

    def make(number: int, total: int, said: str, *, group: str = "g1", event_id: str = "") -> NewEvent:
        part = Part(group, number, total)
        message = InboundMessage(
            sender_id="+353861234567",
            event_id=event_id or f"{group}-{number}",
            message_id=f"{group}-{number}",
            text=said,
            sent_at=NOW + timedelta(seconds=number),
            part=part,
        )
        return NewEvent(
            workspace_id="abc12",
            account_id=None,
            event_id=message.event_id,
            lane=LANE,
            payload={**message.to_json(), "channel": "vonage"},
            part=part,
        )

    yield make
    if db.engine.dialect.name == "postgresql":
        with transaction(write=True) as connection:
            connection.execute(text("TRUNCATE procrastinate_jobs CASCADE"))


def store(*events: NewEvent, at: datetime = NOW) -> int:
    with transaction(write=True) as connection:
        return inbox.store(connection, events, at).stored


def waiting() -> list[InboundMessage]:
    """The messages that a worker would see, in their order."""
    with transaction() as connection:
        ids = connection.execute(text("SELECT id FROM inbound_event WHERE state = 'waiting' ORDER BY id")).scalars()
        events = [inbox.get(connection, event_id) for event_id in ids]
    payloads = [dict(event.payload) for event in events if event]
    assert all(payload.pop("channel") == "vonage" for payload in payloads)
    return [InboundMessage.from_json(payload) for payload in payloads]


def sweep(before: datetime, at: datetime = NOW) -> int:
    with transaction(write=True) as connection:
        return join_incomplete(connection, before, at)


def test_a_text_is_held_back_until_all_its_parts_are_here_in_whatever_order(a_part: MakePart) -> None:
    store(a_part(3, 3, "world"))
    store(a_part(1, 3, "Hel"))
    assert waiting() == []
    store(a_part(2, 3, "lo "))
    [message] = waiting()
    assert message.text == "Hello world"
    assert (message.message_id, message.sent_at, message.part) == ("g1-1", NOW + timedelta(seconds=1), None)


def test_the_whole_text_is_scheduled_as_one_event(a_part: MakePart) -> None:
    store(a_part(1, 2, "a"), a_part(2, 2, "b"))
    with transaction(write=True) as connection:
        event = take(connection, LANE, worker="w", lease=timedelta(seconds=30))
        if db.engine.dialect.name == "postgresql":
            assert connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar() == 1
        assert event is not None
        assert not isinstance(event, Later)
        assert event.event_id == "parts:g1/2:g1-1"
        assert isinstance(take(connection, LANE, worker="w", lease=timedelta(seconds=30)), Later)


def test_a_part_that_comes_twice_changes_nothing(a_part: MakePart) -> None:
    store(a_part(1, 2, "a"))
    assert store(a_part(1, 2, "a")) == 0
    store(a_part(2, 2, "b"))
    assert store(a_part(2, 2, "b"), a_part(1, 2, "a")) == 0
    assert [message.text for message in waiting()] == ["ab"]


def test_a_reference_that_comes_round_again_is_another_text(a_part: MakePart) -> None:
    store(a_part(1, 2, "a"), a_part(2, 2, "b"))
    store(a_part(1, 2, "c", event_id="e3"), a_part(2, 2, "d", event_id="e4"))
    assert [message.text for message in waiting()] == ["ab", "cd"]


def test_groups_with_another_total_do_not_mix(a_part: MakePart) -> None:
    store(a_part(1, 2, "a"), a_part(2, 3, "x", event_id="e2"))
    assert waiting() == []


def test_the_only_part_of_a_text_waits_for_nobody(a_part: MakePart) -> None:
    store(a_part(1, 1, "all"))
    assert [message.text for message in waiting()] == ["all"]


def test_parts_that_race_make_one_text(a_part: MakePart, database: Flask) -> None:
    for round_number in range(5):
        parts = [a_part(number, 4, str(number), group=f"g{round_number}") for number in range(1, 5)]
        start = threading.Barrier(4)

        def race(part: NewEvent, start: threading.Barrier = start) -> None:
            with database.app_context():
                start.wait()
                store(part)

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(race, parts))
    assert [message.text for message in waiting()] == ["1234"] * 5


def test_an_incomplete_text_comes_after_a_while_and_says_what_is_missing(a_part: MakePart) -> None:
    store(a_part(1, 3, "The start"), a_part(3, 3, "the end"))
    assert sweep(NOW) == 0
    assert sweep(NOW + timedelta(seconds=1)) == 1
    [message] = waiting()
    assert message.text == "The start [...] the end\n[Part 2 of 3 of this message did not arrive.]"
    assert sweep(NOW + timedelta(seconds=1)) == 0


def test_a_part_that_comes_after_that_is_brought_in_by_itself(a_part: MakePart) -> None:
    store(a_part(1, 3, "a"), a_part(3, 3, "c"))
    sweep(NOW + timedelta(seconds=1))
    store(a_part(2, 3, "b"), at=NOW + timedelta(minutes=20))
    assert sweep(NOW + timedelta(minutes=30)) == 1
    assert waiting()[1].text == "[...] b [...] \n[Parts 1 and 3 of 3 of this message did not arrive.]"


def test_a_total_that_nobody_sends_makes_no_endless_list(a_part: MakePart) -> None:
    store(a_part(1, 2_000_000_000, "a"))
    assert sweep(NOW + timedelta(seconds=1)) == 1
    assert len(waiting()[0].text) < 2000
