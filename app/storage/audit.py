"""Who did what to whom, for teammates and operators to look up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from app.domain.teammate import Teammate
from app.storage.models import AuditRecord
from app.storage.types import storable


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One thing done. `by` is None for an operator at the command line."""

    at: datetime
    action: str
    by: Teammate | None
    contact_id: str | None
    details: Mapping[str, Any]


def record(
    connection: Connection,
    workspace_id: str,
    *,
    action: str,
    teammate: Teammate | None,
    contact_id: str | None,
    details: Mapping[str, Any],
    at: datetime,
) -> None:
    """Add an entry, in the transaction of the change itself."""
    connection.execute(
        insert(AuditRecord).values(
            workspace_id=workspace_id,
            at=at,
            admin_id=teammate.id if teammate else None,
            admin_name=storable(teammate.name) if teammate else None,
            action=action,
            contact_id=contact_id,
            details=dict(details),
        )
    )


def of_contact(
    connection: Connection, workspace_id: str, contact_id: str, *, limit: int = 50
) -> tuple[AuditEntry, ...]:
    """What was done to a contact, the newest first."""
    rows = connection.execute(
        select(AuditRecord)
        .where(AuditRecord.workspace_id == workspace_id, AuditRecord.contact_id == contact_id)
        .order_by(AuditRecord.at.desc(), AuditRecord.id.desc())
        .limit(limit)
    )
    return tuple(
        AuditEntry(
            at=row.at,
            action=row.action,
            by=None if row.admin_id is None else Teammate(row.admin_id, row.admin_name or ""),
            contact_id=row.contact_id,
            details=row.details,
        )
        for row in rows
    )
