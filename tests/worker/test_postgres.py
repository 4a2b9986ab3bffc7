"""What only PostgreSQL's engine has: connections to lose, and tickets."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from app.domain.work import Done, Hold, Outcome, WaitUntil
from app.storage import inbox_schedule
from app.storage.database import DatabaseUnavailable, transaction
from app.storage.inbox import StoredEvent
from app.storage.inbox_hurry import hurry_workspace
from tests.worker.conftest import Diary, Inbox, Working, until

pytestmark = pytest.mark.postgres


@pytest.fixture
def database(postgres_app: Flask) -> Iterator[Flask]:
    with postgres_app.app_context():
        yield postgres_app


def sooner_or_later(ask: Callable[[], bool | None]) -> Callable[[], bool]:
    """The test's own connections are cut too."""

    def asked() -> bool:
        with suppress(DatabaseUnavailable):
            return ask() is not False
        return False

    return asked


def cut_all_connections(url: str) -> None:
    """What a restart of PostgreSQL does to us."""
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(query, [connection.info.backend_pid])


def test_lost_connections_lose_nothing_and_keep_the_order(box: Inbox, at_work: Working, diary: Diary, url: str) -> None:
    names = [f"a{number}" for number in range(9)]
    with at_work(diary.work):
        for some in (names[:3], names[3:6], names[6:]):
            until(sooner_or_later(lambda some=some: box.store(*some)))  # type: ignore[misc]  # the loop's own value
            cut_all_connections(url)
            time.sleep(0.1)
        until(sooner_or_later(lambda: box.are_done(*names)))
    assert list(dict.fromkeys(diary.done)) == names


def test_a_connection_lost_during_the_work_does_not_do_it_twice(box: Inbox, at_work: Working, url: str) -> None:
    began: list[str] = []

    def work(event: StoredEvent, _hold: Hold) -> Outcome:
        began.append(event.event_id)
        if event.event_id == "a1":
            cut_all_connections(url)
        return Done()

    box.store("a1", "a2")
    with at_work(work):
        until(sooner_or_later(lambda: box.are_done("a1", "a2")))
    assert began == ["a1", "a2"]


def test_a_lane_whose_ticket_was_lost_is_found_again(box: Inbox, at_work: Working, diary: Diary) -> None:
    box.store("a1", "a2")
    box.execute("DELETE FROM procrastinate_jobs")
    with transaction(write=True) as connection:
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        connection.execute(text("UPDATE inbound_event SET next_try_at = :at"), {"at": long_ago})
    with at_work(diary.work, round_s=0.2):
        until(lambda: box.are_done("a1", "a2"))
    assert diary.done == ["a1", "a2"]


def test_no_ticket_is_left_when_the_work_is_done(box: Inbox, at_work: Working, diary: Diary) -> None:
    box.store("a1", "a2")
    box.store("b1", lane="b")
    with at_work(diary.work):
        until(lambda: box.are_done("a1", "a2", "b1"))
    with transaction() as connection:
        assert connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar() == 0


def test_what_comes_after_a_wait_that_was_cut_short_does_not_wait_for_its_end(
    box: Inbox, at_work: Working, diary: Diary
) -> None:
    """As after a new install: the messages that waited for the token go on at once, and so does the next one."""
    now = datetime.now(UTC)
    diary.plans["a1"] = [WaitUntil(at=now + timedelta(minutes=5), code="disconnected", counts=False)]
    box.store("a1")
    with at_work(diary.work):
        until(lambda: box.event("a1").last_error == "disconnected")
        until(lambda: tickets("todo") == 1)
        with transaction(write=True) as connection:
            assert hurry_workspace(connection, "disconnected", "abc12", datetime.now(UTC)) == 1
        until(lambda: box.are_done("a1"))
        until(lambda: tickets("doing") == 0)
        box.store("a2")
        until(lambda: box.are_done("a2"))


def put_off_a_ticket(box: Inbox) -> None:
    """What a worker does that was about to wait when the wait was cut short: the lane's ticket gets the old time."""
    box.store("a1")
    box.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + INTERVAL '15 minutes'")


def test_a_ticket_that_was_put_off_too_late_hides_no_later_event(box: Inbox, at_work: Working, diary: Diary) -> None:
    put_off_a_ticket(box)
    box.store("a2")
    assert tickets("todo") == 1
    with at_work(diary.work):
        until(lambda: box.are_done("a1", "a2"))
    assert diary.done == ["a1", "a2"]


def test_a_ticket_that_was_put_off_too_late_is_found(box: Inbox, at_work: Working, diary: Diary) -> None:
    put_off_a_ticket(box)
    box.execute("UPDATE inbound_event SET next_try_at = now() - INTERVAL '1 hour'")
    with at_work(diary.work, round_s=0.2):
        until(lambda: box.are_done("a1"))


def test_a_ticket_that_waits_with_its_lane_is_left_in_peace(box: Inbox) -> None:
    for waits in ("next_try_at", "leased_until"):
        put_off_a_ticket(box)
        box.execute(f"UPDATE inbound_event SET {waits} = now() + INTERVAL '15 minutes'")
        box.store("a2")
        with transaction(write=True) as connection:
            assert inbox_schedule.schedule_forgotten(connection, datetime.now(UTC) - timedelta(seconds=1)) == 0
        assert (tickets("todo"), minutes_off()) == (1, 15)
        box.execute("DELETE FROM procrastinate_jobs")
        box.execute("DELETE FROM inbound_event")


def minutes_off() -> int:
    """How far off the only ticket is."""
    query = text("SELECT round(extract(epoch FROM scheduled_at - now()) / 60) FROM procrastinate_jobs")
    with transaction() as connection:
        return int(connection.execute(query).scalar_one())


def tickets(status: str) -> int:
    query = text("SELECT count(*) FROM procrastinate_jobs WHERE status::text = :status")
    with transaction() as connection:
        return int(connection.execute(query, {"status": status}).scalar_one())


def test_no_line_of_procrastinates_names_a_sender(
    box: Inbox, at_work: Working, diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    diary.plans["a1"] = [ZeroDivisionError("+353861234567")]
    box.store("a1", lane="+353861234567")
    with at_work(diary.work), caplog.at_level(logging.DEBUG, "procrastinate"):
        until(lambda: box.event("a1").attempts == 1)
        time.sleep(0.1)
    written = [repr(vars(record)) for record in caplog.records if record.name.startswith("procrastinate")]
    assert any("lock" in one for one in written)
    assert not any("353861234567" in one for one in written)
