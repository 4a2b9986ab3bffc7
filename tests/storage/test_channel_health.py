"""How the accounts of a workspace do, in few queries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text, update

from app.domain.workspace import Workspace
from app.services import services
from app.storage import channel_health, inbox
from app.storage.channel_health import ChannelHealth
from app.storage.database import db, transaction
from app.storage.models import InboundEvent

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)


def account(app_id: str, address: str) -> int:
    with transaction(write=True) as connection:
        services().workspaces.save(connection, Workspace(id=app_id, region="us"), NOW)
        made = services().channels.add(
            connection, app_id, slug="line", address=address, name="Shop", secrets={}, at=NOW
        )
    assert made is not None
    return made.id


def stored(app_id: str, account_id: int, name: str, at: datetime, **changes: Any) -> None:
    new = inbox.NewEvent(workspace_id=app_id, account_id=account_id, event_id=name, lane=name, payload={})
    with transaction(write=True) as connection:
        inbox.store(connection, [new], at)
        if changes:
            connection.execute(update(InboundEvent).where(InboundEvent.event_id == name).values(**changes))


def health(app_id: str, *account_ids: int) -> dict[int, ChannelHealth]:
    with transaction() as connection:
        return dict(channel_health.of_workspace(connection, app_id, account_ids))


def test_each_account_is_told_by_itself(database: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel_health, "NEWEST_LOOKED_AT", 3)  # so that the first accounts are quiet ones
    busy, failing, quiet = account("abc12", "U1"), account("abc12", "U2"), account("abc12", "U3")
    foreign = account("xyz99", "U1")
    hour = timedelta(hours=1)
    stored("abc12", busy, "a", NOW, state="done", finished_at=NOW)
    stored("abc12", busy, "b", NOW + hour)
    stored("abc12", busy, "c", NOW + 2 * hour, last_error="paused")
    stored("abc12", failing, "d", NOW, state="dead", last_error="intercom_422_x", finished_at=NOW + hour)
    stored("abc12", failing, "e", NOW, state="dead", last_error="intercom_400_y", finished_at=NOW + 2 * hour)
    stored("abc12", failing, "f", NOW + hour, last_error="rate_limited")
    stored("xyz99", foreign, "g", NOW + 9 * hour)
    assert health("abc12", busy, failing, quiet, foreign, 999) == {
        busy: ChannelHealth(
            account_id=busy, last_event_at=NOW + 2 * hour, waiting=2, oldest_waiting_at=NOW + hour, dead=0
        ),
        failing: ChannelHealth(
            account_id=failing,
            last_event_at=NOW + hour,
            last_error="intercom_400_y",
            last_error_at=NOW + 2 * hour,
            waiting=1,
            oldest_waiting_at=NOW + hour,
            dead=2,
        ),
        quiet: ChannelHealth(account_id=quiet),
    }


def test_what_is_still_tried_tells_its_trouble_too(database: Flask) -> None:
    number = account("abc12", "U1")
    stored("abc12", number, "a", NOW, last_error="rate_limited")
    stored("abc12", number, "b", NOW, state="part")
    with transaction(write=True) as connection:
        services().channels.set_paused(connection, number, NOW)
    assert health("abc12", number)[number] == ChannelHealth(
        account_id=number,
        last_event_at=NOW,
        last_error="rate_limited",
        last_error_at=NOW,
        waiting=2,
        oldest_waiting_at=NOW,
        paused_at=NOW,
    )


def test_the_counts_come_from_the_partial_indexes(app: Flask) -> None:
    statements: list[tuple[str, Any]] = []
    with app.app_context():
        number = account("abc12", "U1")
        stored("abc12", number, "a", NOW)
        event.listen(db.engine, "before_cursor_execute", lambda *told: statements.append((told[2], told[3])))
        health("abc12", number)
        with db.engine.connect() as connection:
            plans = [
                " ".join(row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values))
                for sql, values in list(statements)
            ]
    assert len(plans) == 4
    assert "ix_inbound_event_waiting" in plans[2]
    assert "ix_inbound_event_parts" in plans[2]
    assert "ix_inbound_event_dead" in plans[3]


def test_many_events_of_others_cost_little(app: Flask) -> None:
    """A dormant account beside 20,000 newer events: only its own rows are read, by the index on its events."""
    with app.app_context():
        quiet, busy = account("abc12", "U1"), account("abc12", "U2")
        stored("abc12", quiet, "old", NOW)
        rows = [{"name": f"n{number}", "account": busy, "at": "2026-11-22 10:00:00.000000"} for number in range(20_000)]
        insert = text(
            "INSERT INTO inbound_event (workspace_id, account_id, source, event_id, lane, state, attempts, next_try_at,"
            " payload, steps, epoch, received_at, finished_at)"
            " VALUES ('abc12', :account, 'channel', :name, :name, 'done', 0, :at, '{}', '{}', 0, :at, :at)"
        )
        with transaction(write=True) as connection:
            connection.execute(insert, rows)
        found = health("abc12", quiet, busy)
    assert found[quiet].last_event_at == NOW
    assert found[busy].last_event_at == datetime(2026, 11, 22, 10, tzinfo=UTC)
