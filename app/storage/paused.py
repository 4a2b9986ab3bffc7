"""Messages that wait because their channel account is paused, and are due once it is not any more."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from app.storage.inbox_hurry import hurry
from app.storage.inbox_records import COLUMNS
from app.storage.models import ChannelAccount

PAUSED = "paused"
"""The code with which an event of a paused account waits."""
_ACCOUNT = ChannelAccount.__table__.c


def wake(connection: Connection, at: datetime) -> int:
    """Let some events be due that wait for an account which works again. Repeat until it answers 0.

    It is done when an account is resumed, and from time to time: a worker may just then have found it paused.
    """
    working = select(_ACCOUNT.id).where(_ACCOUNT.paused_at.is_(None))
    # With + 0, so that SQLite does not go by the index of the accounts' events, of which most were done long ago.
    return hurry(connection, PAUSED, (COLUMNS.account_id + 0).in_(working), at)
