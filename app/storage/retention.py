"""Rows that have been kept for long enough: which they are, and forgetting them. Looking takes no lock."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, exists, func, or_, select, update

from app.storage.contact_states import DELETED
from app.storage.models import (
    Base,
    ContactRedirect,
    ContactState,
    Identity,
    InboundEvent,
    KnownContact,
    Merge,
    Workspace,
)
from app.storage.models.inbox import ENDED
from app.storage.upserts import changed_rows

AT_ONCE = 500
"""How many rows go in one transaction, so that writers in between are not held up."""
LOOKED_FOR = 10_000
_EVENT, _MERGE, _STATE = InboundEvent.__table__.c, Merge.__table__.c, ContactState.__table__.c
_PERSONAL = (_MERGE.from_before, _MERGE.into_before, _MERGE.into_after, _MERGE.reason)
_REFERRING: tuple[tuple[Any, ...], ...] = (
    (Identity, "contact_id"),
    (ContactRedirect, "from_id", "into_id"),
    (Merge, "from_id", "into_id"),
    (KnownContact, "contact_id"),
)
"""What names a contact, each by an index of its own."""


def old_events(
    connection: Connection, older_than: datetime, *, workspace_id: str | None = None, others_than: Collection[str] = ()
) -> list[int]:
    """Up to LOOKED_FOR events that ended before then, done or dead: of one workspace, or of all but some.

    SQLite uses the index of the ended ones only where its very condition stands in the query.
    """
    whose = [_EVENT.workspace_id == workspace_id] if workspace_id is not None else []
    whose += [_EVENT.workspace_id.not_in(others_than)] if others_than else []
    found = (
        select(_EVENT.id)
        .where(ENDED, _EVENT.finished_at < older_than, *whose)
        .order_by(_EVENT.finished_at)
        .limit(LOOKED_FOR)
    )
    return list(connection.execute(found).scalars())


def drop_events(connection: Connection, event_ids: Collection[int]) -> int:
    """Forget those of them that are still ended: one may have been replayed since."""
    return changed_rows(connection.execute(delete(InboundEvent).where(ENDED, _EVENT.id.in_(event_ids))))


def old_records(connection: Connection, workspace_id: str, older_than: datetime) -> list[str]:
    """Up to LOOKED_FOR merges that ended before then, or never did, and still have a contact as it was, or a reason."""
    full = or_(*(column.is_not(None) for column in _PERSONAL))
    last = func.coalesce(_MERGE.finished_at, _MERGE.sent_at, _MERGE.asked_at)
    found = select(_MERGE.id).where(_MERGE.workspace_id == workspace_id, last < older_than, full)
    return list(connection.execute(found.limit(LOOKED_FOR)).scalars())


def blank_records(connection: Connection, merge_ids: Collection[str]) -> int:
    """Who put whom into whom stays; what both contacts were goes, and the reason, which may speak of them."""
    gone: dict[str, Any] = {column.name: None for column in _PERSONAL}
    return changed_rows(connection.execute(update(Merge).where(_MERGE.id.in_(merge_ids)).values(**gone)))


def deleted_strangers(connection: Connection, workspace_id: str, older_than: datetime) -> list[str]:
    """Up to LOOKED_FOR contacts that were deleted before then, and to which nothing else refers."""
    ours = (_STATE.workspace_id == workspace_id, *_strangers(older_than))
    return list(connection.execute(select(_STATE.contact_id).where(*ours).limit(LOOKED_FOR)).scalars())


def drop_strangers(
    connection: Connection, workspace_id: str, older_than: datetime, contact_ids: Collection[str]
) -> int:
    """Forget that those of them were deleted to which still nothing refers."""
    ours = (_STATE.workspace_id == workspace_id, _STATE.contact_id.in_(contact_ids), *_strangers(older_than))
    return changed_rows(connection.execute(delete(ContactState).where(*ours)))


def _strangers(older_than: datetime) -> Iterator[ColumnElement[bool]]:
    """That somebody was erased here is kept for ever: Intercom may serve them still."""
    yield from (_STATE.state == DELETED, _STATE.since < older_than)
    for model, *columns in _REFERRING:
        table = model.__table__.c
        for name in columns:
            same = (table.workspace_id == _STATE.workspace_id, table[name] == _STATE.contact_id)
            yield ~exists().where(*same)


def drop_some_of(connection: Connection, workspace_id: str) -> int:
    """Forget up to AT_ONCE rows of one table of this workspace's, referring rows first. Repeat until 0.

    Every table that has a workspace is meant, those too that are added later; the workspace's own row stays.
    """
    for table in reversed(Base.metadata.sorted_tables):
        if "workspace_id" in table.c and table.name != Workspace.__tablename__:
            dropped = _drop_some(connection, table, workspace_id)
            if dropped:
                return dropped
    return 0


def _drop_some(connection: Connection, table: Table, workspace_id: str) -> int:
    which = table.c.workspace_id == workspace_id
    key = next((column for column in table.primary_key if column.name != "workspace_id"), None)
    if key is not None:  # without one the table has a single row of the workspace
        found = connection.execute(select(key).where(which).limit(AT_ONCE)).scalars().all()
        if not found:
            return 0
        which &= key.in_(found)
    return changed_rows(connection.execute(delete(table).where(which)))
