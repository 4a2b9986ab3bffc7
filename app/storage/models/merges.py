"""What was done: merges, and the record of everything else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.storage.models.base import Base

LIVE_MERGE = text("state IN ('asked', 'sent', 'in_doubt')")
"""While a merge is in one of these states, no other merge of the same lead may begin."""


class Merge(Base):
    """One merge: who asked, on what grounds, both records before, and how it ended."""

    __tablename__ = "merge"
    __table_args__ = (
        Index(
            "uq_merge_live_workspace_id_from_id",
            "workspace_id",
            "from_id",
            unique=True,
            sqlite_where=LIVE_MERGE,
            postgresql_where=LIVE_MERGE,
        ),
        Index(None, "workspace_id", "from_id"),
        Index(None, "workspace_id", "into_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    workspace_id: Mapped[str]
    from_id: Mapped[str]
    into_id: Mapped[str]
    state: Mapped[str]
    """One of asked, sent, done, failed, in_doubt."""
    conversation_id: Mapped[str | None]
    admin_id: Mapped[str | None]
    admin_name: Mapped[str | None]
    consents: Mapped[list[Any]]
    reason: Mapped[str | None] = mapped_column(Text)
    from_before: Mapped[dict[str, Any] | None]
    into_before: Mapped[dict[str, Any] | None]
    into_after: Mapped[dict[str, Any] | None]
    asked_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    request_id: Mapped[str | None]
    failure: Mapped[str | None]
    """A short code, never a sentence of Intercom's."""


class AuditRecord(Base):
    """What a teammate or an operator did, and when."""

    __tablename__ = "audit_record"
    __table_args__ = (Index(None, "workspace_id", "contact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[str]
    at: Mapped[datetime]
    admin_id: Mapped[str | None]
    admin_name: Mapped[str | None]
    action: Mapped[str]
    contact_id: Mapped[str | None]
    details: Mapped[dict[str, Any]]
