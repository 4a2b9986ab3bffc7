"""Who did what to whom, for teammates and operators to look up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from app.domain.teammate import Teammate
from app.storage.models import AuditRecord
from app.storage.types import storable


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One thing done. `by` is None for an operator at the command line. Ids rise in the order of writing."""

    id: int
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
    return tuple(_entry(row) for row in rows)


def of_workspace(
    connection: Connection,
    workspace_id: str,
    *,
    actions: Sequence[str] = (),
    before: int | None = None,
    limit: int = 50,
) -> tuple[AuditEntry, ...]:
    """What was done in a workspace, the newest first: of these actions only, and older than the entry `before`."""
    query = select(AuditRecord).where(AuditRecord.workspace_id == workspace_id)
    if actions:
        query = query.where(AuditRecord.action.in_(actions))
    if before is not None:
        query = query.where(AuditRecord.id < before)
    rows = connection.execute(query.order_by(AuditRecord.id.desc()).limit(limit))
    return tuple(_entry(row) for row in rows)


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        at=row.at,
        action=row.action,
        by=None if row.admin_id is None else Teammate(row.admin_id, row.admin_name or ""),
        contact_id=row.contact_id,
        details=row.details,
    )
