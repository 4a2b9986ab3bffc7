"""Work that waits for something that has happened by now is not left to wait for its time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from app.storage.inbox_records import COLUMNS
from app.storage.inbox_schedule import lock_lanes, schedule
from app.storage.models import InboundEvent

LANES_AT_ONCE = 200


def hurry(connection: Connection, code: str, whose: ColumnElement[bool], at: datetime) -> int:
    """Make up to LANES_AT_ONCE events due that wait with `code` and are `whose`. Repeat until it answers 0.

    Only the head of a lane waits for a time of its own, so that is one event for each lane.
    """
    waiting = (InboundEvent.state == "waiting", COLUMNS.last_error == code, COLUMNS.next_try_at > at, whose)
    # By lane and not by id: SQLite would go through everything that was ever received, with the write lock in hand.
    of_lanes = select(COLUMNS.id, COLUMNS.lane).where(*waiting, COLUMNS.lane > "")
    found = of_lanes.order_by(COLUMNS.lane, COLUMNS.id).limit(LANES_AT_ONCE)
    events = connection.execute(found).all()
    if not events:
        return 0
    lock_lanes(connection, sorted({one.lane for one in events}))
    ids = [one.id for one in events]
    connection.execute(update(InboundEvent).where(*waiting, COLUMNS.id.in_(ids)).values(next_try_at=at))
    schedule(connection, ids, urgent=True)
    return len(ids)


def hurry_workspace(connection: Connection, code: str, workspace_id: str, at: datetime) -> int:
    """The same for one workspace."""
    return hurry(connection, code, COLUMNS.workspace_id == workspace_id, at)
