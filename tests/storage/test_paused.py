"""A paused account: its events are due again once it works, and whoever looks at its people is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, text, update

from app.domain.workspace import Workspace
from app.services import services
from app.storage import identities, inbox, inbox_hurry, paused
from app.storage.contact_facts import contact_facts
from app.storage.database import db, transaction
from app.storage.identities import Sender, link
from app.storage.models import InboundEvent

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
LATER = NOW + timedelta(minutes=15)


@pytest.fixture
def account(database: Flask) -> int:
    with transaction(write=True) as connection:
        services().workspaces.save(connection, Workspace(id="abc12", region="us"), NOW)
        made = services().channels.add(connection, "abc12", slug="line", address="U1", name="Shop", secrets={}, at=NOW)
    assert made is not None
    return made.id


def pause(account_id: int, at: datetime | None) -> None:
    with transaction(write=True) as connection:
        services().channels.set_paused(connection, account_id, at)


def due() -> dict[str, datetime]:
    with transaction() as connection:
        rows = connection.execute(select(InboundEvent.event_id, InboundEvent.next_try_at))
        return {row.event_id: row.next_try_at for row in rows}


def wake() -> int:
    with transaction(write=True) as connection:
        return paused.wake(connection, NOW)


def test_what_waited_for_an_account_is_due_once_it_works(
    account: int, database: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_hurry, "LANES_AT_ONCE", 2)
    events = [
        inbox.NewEvent(workspace_id="abc12", account_id=account, event_id=name, lane=f"lane {name}", payload={})
        for name in "abcd"
    ]
    pause(account, NOW)
    with transaction(write=True) as connection:
        inbox.store(connection, events, NOW - timedelta(hours=1))
        waits = {"last_error": "paused", "next_try_at": LATER}
        connection.execute(update(InboundEvent).where(InboundEvent.event_id != "d").values(**waits))
        limited = {"last_error": "rate_limited", "next_try_at": LATER}
        connection.execute(update(InboundEvent).where(InboundEvent.event_id == "d").values(**limited))
    assert wake() == 0
    pause(account, None)
    assert [wake(), wake(), wake()] == [2, 1, 0]
    assert due() == {"a": NOW, "b": NOW, "c": NOW, "d": LATER}
    with transaction() as connection:
        if connection.dialect.name == "postgresql":
            urgent = text("SELECT count(*) FROM procrastinate_jobs WHERE priority > 0 AND status = 'todo'")
            assert connection.execute(urgent).scalar() == 3


def test_the_sidebar_is_told(account: int) -> None:
    with transaction(write=True) as connection:
        identity_id = link(connection, "abc12", Sender(account_id=account, sender_id="U9"), "c1", match={}, at=NOW)
    for at in (None, NOW, None):
        pause(account, at)
        with transaction() as connection:
            [first] = contact_facts(connection, "abc12", "c1").identities
            listed = identities.one_of_contact(connection, "abc12", "c1", identity_id)
        assert listed is not None
        assert first.is_paused == listed.is_paused == (at is not None)


def test_what_was_done_long_ago_costs_nothing(app: Flask) -> None:
    """By the index of what waits: SQLite has one writer, and nobody is answered while it goes through all events."""
    statements: list[tuple[str, Any]] = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *told: statements.append((told[2], told[3])))
        wake()
        with transaction(write=True) as connection:
            inbox_hurry.hurry_workspace(connection, "disconnected", "abc12", NOW)
        with db.engine.connect() as connection:
            plans = [
                [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
                for sql, values in list(statements)
                if "inbound_event" in sql
            ]
    assert len(plans) == 2
    for first, *rest in plans:
        assert first.startswith("SEARCH inbound_event USING INDEX ix_inbound_event_waiting")
        assert not any("TEMP B-TREE" in step for step in rest)
