"""All rows of one person, as they are stored: for the person to read, so nothing of it is left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from app.storage.inbox_records import fitting
from app.storage.models import (
    AuditRecord,
    Base,
    ChannelAccount,
    ContactRedirect,
    ContactState,
    ConversationLink,
    Identity,
    InboundEvent,
    KnownContact,
    Merge,
)
from app.storage.people import PersonIdentity, Somebody, Words
from app.storage.personal_events import unread_of

_WORK = frozenset({"epoch", "leased_until", "worker", "next_try_at", "lane"})
"""Columns about the work on an event, or that only repeat others."""
_RECORDS = {"from_id": ("from_before",), "into_id": ("into_before", "into_after")}
"""Of which contact of a merge each record is."""
Row = Mapping[str, Any]


def identities(connection: Connection, found: Collection[PersonIdentity]) -> list[Row]:
    """Each with its channel, the account's name and address, and the conversation that it writes in."""
    ids = [one.id for one in found]
    account = ChannelAccount.__table__.c
    named = select(account.id, account.slug, account.name, account.address).where(
        account.id.in_({one.account_id for one in found})
    )
    accounts = {row.id: row for row in connection.execute(named)}
    links = _rows(connection, ConversationLink, _of(ConversationLink).identity_id.in_(ids))
    conversations = {row["identity_id"]: row for row in links}
    return [
        {**_channel(accounts[row["account_id"]]), **row, "conversation": conversations.get(row["id"])}
        for row in _rows(connection, Identity, _of(Identity).id.in_(ids))
    ]


def events(connection: Connection, somebody: Somebody, found: Collection[PersonIdentity], words: Words) -> list[Row]:
    """What they wrote, and the calls that nobody could read in which one of their ids stands."""
    lanes = [fitting(lane) for lane in somebody.lanes(found)]
    unread = unread_of(connection, somebody.accounts(found), words.ids)
    which = _of(InboundEvent).lane.in_(lanes) | _of(InboundEvent).id.in_(unread)
    return [_without_work(row) for row in _rows(connection, InboundEvent, which)]


def of_contacts(connection: Connection, somebody: Somebody) -> Mapping[str, list[Row]]:
    """What is kept of the contacts themselves, by the name of its part."""
    ids = somebody.contact_ids
    merges = _of(Merge).from_id.in_(ids) | _of(Merge).into_id.in_(ids)
    redirects = _of(ContactRedirect).from_id.in_(ids) | _of(ContactRedirect).into_id.in_(ids)
    parts: tuple[tuple[str, type[Base], ColumnElement[bool]], ...] = (
        ("merges", Merge, merges),
        ("recorded", AuditRecord, _of(AuditRecord).contact_id.in_(ids)),
        ("known_lately", KnownContact, _of(KnownContact).contact_id.in_(ids)),
        ("merged_away", ContactRedirect, redirects),
        ("gone", ContactState, _of(ContactState).contact_id.in_(ids)),
    )
    found = {
        name: _rows(connection, model, _of(model).workspace_id == somebody.workspace_id, which)
        for name, model, which in parts
    }
    return {**found, "merges": [_own_side(row, ids) for row in found["merges"]]}


def _own_side(row: Row, contact_ids: Collection[str]) -> Row:
    """A merge that was refused or failed leaves two people: of the other one, and why it was tried, nothing is told."""
    theirs = [name for whose, names in _RECORDS.items() if row[whose] not in contact_ids for name in (*names, "reason")]
    return {**row, **dict.fromkeys(theirs)}


def _of(model: type[Base]) -> Any:
    return model.__table__.c


def _channel(account: Any) -> Row:
    return {"channel": account.slug, "account": {"name": account.name, "address": account.address}}


def _rows(connection: Connection, model: type[Base], *which: ColumnElement[bool]) -> list[Row]:
    table = model.__table__
    found = connection.execute(select(table).where(*which).order_by(*table.primary_key))
    return [{name: _told(value) for name, value in row._mapping.items() if name != "workspace_id"} for row in found]


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _without_work(row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in _WORK}
