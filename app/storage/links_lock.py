"""One lock a workspace for everything that decides which contact an identity belongs to."""

from __future__ import annotations

from sqlalchemy import Connection

from app.storage.inbox_schedule import lock_lanes


def hold_links(connection: Connection, workspace_id: str) -> None:
    """Let no other transaction link, repoint or erase in this workspace before this one ends.

    Call it first in the transaction. Whoever links an identity and whoever follows a merge would otherwise each miss
    what the other has not committed yet, and the identity would stay on a contact that is gone.
    """
    lock_lanes(connection, [f"links:{workspace_id}"])
