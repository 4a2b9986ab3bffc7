"""One person's rows: the contacts that are the same person, and the identities that are linked to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from app.storage import redirects
from app.storage.lanes import lane_name
from app.storage.models import ChannelAccount, ContactRedirect, Identity, KnownContact, Merge

_IDENTITY, _KNOWN, _MERGE = Identity.__table__.c, KnownContact.__table__.c, Merge.__table__.c
_NAMED_BY = (_IDENTITY.sender_id, _IDENTITY.bsuid, _IDENTITY.phone)
_REDIRECT = ContactRedirect.__table__.c
_IDS = ("email", "phone", "external_id")
"""The fields of a contact, beside its name, that say who it is."""


@dataclass(frozen=True)
class Words:
    """The texts that name a person. `ids` (phones, emails, sender ids) are theirs alone; a name may be anybody's."""

    ids: frozenset[str] = field(default=frozenset(), repr=False)
    names: frozenset[str] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, ids: Iterable[Any], names: Iterable[Any]) -> Words:
        return cls(frozenset(_texts(ids)), frozenset(_texts(names)))

    def __or__(self, other: Words) -> Words:
        return Words(self.ids | other.ids, self.names | other.names)


@dataclass(frozen=True, kw_only=True)
class PersonIdentity:
    """An identity row as far as it says who somebody is."""

    id: int
    account_id: int
    contact_id: str | None
    sender_id: str = field(repr=False)
    phone: str | None = field(repr=False)
    bsuid: str | None = field(repr=False)
    handle: str | None = field(repr=False)
    display_name: str | None = field(repr=False)

    @property
    def lane(self) -> str:
        return lane_name(self.account_id, self.sender_id)

    @property
    def words(self) -> Words:
        """What the channel told of the person."""
        return Words.of((self.sender_id, self.phone, self.bsuid), (self.handle, self.display_name))


_FIELDS = tuple(_IDENTITY[name] for name in PersonIdentity.__dataclass_fields__)


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """Whom to look for: contacts that are one person, and a sender on some accounts."""

    workspace_id: str
    contact_ids: tuple[str, ...]
    account_ids: tuple[int, ...] = ()
    sender_id: str | None = field(default=None, repr=False)

    def identities(self, connection: Connection, *, lock: bool = False) -> tuple[PersonIdentity, ...]:
        """All that are linked to the contacts or named by the sender id, a second id or a phone.

        With `lock` nobody changes them before this transaction ends.
        """
        which: list[ColumnElement[bool]] = [_IDENTITY.contact_id.in_(self.contact_ids)]
        if self.sender_id is not None:
            of_accounts = _IDENTITY.account_id.in_(self.account_ids)
            which += [of_accounts & (column == self.sender_id) for column in _NAMED_BY]
        found: dict[int, PersonIdentity] = {}
        for one in which:  # each by its own index: for an OR of them SQLite reads every identity
            query = select(*_FIELDS).where(_IDENTITY.workspace_id == self.workspace_id, one).order_by(_IDENTITY.id)
            rows = connection.execute(query.with_for_update() if lock else query)
            found |= {row.id: PersonIdentity(**row._mapping) for row in rows}
        return tuple(found[identity_id] for identity_id in sorted(found))

    def accounts(self, identities: Iterable[PersonIdentity]) -> frozenset[int]:
        """Where they may have written: also where no call of theirs could be read, so that no identity was made."""
        return frozenset({*self.account_ids, *(one.account_id for one in identities)})

    def lanes(self, identities: Iterable[PersonIdentity]) -> tuple[str, ...]:
        """The lanes of what they wrote, in order."""
        named = (lane_name(one, self.sender_id) for one in self.account_ids if self.sender_id)
        return tuple(sorted({*named, *(one.lane for one in identities)}))

    def words(self, connection: Connection, identities: Iterable[PersonIdentity]) -> Words:
        """What names the person: on the channels, in what is known of the contacts, in the records of their merges."""
        words = Words.of([self.sender_id], ())
        for one in identities:
            words |= one.words
        for known in _words(connection, self.workspace_id, self.contact_ids):
            words |= known
        return words


def contact(connection: Connection, workspace_id: str, contact_id: str, *, with_survivor: bool = True) -> Somebody:
    """Who this contact is."""
    same = same_person(connection, workspace_id, contact_id, with_survivor=with_survivor)
    return Somebody(workspace_id=workspace_id, contact_ids=same)


def sender(connection: Connection, workspace_id: str, channel: int | str, sender_id: str) -> Somebody:
    """Who writes under this id or phone, on the account with this id or on all of a channel (a slug)."""
    accounts = accounts_of(connection, workspace_id, channel)
    alone = Somebody(workspace_id=workspace_id, contact_ids=(), account_ids=accounts, sender_id=sender_id)
    linked = {one.contact_id for one in alone.identities(connection) if one.contact_id is not None}
    contacts = {each for one in linked for each in same_person(connection, workspace_id, one)}
    return replace(alone, contact_ids=tuple(sorted(contacts)))


def same_person(
    connection: Connection, workspace_id: str, contact_id: str, *, with_survivor: bool = True
) -> tuple[str, ...]:
    """This contact and all that were merged into it; and the one that it went into, with all that went there too."""
    top = redirects.survivor(connection, workspace_id, contact_id) if with_survivor else contact_id
    known = {contact_id, top}
    new = known
    while new:
        came = select(_REDIRECT.from_id).where(_REDIRECT.workspace_id == workspace_id, _REDIRECT.into_id.in_(new))
        new = set(connection.execute(came).scalars()) - known
        known |= new
    return tuple(sorted(known))


def accounts_of(connection: Connection, workspace_id: str, channel: int | str) -> tuple[int, ...]:
    """The ids of the workspace's account with this id, or of all its accounts on this channel, removed ones too."""
    columns = ChannelAccount.__table__.c
    which = columns.id == channel if isinstance(channel, int) else columns.slug == channel
    found = select(columns.id).where(columns.workspace_id == workspace_id, which)
    return tuple(connection.execute(found.order_by(columns.id)).scalars())


def _words(connection: Connection, workspace_id: str, contact_ids: Collection[str]) -> Iterator[Words]:
    known = select(_KNOWN.phone, _KNOWN.name).where(
        _KNOWN.workspace_id == workspace_id, _KNOWN.contact_id.in_(contact_ids)
    )
    for row in connection.execute(known):
        yield Words.of([row.phone], [row.name])
    records = {_MERGE.from_id: (_MERGE.from_before,), _MERGE.into_id: (_MERGE.into_before, _MERGE.into_after)}
    for whose, columns in records.items():
        of_contact = select(*columns).where(_MERGE.workspace_id == workspace_id, whose.in_(contact_ids))
        for row in connection.execute(of_contact):
            for record in row:
                given = record or {}
                yield Words.of([given.get(name) for name in _IDS], [given.get("name")])


def _texts(values: Iterable[Any]) -> Iterator[str]:
    return (one for one in values if isinstance(one, str) and one.strip())
