from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import text

from app.domain.workspace import Workspace
from app.storage import inbox, retention
from app.storage.channels import ChannelRepository
from app.storage.crypto import SecretBox
from app.storage.database import db, transaction
from app.storage.inbox import NewEvent, StoredEvent, StoreResult
from app.storage.inbox_leases import Later, take
from app.storage.inbox_schedule import new_bell
from app.storage.workspaces import WorkspaceRepository

NOW = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
LEASE = timedelta(seconds=30)
BOX = SecretBox([Fernet.generate_key().decode()])
MakeEvent = Callable[..., NewEvent]


@pytest.fixture
def an_event(database: Flask) -> Iterator[MakeEvent]:
    """Makes events of one account: the id, the sender, the text."""
    with transaction(write=True) as connection:
        WorkspaceRepository(BOX).add(connection, Workspace(id="abc12", region="us"), NOW)
        account = ChannelRepository(BOX).ensure(
            connection, "abc12", slug="twilio", address="+15550100", name="Support", at=NOW
        )

    def make(event_id: str, sender: str = "s1", said: str = "Hello", **further: Any) -> NewEvent:
        event = NewEvent(
            workspace_id="abc12",
            account_id=account.id,
            event_id=event_id,
            lane=f"channel:{account.id}:{sender}",
            payload={"text": said},
        )
        return replace(event, **further)

    yield make
    if db.engine.dialect.name == "postgresql":
        with transaction(write=True) as connection:
            connection.execute(text("TRUNCATE procrastinate_jobs CASCADE"))


def store(*events: NewEvent, at: datetime = NOW) -> StoreResult:
    with transaction(write=True) as connection:
        return inbox.store(connection, events, at)


def take_from(lane: str) -> StoredEvent | Later | None:
    with transaction(write=True) as connection:
        return take(connection, lane, worker="w1", lease=LEASE)


def taken(lane: str) -> StoredEvent:
    event = take_from(lane)
    assert isinstance(event, StoredEvent)
    return event


def kill(lane: str, code: str = "bad_payload") -> StoredEvent:
    """Take the head of the lane and let it die."""
    event = taken(lane)
    with transaction(write=True) as connection:
        connection.execute(
            text("UPDATE inbound_event SET state = 'dead', last_error = :code WHERE id = :id"),
            {"code": code, "id": event.id},
        )
    return event


def tickets() -> int:
    with transaction() as connection:
        return int(connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one())


def test_an_event_is_stored_once_and_comes_out_as_it_went_in(an_event: MakeEvent) -> None:
    event = an_event("e1", said="Héllo \x00 \ud800")
    assert store(event) == StoreResult(stored=1, known=0)
    assert store(event, an_event("e2")) == StoreResult(stored=1, known=1)
    first = taken(event.lane)
    assert first.payload == {"text": "Héllo \x00 \ud800"}
    assert (first.event_id, first.source, first.workspace_id, first.received_at) == ("e1", "channel", "abc12", NOW)


def test_the_same_id_on_another_account_or_from_intercom_is_another_event(an_event: MakeEvent) -> None:
    intercom = an_event("e1", account_id=None, lane="intercom:c1")
    assert store(an_event("e1"), intercom, intercom) == StoreResult(stored=2, known=1)
    assert taken("intercom:c1").source == "intercom"


def test_events_without_an_id_are_told_apart_by_what_they_hold(an_event: MakeEvent) -> None:
    assert store(an_event("", said="one"), an_event("", said="two"), an_event("", said="one")).stored == 2


def test_an_id_that_no_index_can_hold_is_still_one_event(an_event: MakeEvent) -> None:
    long = "é" * 5000
    event = an_event(long + "1", sender=long)
    assert store(event, an_event(long + "2", sender=long)).stored == 2
    assert store(event).known == 1


def test_what_is_rolled_back_was_never_stored_nor_scheduled(an_event: MakeEvent, database: Flask) -> None:
    event = an_event("e1")
    with suppress(ZeroDivisionError), transaction(write=True) as connection:
        inbox.store(connection, [event], NOW)
        raise ZeroDivisionError
    assert take_from(event.lane) is None
    if db.engine.dialect.name == "postgresql":
        assert tickets() == 0
        store(event)
        assert tickets() == 1


def test_twenty_racing_threads_store_one_event_once(an_event: MakeEvent, database: Flask) -> None:
    start = threading.Barrier(20)
    pair = (an_event("e1", "s1"), an_event("e2", "s2"))

    def race(number: int) -> int:
        with database.app_context():
            start.wait()
            return store(*(pair if number % 2 else pair[::-1])).stored

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(race, range(20))) == 2
    if db.engine.dialect.name == "postgresql":
        assert tickets() == 2


def test_a_lane_gives_its_oldest_event_to_one_worker(an_event: MakeEvent) -> None:
    store(an_event("e1"), an_event("e2"), an_event("e3", "s2"))
    lane = an_event("e1").lane
    event = taken(lane)
    assert (event.event_id, event.epoch, event.worker) == ("e1", 1, "w1")
    busy = take_from(lane)
    assert isinstance(busy, Later)
    assert busy.at == event.leased_until
    assert taken(an_event("e3", "s2").lane).event_id == "e3"


def test_a_poison_event_is_kept_dead_with_its_raw_text(an_event: MakeEvent) -> None:
    store(an_event("e1", poison="no_sender", payload={"raw": "{"}))
    with transaction() as connection:
        [event] = inbox.dead(connection)
        assert inbox.dead(connection, workspace_id="another") == ()
    assert (event.last_error, event.payload, event.state) == ("no_sender", {"raw": "{"}, "dead")
    assert take_from(event.lane) is None


def test_a_replayed_event_goes_before_the_younger_ones_of_its_lane(an_event: MakeEvent) -> None:
    store(an_event("e1"), an_event("e2"))
    lane = an_event("e1").lane
    dead = kill(lane)
    with transaction(write=True) as connection:
        assert inbox.replay(connection, dead.id, NOW)
        assert not inbox.replay(connection, dead.id, NOW)
        assert not inbox.replay(connection, 12345, NOW)
    again = taken(lane)
    assert (again.event_id, again.attempts) == ("e1", 0)
    assert again.epoch > dead.epoch


def test_ended_events_are_forgotten_after_a_while_and_waiting_ones_never(an_event: MakeEvent) -> None:
    long_ago = NOW - timedelta(days=31)
    store(an_event("e1", poison="no_sender"), an_event("e2"), at=long_ago)
    store(an_event("e3", poison="no_sender"))
    with transaction(write=True) as connection:
        old = retention.old_events(connection, NOW - timedelta(days=30))
        assert retention.drop_events(connection, old) == 1
        assert retention.old_events(connection, NOW - timedelta(days=30)) == []
        assert [one.event_id for one in inbox.dead(connection)] == ["e3"]
    assert taken(an_event("e2").lane).event_id == "e2"


def test_the_depth_counts_what_waits_what_is_delayed_and_what_is_dead(an_event: MakeEvent) -> None:
    with transaction() as connection:
        empty = inbox.depth(connection)
    assert (empty.waiting, empty.delayed, empty.dead, empty.oldest_waiting_at) == (0, 0, 0, None)
    store(an_event("e1"), at=NOW - timedelta(hours=1))
    store(an_event("e2"), an_event("e3", poison="no_sender"))
    store(an_event("e4"), at=NOW + timedelta(hours=1))
    with transaction() as connection:
        depth = inbox.depth(connection, NOW)
    assert (depth.waiting, depth.delayed, depth.dead) == (2, 1, 1)
    assert depth.oldest_waiting_at == NOW - timedelta(hours=1)


def test_an_event_can_be_looked_up(an_event: MakeEvent) -> None:
    store(an_event("e1"))
    event = taken(an_event("e1").lane)
    with transaction() as connection:
        assert inbox.get(connection, event.id) == event
        assert inbox.get(connection, event.id + 1) is None


def test_no_text_lane_or_step_is_in_the_repr(an_event: MakeEvent) -> None:
    event = an_event("e1", sender="+353861234567", said="a secret")
    store(event)
    for shown in (repr(event), repr(taken(event.lane))):
        assert "+353861234567" not in shown
        assert "a secret" not in shown


def test_storing_wakes_the_workers_of_this_process(app: Flask) -> None:
    with app.app_context():
        bell = new_bell()
        event = NewEvent(workspace_id="abc12", account_id=None, event_id="e1", lane="intercom:c1", payload={})
        with transaction(write=True) as connection:
            inbox.store(connection, [event], NOW)
            assert not bell.is_set()
        assert bell.is_set()
        bell.clear()
        store(event)
        assert not bell.is_set()


def test_one_waiting_ticket_is_enough_for_a_lane(an_event: MakeEvent, database: Flask) -> None:
    store(an_event("e1"), an_event("e2"), an_event("e3", "s2"))
    store(an_event("e4"))
    if db.engine.dialect.name == "postgresql":
        assert tickets() == 2
        with transaction() as connection:
            locks = connection.execute(text("SELECT lock || args::text FROM procrastinate_jobs")).scalars().all()
        assert not any("s1" in lock for lock in locks)
