"""Contacts that Intercom does not serve, and why. Of one that was deleted or erased this is all that is left."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, select, update

from app.storage.models import ContactState
from app.storage.upserts import changed_rows, insert_or_ignore

ARCHIVED: Final = "archived"
BLOCKED: Final = "blocked"
DELETED: Final = "deleted"
ERASED: Final = "erased"
"""Somebody had the person erased here. Intercom may serve the contact still; Kinbox links nobody to it by itself."""
FOR_GOOD: Final = frozenset({DELETED, ERASED})
_ORDER = (ARCHIVED, BLOCKED, DELETED, ERASED)
"""What comes later here says more: a late notification of an archiving does not undo a deletion."""
_TABLE = ContactState.__table__.c


@dataclass(frozen=True)
class State:
    """One of ARCHIVED, BLOCKED, DELETED, ERASED, and since when."""

    state: str
    since: datetime

    @property
    def is_for_good(self) -> bool:
        return self.state in FOR_GOOD

    def is_newer_than(self, look_began_at: datetime) -> bool:
        """Whether a look at Intercom that began then says nothing against it: that answer may be the older one.

        In doubt it is newer. What is taken for archived too long is found served with the next look.
        """
        return self.since >= look_began_at


def mark(connection: Connection, workspace_id: str, contact_id: str, state: str, at: datetime) -> bool:
    """Remember that Intercom does not serve the contact; False, and nothing changed, when as much was known before."""
    lesser = _ORDER[: _ORDER.index(state)]
    values = {"workspace_id": workspace_id, "contact_id": contact_id, "state": state, "since": at}
    if insert_or_ignore(connection, ContactState, values):
        return True
    same = (_TABLE.workspace_id == workspace_id, _TABLE.contact_id == contact_id)
    changed = connection.execute(
        update(ContactState).where(*same, _TABLE.state.in_(lesser)).values(state=state, since=at)
    )
    return changed_rows(changed) == 1


def clear(connection: Connection, workspace_id: str, contact_id: str) -> bool:
    """Intercom serves the contact; False when nothing else was known. One that was erased stays erased."""
    same = (_TABLE.workspace_id == workspace_id, _TABLE.contact_id == contact_id, _TABLE.state != ERASED)
    return changed_rows(connection.execute(delete(ContactState).where(*same))) == 1


def get(connection: Connection, workspace_id: str, contact_id: str) -> State | None:
    """Why Intercom does not serve the contact, as far as Kinbox was told; None for one that it serves, or may."""
    query = select(_TABLE.state, _TABLE.since)
    row = connection.execute(query.where(_TABLE.workspace_id == workspace_id, _TABLE.contact_id == contact_id)).first()
    return None if row is None else State(row.state, row.since)


def erased(connection: Connection, workspace_id: str, contact_ids: Collection[str]) -> frozenset[str]:
    """Those of these contacts that somebody had erased."""
    if not contact_ids:
        return frozenset()
    which = (_TABLE.contact_id.in_(sorted(contact_ids)), _TABLE.state == ERASED)
    found = connection.execute(select(_TABLE.contact_id).where(_TABLE.workspace_id == workspace_id, *which))
    return frozenset(found.scalars())
