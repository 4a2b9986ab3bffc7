"""Contacts that were merged away, and where they went. Kept for ever."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from app.storage.links_lock import hold_links
from app.storage.models import ContactRedirect
from app.storage.upserts import changed_rows, upsert

_TABLE = ContactRedirect.__table__.c
_NEXT = select(_TABLE.into_id).where(
    _TABLE.workspace_id == bindparam("workspace"), _TABLE.from_id == bindparam("contact")
)


def add(connection: Connection, workspace_id: str, from_id: str, into_id: str, *, at: datetime) -> None:
    """Remember that `from_id` is part of `into_id` now.

    Intercom served `into_id` at that time, so an older redirect away from it is wrong and goes. Nobody links an
    identity of the workspace before this transaction ends.
    """
    if from_id == into_id:
        return
    hold_links(connection, workspace_id)
    stale = (ContactRedirect.workspace_id == workspace_id, ContactRedirect.from_id == into_id)
    connection.execute(delete(ContactRedirect).where(*stale))
    values = {"workspace_id": workspace_id, "from_id": from_id, "into_id": into_id, "created_at": at}
    upsert(connection, ContactRedirect, values, key=("workspace_id", "from_id"))
    # Whoever came to `from_id` before goes on to the survivor, so that one step leads to the end.
    came_before = (ContactRedirect.workspace_id == workspace_id, ContactRedirect.into_id == from_id)
    connection.execute(update(ContactRedirect).where(*came_before).values(into_id=into_id))


def forget(connection: Connection, workspace_id: str, contact_id: str, *, before: datetime) -> bool:
    """Intercom serves `contact_id`, so a redirect away from it that was there before then is wrong."""
    wrong = (ContactRedirect.workspace_id == workspace_id, ContactRedirect.from_id == contact_id)
    gone = connection.execute(delete(ContactRedirect).where(*wrong, ContactRedirect.created_at < before))
    return changed_rows(gone) == 1


def settled(connection: Connection, workspace_id: str, contact_id: str) -> str:
    """`survivor` for whoever links an identity in this transaction: nobody adds a redirect before it ends."""
    hold_links(connection, workspace_id)
    return survivor(connection, workspace_id, contact_id)


def survivor(connection: Connection, workspace_id: str, contact_id: str) -> str:
    """The contact that this one is part of, chains followed; itself when it was merged into none."""
    seen = {contact_id}
    current = contact_id
    while True:
        into_id = connection.execute(_NEXT, {"workspace": workspace_id, "contact": current}).scalar()
        if into_id is None:
            return current
        if into_id in seen:
            return contact_id
        seen.add(into_id)
        current = into_id
