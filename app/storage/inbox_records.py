"""What goes into the inbox and what comes out of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from app.domain.message import Part
from app.storage.models import InboundEvent
from app.storage.types import storable

COLUMNS = InboundEvent.__table__.c
LONGEST_TEXT = 600
"""Characters of an id or a lane: an index entry must fit into a page."""


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """One event to store. `account_id` is None for Intercom's own.

    Events of one `lane` are worked one at a time, in the order in which they were stored. `part` is set on a piece of a
    long text, whose payload must be `InboundMessage.to_json()`. `poison` is the reason why it could not be read: it is
    stored as dead, for an operator to look at and to replay.
    """

    workspace_id: str
    account_id: int | None
    event_id: str
    lane: str = field(repr=False)
    payload: Mapping[str, Any] = field(repr=False)
    part: Part | None = None
    poison: str | None = None


@dataclass(frozen=True)
class StoreResult:
    """How many events were new, and how many we had already."""

    stored: int
    known: int


@dataclass(frozen=True, kw_only=True)
class StoredEvent:
    """An event as it is in the inbox. Ids rise in the order of storing; `epoch` names one taking of the event."""

    id: int
    workspace_id: str
    account_id: int | None
    source: str
    event_id: str
    lane: str = field(repr=False)
    state: str
    attempts: int
    """How many tries failed and counted."""
    next_try_at: datetime
    last_error: str | None
    payload: Mapping[str, Any] = field(repr=False)
    steps: Mapping[str, Any] = field(repr=False)
    """What the use case noted of its calls outside."""
    epoch: int
    leased_until: datetime | None
    worker: str | None
    received_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class QueueDepth:
    """How much work there is. `delayed` waits for a time or for the other parts of its text."""

    waiting: int
    delayed: int
    dead: int
    oldest_waiting_at: datetime | None


EVENT_COLUMNS = tuple(COLUMNS[name] for name in StoredEvent.__dataclass_fields__)


def read_event(row: Row[Any]) -> StoredEvent:
    return StoredEvent(**row._mapping)


def fitting(text: str) -> str:
    """A name that an index can hold: cut and ended in a digest where it is longer than LONGEST_TEXT."""
    kept = storable(text) or ""
    if len(kept) <= LONGEST_TEXT:
        return kept
    digest = hashlib.sha256(kept.encode()).hexdigest()
    return f"{kept[: LONGEST_TEXT - len(digest) - 1]}#{digest}"
