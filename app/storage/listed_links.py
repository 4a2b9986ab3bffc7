"""Links of senders to contacts in bulk: to be taken away as a list, and to be brought in from one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from app.errors import AppError
from app.storage.contact_states import DELETED, ERASED
from app.storage.lanes import Person, is_same_person
from app.storage.links_lock import hold_links
from app.storage.models import ChannelAccount, ContactRedirect, ContactState, Identity
from app.storage.types import storable
from app.storage.upserts import changed_rows

AT_ONCE = 500
Place = tuple[str, int]
"""A link's place in the list: its contact, and its identity's id."""
BEGINNING: Place = ("", 0)
_IDENTITY, _ACCOUNT = Identity.__table__.c, ChannelAccount.__table__.c
_STATE, _REDIRECT = ContactState.__table__.c, ContactRedirect.__table__.c


class ChangedMeanwhile(AppError):
    """Somebody wrote in, was linked, merged or erased between the look and the writing. Nothing was changed."""

    retryable = True

    def __init__(self) -> None:
        super().__init__("A sender or a contact of the list changed meanwhile. Nothing was imported: try again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLink:
    """A link as a list has it. `address` is the channel account's."""

    channel: str
    address: str
    sender_id: str = field(repr=False)
    contact_id: str
    phone: str | None = field(default=None, repr=False)
    handle: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    rule: str | None = None
    linked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """A link to write. `identity_id` is None for a sender that was never seen; `former_id` the contact until now."""

    account_id: int
    sender_id: str = field(repr=False)
    contact_id: str
    phone: str | None = field(default=None, repr=False)
    handle: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    identity_id: int | None = None
    former_id: str | None = None


def page(
    connection: Connection, workspace_id: str, *, after: Place = BEGINNING, limit: int = AT_ONCE
) -> tuple[Place, tuple[ListedLink, ...]]:
    """Links of a workspace by their contacts, those behind `after`, and the place of the last one.

    In the order of the index, so that each page costs the same.
    """
    place = (_IDENTITY.contact_id, _IDENTITY.id)
    query = (
        select(*_IDENTITY, _ACCOUNT.slug, _ACCOUNT.address)
        .join_from(Identity.__table__, ChannelAccount.__table__, _IDENTITY.account_id == _ACCOUNT.id)
        .where(_IDENTITY.workspace_id == workspace_id, tuple_(*place) > tuple_(*after))
        .order_by(*place)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    return ((rows[-1].contact_id, rows[-1].id) if rows else after), tuple(_listed(row) for row in rows)


def _listed(row: Any) -> ListedLink:
    match = row.match if isinstance(row.match, Mapping) else {}
    return ListedLink(
        channel=row.slug,
        address=row.address,
        sender_id=row.sender_id,
        contact_id=row.contact_id,
        phone=row.phone,
        handle=row.handle,
        name=row.display_name,
        rule=match.get("rule"),
        linked_at=row.matched_at,
    )


def known(connection: Connection, account_id: int, people: Sequence[Person]) -> dict[Person, tuple[int, str | None]]:
    """The identity of each of these people who was seen before, and the contact that it is linked to.

    Whoever is known under another spelling or id counts as seen, as for a message.
    """
    ids = {one for person in people for one in person.ids}
    phones = {person.phone for person in people if person.phone}
    found: dict[int, Any] = {}
    for column, values in ((_IDENTITY.sender_id, ids), (_IDENTITY.bsuid, ids), (_IDENTITY.phone, phones)):
        for some in _chunks(sorted(values)):
            rows = connection.execute(_known_by(account_id, column.in_(some)))
            found.update((row.id, row) for row in rows)
    by_id: dict[str, list[Any]] = {}
    for _, row in sorted(found.items()):
        for name in {row.sender_id, row.bsuid, row.phone} - {None}:
            by_id.setdefault(name, []).append(row)
    return {person: (row.id, row.contact_id) for person in people if (row := _row_of(person, by_id)) is not None}


def _known_by(account_id: int, condition: ColumnElement[bool]) -> Any:
    columns = (_IDENTITY.id, _IDENTITY.sender_id, _IDENTITY.phone, _IDENTITY.bsuid, _IDENTITY.contact_id)
    return select(*columns).where(_IDENTITY.account_id == account_id, condition)


def _row_of(person: Person, by_id: Mapping[str, list[Any]]) -> Any | None:
    """As `lanes` finds a person: by the sender id, else the oldest that shares an id or, unless ids differ, a phone."""
    near = [row for name in (*person.ids, person.phone) if name is not None for row in by_id.get(name, ())]
    exact = (row for row in near if row.sender_id == person.sender_id)
    same = (row for row in sorted(near, key=lambda row: int(row.id)) if is_same_person(row, person))
    return next(exact, None) or next(same, None)


def gone_for_good(connection: Connection, workspace_id: str, contact_ids: Sequence[str]) -> frozenset[str]:
    """Those of these contacts that were deleted in Intercom, or erased here."""
    gone: set[str] = set()
    for some in _chunks(sorted(set(contact_ids))):
        states = (_STATE.workspace_id == workspace_id, _STATE.state.in_((DELETED, ERASED)))
        rows = connection.execute(select(_STATE.contact_id).where(*states, _STATE.contact_id.in_(some)))
        gone.update(rows.scalars())
    return frozenset(gone)


def gone_on(connection: Connection, workspace_id: str, contact_ids: Sequence[str]) -> dict[str, str]:
    """Those of these contacts that were merged away, and the contact that each is part of now."""
    into: dict[str, str] = {}
    for some in _chunks(sorted(set(contact_ids))):
        merged = select(_REDIRECT.from_id, _REDIRECT.into_id).where(_REDIRECT.workspace_id == workspace_id)
        into.update((row.from_id, row.into_id) for row in connection.execute(merged.where(_REDIRECT.from_id.in_(some))))
    return into


def write(
    connection: Connection, workspace_id: str, links: Sequence[NewLink], *, match: Mapping[str, Any], at: datetime
) -> None:
    """Write all of these. `match` is kept with each, and for a replaced link the contact until now as its runner-up.

    Needs a write transaction that has done nothing yet. Raises ChangedMeanwhile, after which it must not be committed.
    """
    hold_links(connection, workspace_id)
    contact_ids = [one.contact_id for one in links]
    if gone_for_good(connection, workspace_id, contact_ids) or gone_on(connection, workspace_id, contact_ids):
        raise ChangedMeanwhile
    new = [_new(workspace_id, one, match, at) for one in links if one.identity_id is None]
    changed = [_changed(one, match, at) for one in links if one.identity_id is not None]
    try:
        for rows in _chunks(new):
            connection.execute(insert(Identity), rows)
    except IntegrityError:
        raise ChangedMeanwhile from None
    for former in (True, False):
        rows = [one for one in changed if (one["former"] is not None) is former]
        for some in _chunks(rows):
            if changed_rows(connection.execute(_CHANGE[former], some)) != len(some):
                raise ChangedMeanwhile


def _new(workspace_id: str, link: NewLink, match: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return {
        "workspace_id": workspace_id,
        "account_id": link.account_id,
        "sender_id": link.sender_id,
        "phone": link.phone,
        "handle": storable(link.handle),
        "display_name": storable(link.name),
        "contact_id": link.contact_id,
        "match": dict(match),
        "matched_at": at,
    }


def _changed(link: NewLink, match: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    others = [link.former_id] if link.former_id else []
    return {
        "identity": link.identity_id,
        "former": link.former_id,
        "into": link.contact_id,
        "reason": {**match, "runners_up": others},
        "at": at,
        "new_phone": link.phone,
        "new_handle": storable(link.handle),
        "new_name": storable(link.name),
    }


def _change(former: ColumnElement[bool]) -> Any:
    """What is known of the sender stays; what is not is filled in."""
    return (
        update(Identity)
        .where(_IDENTITY.id == bindparam("identity"), former)
        .values(
            contact_id=bindparam("into"),
            match=bindparam("reason"),
            matched_at=bindparam("at"),
            phone=func.coalesce(_IDENTITY.phone, bindparam("new_phone")),
            handle=func.coalesce(_IDENTITY.handle, bindparam("new_handle")),
            display_name=func.coalesce(_IDENTITY.display_name, bindparam("new_name")),
        )
    )


_CHANGE = {
    True: _change(_IDENTITY.contact_id == bindparam("former")),
    False: _change(_IDENTITY.contact_id.is_(None)),
}


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
