"""A merge that was made in Intercom itself, noticed while a message is brought in."""

from __future__ import annotations

from app.storage import audit, identities, redirects
from app.storage.database import transaction
from app.usecases.bridge.delivery import Delivery


def follow_merge(delivery: Delivery, contact_id: str, survivor_id: str) -> None:
    """Every identity of the contact goes with it, and no later message asks for it again."""
    now, workspace_id = delivery.now(), delivery.workspace.id
    with transaction(write=True) as connection:
        redirects.add(connection, workspace_id, contact_id, survivor_id, at=now)
        identities.repoint(
            connection,
            workspace_id,
            contact_id,
            survivor_id,
            match={"rule": "merged", "value": "a merge inside Intercom", "runners_up": []},
            at=now,
        )
        audit.record(
            connection,
            workspace_id,
            action="merge_followed",
            teammate=None,
            contact_id=survivor_id,
            details={"from_id": contact_id},
            at=now,
        )
