"""The events of one person: all that they wrote on their channels."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, case, delete, func, select

from app.domain.erasing import call_mentions
from app.storage.inbox_records import COLUMNS, fitting
from app.storage.lanes import lane_name
from app.storage.models import InboundEvent
from app.storage.upserts import changed_rows

_SHORTEST_ID = 5
"""A shorter id may stand in an unreadable call by chance, and that call is somebody's message."""


@dataclass(frozen=True)
class Dropped:
    """How many events went, and how many of them had not been brought in yet."""

    events: int = 0
    waiting: int = 0

    def __add__(self, other: Dropped) -> Dropped:
        return Dropped(self.events + other.events, self.waiting + other.waiting)


def drop_written(connection: Connection, lanes: Collection[str]) -> Dropped:
    """Forget all that lies in these lanes, whatever its state. The caller holds their lock.

    A worker that has one of them in hand finds its hold lost.
    """
    ours = COLUMNS.lane.in_([fitting(lane) for lane in lanes])
    open_ones = func.coalesce(func.sum(case((COLUMNS.state.in_(("waiting", "part")), 1), else_=0)), 0)
    waiting = connection.execute(select(open_ones).where(ours)).scalar_one()
    return Dropped(changed_rows(connection.execute(delete(InboundEvent).where(ours))), waiting)


def drop_unread(connection: Connection, account_ids: Collection[int], words: Collection[str]) -> Dropped:
    """Forget the calls that nobody could read and in which one of these ids or phones stands."""
    named = COLUMNS.id.in_(unread_of(connection, account_ids, words))
    return Dropped(changed_rows(connection.execute(delete(InboundEvent).where(named))))


def unread_of(connection: Connection, account_ids: Collection[int], words: Collection[str]) -> list[int]:
    """The ids of the calls to these accounts that nobody could read and in which one of these ids or phones stands."""
    ids = {form for word in words if len(word) >= _SHORTEST_ID for form in (word, word.lstrip("+"))}
    lanes = [lane_name(account_id, "") for account_id in account_ids]
    rows = connection.execute(select(COLUMNS.id, COLUMNS.payload).where(COLUMNS.lane.in_(lanes))).all()
    return [row.id for row in rows if call_mentions(str(row.payload.get("raw") or ""), ids)]
