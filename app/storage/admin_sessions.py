"""Who is signed in to the admin page. A stolen table signs nobody in: it holds digests of the sessions' ids."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from app.domain.teammate import Teammate
from app.storage.models import AdminSession
from app.storage.types import storable
from app.storage.upserts import changed_rows


def begin(
    connection: Connection,
    session_id: str,
    *,
    workspace_id: str,
    teammate: Teammate,
    at: datetime,
    expires_at: datetime,
) -> None:
    """Remember a new session, and forget all that are over."""
    connection.execute(delete(AdminSession).where(AdminSession.expires_at <= at))
    connection.execute(
        insert(AdminSession).values(
            id_hash=_digest(session_id),
            workspace_id=workspace_id,
            admin_id=teammate.id,
            admin_name=storable(teammate.name) or "",
            created_at=at,
            expires_at=expires_at,
        )
    )


def find(connection: Connection, session_id: str, at: datetime) -> tuple[str, Teammate] | None:
    """The workspace and the teammate of a session that is not over at `at`."""
    row = connection.execute(
        select(AdminSession.workspace_id, AdminSession.admin_id, AdminSession.admin_name).where(
            AdminSession.id_hash == _digest(session_id), AdminSession.expires_at > at
        )
    ).first()
    return None if row is None else (row.workspace_id, Teammate(row.admin_id, row.admin_name))


def end(connection: Connection, session_id: str) -> None:
    connection.execute(delete(AdminSession).where(AdminSession.id_hash == _digest(session_id)))


def end_all(connection: Connection, workspace_id: str) -> int:
    """Sign everybody of this workspace out. Answers how many sessions that ended."""
    return changed_rows(connection.execute(delete(AdminSession).where(AdminSession.workspace_id == workspace_id)))


def _digest(session_id: str) -> str:
    return hashlib.sha256(session_id.encode("utf-8", "replace")).hexdigest()
