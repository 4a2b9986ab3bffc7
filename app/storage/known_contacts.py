"""Contacts that we made or saw lately, because Intercom's search shows them only minutes later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from app.domain.contact import Contact
from app.storage.models import KnownContact
from app.storage.upserts import changed_rows, upsert

_TABLE = KnownContact.__table__.c


def saw(
    connection: Connection,
    workspace_id: str,
    contact_id: str,
    *,
    role: str | None,
    phone: str | None,
    attributes: Mapping[str, Any],
    at: datetime,
) -> None:
    """Remember a contact with what it carries now."""
    values = {
        "workspace_id": workspace_id,
        "contact_id": contact_id,
        "role": role,
        "phone": phone,
        "attributes": dict(attributes),
        "seen_at": at,
    }
    upsert(connection, KnownContact, values, key=("workspace_id", "contact_id"))


def forget(connection: Connection, before: datetime) -> int:
    """Drop what was seen longer ago: Intercom's search has shown it since. Answers how many."""
    return changed_rows(connection.execute(delete(KnownContact).where(_TABLE.seen_at < before)))


def role_of(connection: Connection, workspace_id: str, contact_id: str) -> str | None:
    query = select(_TABLE.role).where(_TABLE.workspace_id == workspace_id, _TABLE.contact_id == contact_id)
    return connection.execute(query).scalar()


def with_phone(connection: Connection, workspace_id: str, phone: str | None, since: datetime) -> tuple[Contact, ...]:
    """The contacts seen since then that carry this E.164 number."""
    return _seen(connection, workspace_id, since, _TABLE.phone == phone)


def with_attribute(
    connection: Connection, workspace_id: str, name: str, value: str, since: datetime
) -> tuple[Contact, ...]:
    """The contacts seen since then whose attribute has this value."""
    return _seen(connection, workspace_id, since, _TABLE.attributes[name].as_string() == value)


def _seen(connection: Connection, workspace_id: str, since: datetime, which: Any) -> tuple[Contact, ...]:
    columns = (_TABLE.contact_id, _TABLE.role, _TABLE.phone, _TABLE.attributes, _TABLE.seen_at)
    query = select(*columns).where(_TABLE.workspace_id == workspace_id, _TABLE.seen_at >= since, which)
    return tuple(
        Contact(
            id=row.contact_id,
            role=row.role or "",
            phone=row.phone,
            custom_attributes=row.attributes or {},
            updated_at=row.seen_at,
        )
        for row in connection.execute(query)
    )
