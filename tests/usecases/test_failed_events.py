"""What an admin does about failed events: only those of the own workspace, and never without a record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import text

from app.domain.teammate import Teammate
from app.storage import audit, inbox
from app.storage.database import db, transaction
from app.storage.inbox import NewEvent
from app.usecases.failed_events import read_payload, replay_all_failed, replay_failed

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
BO = Teammate("814860", "Bo Ek")


@pytest.fixture
def failed(database: Flask) -> Iterator[dict[str, list[int]]]:
    """The ids of two failed events and one that waits, in each of two workspaces."""
    ids: dict[str, list[int]] = {}
    for workspace in ("abc12", "xyz98"):
        events = [
            NewEvent(
                workspace_id=workspace,
                account_id=None,
                event_id=f"e{number}",
                lane=f"intercom:{workspace}:c{number}",
                payload={"text": f"of {workspace}"},
                poison="unreadable" if number < 2 else None,
            )
            for number in range(3)
        ]
        with transaction(write=True) as connection:
            inbox.store(connection, events, NOW)
            ids[workspace] = list(inbox.dead_ids(connection, workspace))
    yield ids
    if db.engine.dialect.name == "postgresql":
        with transaction(write=True) as connection:
            connection.execute(text("TRUNCATE procrastinate_jobs CASCADE"))


def still_failed(workspace: str) -> list[int]:
    with transaction() as connection:
        return list(inbox.dead_ids(connection, workspace))


def recorded(workspace: str) -> list[tuple[str, int, Teammate | None]]:
    with transaction() as connection:
        return [(one.action, one.details["event_id"], one.by) for one in audit.of_workspace(connection, workspace)]


def test_a_failed_event_is_replayed_once_and_recorded(failed: dict[str, list[int]]) -> None:
    first, second = failed["abc12"]
    assert replay_failed("abc12", [first], by=BO, at=NOW) == 1
    assert replay_failed("abc12", [first], by=BO, at=NOW) == 0
    assert still_failed("abc12") == [second]
    assert recorded("abc12") == [("event_replayed", first, BO)]


def test_another_workspace_s_event_is_neither_replayed_nor_read(failed: dict[str, list[int]]) -> None:
    theirs = failed["xyz98"]
    assert replay_failed("abc12", theirs, by=BO, at=NOW) == 0
    assert read_payload("abc12", theirs[0], by=BO, at=NOW) is None
    assert replay_all_failed("abc12", by=BO, at=NOW) == 2
    assert still_failed("xyz98") == theirs
    assert recorded("xyz98") == []


def test_whoever_reads_what_a_customer_wrote_is_recorded(failed: dict[str, list[int]]) -> None:
    event_id = failed["abc12"][0]
    event = read_payload("abc12", event_id, by=BO, at=NOW)
    assert event is not None
    assert event.payload == {"text": "of abc12"}
    assert recorded("abc12") == [("payload_read", event_id, BO)]


def test_what_has_not_failed_is_not_shown(failed: dict[str, list[int]]) -> None:
    waiting = max(failed["abc12"]) + 1
    with transaction() as connection:
        assert inbox.get(connection, waiting, workspace_id="abc12") is not None
    assert read_payload("abc12", waiting, by=BO, at=NOW) is None


def test_the_queue_is_counted_for_each_workspace(failed: dict[str, list[int]]) -> None:
    replay_failed("abc12", failed["abc12"][:1], by=BO, at=NOW)
    with transaction() as connection:
        mine, theirs, both = (inbox.depth(connection, NOW, workspace_id=one) for one in ("abc12", "xyz98", None))
    assert [(one.waiting, one.dead) for one in (mine, theirs, both)] == [(2, 1), (1, 2), (3, 3)]
