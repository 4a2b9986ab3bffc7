"""The inbox in numbers, for `Metrics.watch_inbox`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from app.storage import inbox
from app.storage.database import DatabaseUnavailable, transaction


def inbox_numbers() -> Mapping[str, float] | None:
    """How many events are in each state, and for how long the oldest waits.

    None when the database of the current app cannot be asked: other numbers are wanted all the more then.
    """
    now = datetime.now(UTC)
    try:
        with transaction() as connection:
            depth = inbox.depth(connection, now)
    except (DatabaseUnavailable, SQLAlchemyError):
        return None
    oldest = depth.oldest_waiting_at
    return {
        "waiting": depth.waiting,
        "delayed": depth.delayed,
        "dead": depth.dead,
        "oldest_waiting_s": max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
    }
