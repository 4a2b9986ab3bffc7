"""Contacts that we made or saw lately, because Intercom's search shows them only minutes later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, update

from app.domain.contact import Contact
from app.storage import contact_states
from app.storage.models import KnownContact
from app.storage.types import storable
from app.storage.upserts import changed_rows, insert_or_ignore, upsert

_TABLE = KnownContact.__table__.c


@dataclass(frozen=True)
class Carried:
    """The role, where it is known, and the attributes. One that is None was found to be missing in Intercom."""

    role: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict, repr=False)


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
    """Remember what a contact carries now, as far as it is known here: a phone of None leaves the one that is kept.

    Nothing is kept of a contact that was erased.
    """
    if contact_states.erased(connection, workspace_id, [contact_id]):
        return
    values = {
        "workspace_id": workspace_id,
        "contact_id": contact_id,
        **_carried(role, phone, attributes, at),
    }
    upsert(connection, KnownContact, values, key=("workspace_id", "contact_id"))


def heard(
    connection: Connection,
    workspace_id: str,
    contact_id: str,
    *,
    role: str | None,
    phone: str | None,
    attributes: Mapping[str, Any],
    at: datetime,
) -> bool:
    """Remember the whole of what a contact carried at `at`; False, and nothing changed, when later news is kept.

    A contact with neither phone nor attributes is kept only where it was kept before: nobody could be matched to it.
    """
    if contact_states.erased(connection, workspace_id, [contact_id]):
        return False
    carried = _carried(role, phone, attributes, at)
    older = update(KnownContact).where(*_one(workspace_id, contact_id), _TABLE.seen_at <= at)
    if changed_rows(connection.execute(older.values(**carried))) == 1:
        return True
    if not (phone or attributes):
        return False
    return insert_or_ignore(
        connection, KnownContact, {"workspace_id": workspace_id, "contact_id": contact_id, **carried}
    )


def drop(connection: Connection, workspace_id: str, contact_id: str) -> None:
    """Intercom does not serve this contact any more."""
    connection.execute(delete(KnownContact).where(*_one(workspace_id, contact_id)))


def forget(connection: Connection, before: datetime) -> int:
    """Drop what was seen longer ago: Intercom's search has shown it since. Answers how many."""
    return changed_rows(connection.execute(delete(KnownContact).where(_TABLE.seen_at < before)))


def carried_by(connection: Connection, workspace_id: str, contact_id: str) -> Carried:
    """What is known of this contact."""
    row = connection.execute(select(_TABLE.role, _TABLE.attributes).where(*_one(workspace_id, contact_id))).first()
    return Carried() if row is None else Carried(row.role, row.attributes or {})


def is_known(connection: Connection, workspace_id: str, contact_id: str, since: datetime) -> bool:
    """Whether this contact was made or seen since then."""
    query = select(_TABLE.contact_id).where(*_one(workspace_id, contact_id), _TABLE.seen_at >= since)
    return connection.execute(query).first() is not None


def with_phone(connection: Connection, workspace_id: str, phone: str | None, since: datetime) -> tuple[Contact, ...]:
    """The contacts seen since then that carry this E.164 number."""
    return _seen(connection, workspace_id, since, _TABLE.phone == phone)


def with_attribute(
    connection: Connection, workspace_id: str, name: str, value: str, since: datetime
) -> tuple[Contact, ...]:
    """The contacts seen since then whose attribute has this value."""
    return _seen(connection, workspace_id, since, _TABLE.attributes[name].as_string() == value)


def _carried(role: str | None, phone: str | None, attributes: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Without the attributes of which no sender has the id: PostgreSQL cannot look into JSON in which one stands."""
    kept = {name: value for name, value in attributes.items() if _is_storable(name) and _is_storable(value)}
    return {"role": storable(role), "phone": phone, "attributes": kept, "seen_at": at}


def _is_storable(value: object) -> bool:
    return not isinstance(value, str) or storable(value) == value


def _one(workspace_id: str, contact_id: str) -> tuple[ColumnElement[bool], ...]:
    return (_TABLE.workspace_id == workspace_id, _TABLE.contact_id == contact_id)


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
