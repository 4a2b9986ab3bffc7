"""Long texts that come in parts: held back until the last one is there, then one event.

A provider's references for the parts come round again, so what was joined once is closed, and a group that stays
incomplete is brought in after a while with a line that says what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from app.storage.inbox_records import COLUMNS, fitting
from app.storage.inbox_schedule import lock_lanes, schedule
from app.storage.models import InboundEvent
from app.storage.upserts import insert_returning

GAP = " [...] "
_COPIED = ("workspace_id", "account_id", "source", "lane")
_PARTS = (
    *(COLUMNS[name] for name in (*_COPIED, "id", "event_id", "payload")),
    *(COLUMNS[name] for name in ("part_group", "part_number", "part_total")),
)


def join_complete(connection: Connection, lane: str, group: str, at: datetime) -> list[int]:
    """The id of the whole text's event if all its parts are here, else nothing. The caller holds the lane's lock."""
    parts = _parts(connection, lane, group)
    return [] if _missing(parts) else _join(connection, parts, at)


def join_incomplete(connection: Connection, before: datetime, at: datetime) -> int:
    """Bring in, as far as it came, every text whose first part was received before then. Answers how many."""
    late = (
        select(COLUMNS.lane, COLUMNS.part_group)
        .where(InboundEvent.state == "part")
        .group_by(COLUMNS.lane, COLUMNS.part_group)
        .having(func.min(COLUMNS.received_at) < before)
    )
    groups = connection.execute(late).all()
    lock_lanes(connection, sorted({one.lane for one in groups}))
    found = [_parts(connection, one.lane, one.part_group) for one in groups]
    # Read again under the lock: another may have been faster.
    joined = [one for parts in found if parts for one in _join(connection, parts, at)]
    schedule(connection, joined)
    return len(joined)


def _parts(connection: Connection, lane: str, group: str) -> Sequence[Row[Any]]:
    same = (InboundEvent.state == "part", COLUMNS.lane == lane, COLUMNS.part_group == group)
    return connection.execute(select(*_PARTS).where(*same).order_by(COLUMNS.part_number, COLUMNS.id)).all()


def _missing(parts: Sequence[Row[Any]]) -> list[int]:
    have = {one.part_number for one in parts}
    total = parts[0].part_total
    # A total that nobody sends would make a long list of what is missing; one number says enough.
    return [number for number in range(1, min(total, 256) + 1) if number not in have]


def _join(connection: Connection, parts: Sequence[Row[Any]], at: datetime) -> list[int]:
    """One waiting event out of these parts, which are done with. Nothing when this very text was joined before."""
    first = parts[0]
    # The first part's own id, because a group's reference alone comes round again.
    event_id = fitting(f"parts:{first.part_group}:{first.event_id}")
    values = {
        **{name: getattr(first, name) for name in _COPIED},
        "event_id": event_id,
        "state": "waiting",
        "attempts": 0,
        "next_try_at": at,
        "payload": {**_joined(parts), "event_id": event_id},
        "steps": {},
        "epoch": 0,
        "received_at": at,
    }
    joined_id = insert_returning(connection, InboundEvent, values, COLUMNS.id)
    connection.execute(
        update(InboundEvent)
        .where(COLUMNS.id.in_([one.id for one in parts]))
        .values(state="done", finished_at=at, last_error=None)
    )
    return [] if joined_id is None else [joined_id]


def _joined(parts: Sequence[Row[Any]]) -> Mapping[str, Any]:
    """The first part's message with everybody's text."""
    text = ""
    expected = 1
    for one in parts:
        text += (GAP if one.part_number > expected else "") + str(one.payload.get("text") or "")
        expected = one.part_number + 1
    missing = _missing(parts)
    if missing:
        text += (
            (GAP if parts[-1].part_number < parts[0].part_total else "") + "\n" + _told(missing, parts[0].part_total)
        )
    attachments = [each for one in parts for each in one.payload.get("attachments") or ()]
    return {**parts[0].payload, "text": text.strip(), "attachments": attachments, "part": None}


def _told(missing: Sequence[int], total: int) -> str:
    numbers = [str(one) for one in missing]
    if len(numbers) == 1:
        return f"[Part {numbers[0]} of {total} of this message did not arrive.]"
    return f"[Parts {', '.join(numbers[:-1])} and {numbers[-1]} of {total} of this message did not arrive.]"
