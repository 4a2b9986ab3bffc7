"""A merge that was made in Intercom itself, noticed while a message is brought in."""

from __future__ import annotations

from app.storage.database import transaction
from app.usecases.bridge.delivery import Delivery
from app.usecases.following import follow


def follow_merge(delivery: Delivery, contact_id: str, survivor_id: str) -> None:
    """Every identity of the contact goes with it, and no later message asks for it again."""
    with transaction(write=True) as connection:
        follow(connection, delivery.workspace.id, contact_id, survivor_id, at=delivery.now())
