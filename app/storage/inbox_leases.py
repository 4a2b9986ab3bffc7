"""Taking events out of the inbox, one of each lane at a time, and proving that one still has them.

A taken event is leased for a while and gets a new epoch. Whoever holds an older epoch can change nothing any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text, update
from sqlalchemy.types import DateTime

from app.domain.work import Dead, Done, Outcome
from app.storage.inbox_records import COLUMNS, EVENT_COLUMNS, StoredEvent, read_event
from app.storage.inbox_schedule import lock_lanes
from app.storage.models import InboundEvent
from app.storage.types import UtcDateTime, storable
from app.storage.upserts import changed_rows


@dataclass(frozen=True)
class Later:
    """Nothing of this lane may be worked before `at`."""

    at: datetime


def clock(connection: Connection) -> datetime:
    """The time by which leases run: PostgreSQL's own, since machines may disagree."""
    if connection.dialect.name == "postgresql":
        now = connection.execute(select(func.clock_timestamp(type_=DateTime(timezone=True)))).scalar_one()
        return now.astimezone(UTC)
    return datetime.now(UTC)


def take(connection: Connection, lane: str, *, worker: str, lease: timedelta) -> StoredEvent | Later | None:
    """Take the event at the head of this lane; None when the lane is empty.

    Later while the head waits for its time, or while anybody has an event of this lane.
    """
    lock_lanes(connection, [lane])
    now = clock(connection)
    of_lane = (COLUMNS.lane == lane, InboundEvent.state == "waiting")
    head = connection.execute(select(*EVENT_COLUMNS).where(*of_lane).order_by(COLUMNS.id).limit(1)).first()
    if head is None:
        return None
    leased_until = connection.execute(
        select(func.max(COLUMNS.leased_until, type_=UtcDateTime())).where(*of_lane)
    ).scalar()
    free_at = max(head.next_try_at, leased_until or head.next_try_at)
    if free_at > now:
        return Later(free_at)
    changes = {"epoch": head.epoch + 1, "leased_until": now + lease, "worker": worker}
    connection.execute(update(InboundEvent).where(COLUMNS.id == head.id).values(**changes))
    return replace(read_event(head), **changes)


def holds(connection: Connection, event_id: int, epoch: int, *, until_the_end: bool = False) -> bool:
    """Whether nobody has taken the event since; nor can, if asked so, until this write transaction ends."""
    found = select(COLUMNS.epoch).where(COLUMNS.id == event_id, InboundEvent.state == "waiting")
    if until_the_end:
        found = found.with_for_update()
    return connection.execute(found).scalar() == epoch


def renew(connection: Connection, event_id: int, epoch: int, lease: timedelta) -> bool:
    """Hold the event for another `lease` from now on; False when somebody else has it."""
    return _change(connection, event_id, epoch, {"leased_until": clock(connection) + lease})


def note_steps(connection: Connection, event_id: int, epoch: int, steps: Mapping[str, Any]) -> bool:
    """Keep what the use case did; False, and nothing changed, when somebody else has the event."""
    return _change(connection, event_id, epoch, {"steps": dict(steps)})


def finish(
    connection: Connection, event: StoredEvent, epoch: int, outcome: Outcome, *, attempts: int, at: datetime
) -> bool:
    """End this taking of the event with its outcome; False, and nothing changed, when somebody else has it."""
    changes: dict[str, Any] = {"leased_until": None, "worker": None, "attempts": attempts}
    if isinstance(outcome, Done):
        changes |= {"state": "done", "last_error": None, "finished_at": at}
    elif isinstance(outcome, Dead):
        changes |= {"state": "dead", "last_error": storable(outcome.code), "finished_at": at}
    else:
        changes |= {"last_error": storable(outcome.code), "next_try_at": outcome.at}
    return _change(connection, event.id, epoch, changes)


def _change(connection: Connection, event_id: int, epoch: int, changes: Mapping[str, Any]) -> bool:
    mine = (COLUMNS.id == event_id, COLUMNS.epoch == epoch, COLUMNS.state == "waiting")
    return changed_rows(connection.execute(update(InboundEvent).where(*mine).values(**changes))) == 1


# One short walk over the lanes instead of one over all waiting rows.
_READY_LANE = text(
    """
    WITH RECURSIVE lanes(lane) AS (
        SELECT min(lane) FROM inbound_event WHERE state = 'waiting' AND lane > :after
        UNION ALL
        SELECT (SELECT min(lane) FROM inbound_event WHERE state = 'waiting' AND lane > lanes.lane)
        FROM lanes WHERE lanes.lane IS NOT NULL
    )
    SELECT head.lane
    FROM lanes
    JOIN inbound_event AS head
        ON head.id = (SELECT min(id) FROM inbound_event WHERE state = 'waiting' AND lane = lanes.lane)
    WHERE head.next_try_at <= :now AND NOT EXISTS (
        SELECT 1 FROM inbound_event AS other
        WHERE other.state = 'waiting' AND other.lane = lanes.lane AND other.leased_until > :now
    )
    LIMIT 1
    """
).bindparams(bindparam("now", type_=UtcDateTime()))


def ready_lane(connection: Connection, after: str) -> str | None:
    """A lane that can be taken from, by name the next one behind `after`; going round, every lane has its turn."""
    now = datetime.now(UTC)
    for start in dict.fromkeys((after, "")):
        lane: str | None = connection.execute(_READY_LANE, {"after": start, "now": now}).scalar()
        if lane is not None:
            return lane
    return None
