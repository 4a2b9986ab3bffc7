"""The inbox: every event that was answered with 2xx."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, text
from sqlalchemy import Identity as Counted
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base

WAITING, PARTS, DEAD = text("state = 'waiting'"), text("state = 'part'"), text("state = 'dead'")
ENDED = text("state IN ('done', 'dead')")
OF_ACCOUNT, OF_INTERCOM = text("account_id IS NOT NULL"), text("account_id IS NULL")


def _partial(name: str, *columns: str, where: Any, unique: bool = False) -> Index:
    return Index(f"{name}_{'_'.join(columns)}", *columns, unique=unique, sqlite_where=where, postgresql_where=where)


class InboundEvent(Base):
    """What a provider or Intercom sent, and how far its work has come. Lanes are worked in the order of the ids."""

    __tablename__ = "inbound_event"
    __table_args__ = (
        _partial("uq_inbound_event", "account_id", "event_id", where=OF_ACCOUNT, unique=True),
        _partial("uq_inbound_event", "workspace_id", "event_id", where=OF_INTERCOM, unique=True),
        Index(None, "lane", "id"),
        _partial("ix_inbound_event_waiting", "lane", "id", where=WAITING),
        _partial("ix_inbound_event_parts", "lane", "part_group", where=PARTS),
        _partial("ix_inbound_event_dead", "workspace_id", "id", where=DEAD),
        _partial("ix_inbound_event_ended", "finished_at", where=ENDED),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), Counted(), primary_key=True)
    workspace_id: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("channel_account.id"))
    """None for an event of Intercom's."""
    source: Mapped[str]
    """channel or intercom."""
    event_id: Mapped[str]
    lane: Mapped[str]
    state: Mapped[str]
    """One of waiting, part, done, dead."""
    attempts: Mapped[int]
    next_try_at: Mapped[datetime]
    last_error: Mapped[str | None]
    """A short code, never a text of the customer's or of Intercom's."""
    payload: Mapped[dict[str, Any]]
    steps: Mapped[dict[str, Any]]
    epoch: Mapped[int]
    """Goes up each time the event is taken; who holds an older one may change nothing more."""
    leased_until: Mapped[datetime | None]
    worker: Mapped[str | None]
    received_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    part_group: Mapped[str | None]
    part_number: Mapped[int | None]
    part_total: Mapped[int | None]
