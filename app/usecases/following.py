"""Follow a merge that was made elsewhere: inside Intercom, or by another app."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from app.domain.identity import Match
from app.storage import audit, identities, redirects

ELSEWHERE = Match("merged", "a merge inside Intercom")


def follow(connection: Connection, workspace_id: str, lead_id: str, survivor_id: str, *, at: datetime) -> None:
    """Point everything of the lead at the survivor, and record that it was done."""
    redirects.add(connection, workspace_id, lead_id, survivor_id, at=at)
    moved = identities.repoint(connection, workspace_id, lead_id, survivor_id, match=ELSEWHERE.to_json(), at=at)
    audit.record(
        connection,
        workspace_id,
        action="merge_followed",
        teammate=None,
        contact_id=survivor_id,
        details={"from_id": lead_id, "identities": moved},
        at=at,
    )
