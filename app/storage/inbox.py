"""The durable inbox: every event that was answered with 2xx is a row here, and the row is the truth about its work."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, or_, select, update

from app.storage.inbox_parts import join_complete
from app.storage.inbox_records import (
    COLUMNS,
    EVENT_COLUMNS,
    NewEvent,
    QueueDepth,
    StoredEvent,
    StoreResult,
    fitting,
    read_event,
)
from app.storage.inbox_schedule import lock_lanes, schedule
from app.storage.models import InboundEvent
from app.storage.upserts import changed_rows, insert_returning

__all__ = [
    "NewEvent",
    "QueueDepth",
    "StoreResult",
    "StoredEvent",
    "dead",
    "dead_ids",
    "depth",
    "get",
    "replay",
    "store",
    "store_unless_waiting",
]


def store(connection: Connection, events: Sequence[NewEvent], at: datetime) -> StoreResult:
    """Store what is new and schedule its work, in the transaction of `connection`, which must be for writing.

    An event that we had before changes nothing, also when it is still being stored by somebody else. When the last part
    of a long text arrives, the whole text is stored as one event. Events keep the order given here within their lanes.
    """
    lock_lanes(connection, sorted({one.lane for one in events}))
    ready: list[int] = []
    stored = 0
    for event in events:
        values = _values(event, at)
        event_id = insert_returning(connection, InboundEvent, values, COLUMNS.id)
        if event_id is None:
            continue
        stored += 1
        if values["state"] == "waiting":
            ready.append(event_id)
        elif values["state"] == "part":
            ready += join_complete(connection, values["lane"], values["part_group"], at)
    schedule(connection, ready)
    return StoreResult(stored, len(events) - stored)


def store_unless_waiting(connection: Connection, event: NewEvent, at: datetime) -> StoreResult:
    """Store the event unless one of its lane waits that nobody has begun: that one will look at the same things."""
    lock_lanes(connection, [event.lane])
    waiting = select(COLUMNS.id).where(
        COLUMNS.lane == fitting(event.lane), InboundEvent.state == "waiting", COLUMNS.leased_until.is_(None)
    )
    if connection.execute(waiting.limit(1)).first() is not None:
        return StoreResult(0, 1)
    return store(connection, [event], at)


_LARGEST_ID = 2**63 - 1


def get(connection: Connection, event_id: int, *, workspace_id: str | None = None) -> StoredEvent | None:
    """The event with this id of ours; None too when it is another workspace's than the one that is named."""
    if not 0 < event_id <= _LARGEST_ID:
        return None
    query = select(*EVENT_COLUMNS).where(COLUMNS.id == event_id, *_of(workspace_id))
    row = connection.execute(query).first()
    return None if row is None else read_event(row)


def dead(
    connection: Connection, *, workspace_id: str | None = None, before: int | None = None, limit: int = 100
) -> tuple[StoredEvent, ...]:
    """Events that need somebody's help, the newest first; those older than the event `before` where one is named."""
    query = select(*EVENT_COLUMNS).where(InboundEvent.state == "dead", *_of(workspace_id))
    if before is not None:
        query = query.where(COLUMNS.id < before)
    query = query.order_by(COLUMNS.id.desc()).limit(limit)
    return tuple(read_event(row) for row in connection.execute(query))


def dead_ids(connection: Connection, workspace_id: str | None = None) -> tuple[int, ...]:
    """The ids of all events that need somebody's help, the oldest first."""
    query = select(COLUMNS.id).where(InboundEvent.state == "dead", *_of(workspace_id)).order_by(COLUMNS.id)
    return tuple(connection.execute(query).scalars())


def replay(connection: Connection, event_id: int, at: datetime, *, workspace_id: str | None = None) -> bool:
    """Let a dead event be worked again, with all its tries; False when it is not dead, or not the workspace's.

    It keeps its row and so its place: it goes before every younger event of its lane that still waits, and at once,
    also when those wait for a time. What it did outside before it died is still noted, so nothing is sent twice.
    """
    lane = connection.execute(select(COLUMNS.lane).where(COLUMNS.id == event_id, *_of(workspace_id))).scalar()
    if lane is None:
        return False
    lock_lanes(connection, [lane])
    changes = {
        "state": "waiting",
        "attempts": 0,
        "next_try_at": at,
        "finished_at": None,
        "leased_until": None,
        "epoch": InboundEvent.epoch + 1,
    }
    changed = connection.execute(
        update(InboundEvent).where(COLUMNS.id == event_id, COLUMNS.state == "dead").values(**changes)
    )
    if changed_rows(changed) == 0:
        return False
    schedule(connection, [event_id], urgent=True)
    return True


def depth(connection: Connection, at: datetime | None = None, *, workspace_id: str | None = None) -> QueueDepth:
    """How much work there is now, or was at `at` with the rows of now; of one workspace when it is named."""
    at = at or datetime.now(UTC)
    due = (COLUMNS.state == "waiting") & (COLUMNS.next_try_at <= at)
    later = or_(COLUMNS.state == "part", (COLUMNS.state == "waiting") & (COLUMNS.next_try_at > at))
    live = select(
        _count(due).label("waiting"),
        _count(later).label("delayed"),
        func.min(case((due, COLUMNS.received_at))).label("oldest_waiting_at"),
    ).where(or_(InboundEvent.state == "waiting", InboundEvent.state == "part"), *_of(workspace_id))
    row = connection.execute(live).one()
    ended = select(func.count()).select_from(InboundEvent).where(InboundEvent.state == "dead", *_of(workspace_id))
    return QueueDepth(
        waiting=row.waiting,
        delayed=row.delayed,
        dead=connection.execute(ended).scalar_one(),
        oldest_waiting_at=row.oldest_waiting_at,
    )


def _of(workspace_id: str | None) -> tuple[ColumnElement[bool], ...]:
    """The condition that holds a query to one workspace, where one is named."""
    return () if workspace_id is None else (COLUMNS.workspace_id == workspace_id,)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _values(event: NewEvent, at: datetime) -> Mapping[str, Any]:
    part = event.part if event.part and event.part.total > 1 else None
    state = "dead" if event.poison else "part" if part else "waiting"
    return {
        "workspace_id": event.workspace_id,
        "account_id": event.account_id,
        "source": "intercom" if event.account_id is None else "channel",
        "event_id": fitting(event.event_id or _unnamed(event)),
        "lane": fitting(event.lane),
        "state": state,
        "attempts": 0,
        "next_try_at": at,
        "last_error": event.poison,
        "payload": dict(event.payload),
        "steps": {},
        "epoch": 0,
        "received_at": at,
        "finished_at": at if state == "dead" else None,
        "part_group": fitting(f"{part.group}/{part.total}") if part else None,
        "part_number": part.number if part else None,
        "part_total": part.total if part else None,
    }


def _unnamed(event: NewEvent) -> str:
    """A name for an event without one, the same whenever it comes again."""
    written = json.dumps(event.payload, sort_keys=True)
    return f"unnamed:{hashlib.sha256(written.encode()).hexdigest()}"
