"""Lanes: all that one person sends to one channel account lies in one lane, under whichever of their ids it came.

A lane is named after the sender id under which the person was first seen; an identity row remembers it, together with
the person's other ids, from the first call on. So a later message under an alias finds its way also while the first
one still waits. Two first messages at once are told apart under a lock on the account. Where nothing known connects
two ids, they are two people, until a call carries both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, union, update

from app.storage.models import ChannelAccount, Identity
from app.storage.types import storable
from app.storage.upserts import insert_or_ignore

_IDENTITY = Identity.__table__.c
_KNOWN = select(_IDENTITY.id, _IDENTITY.sender_id, _IDENTITY.phone, _IDENTITY.bsuid)
_PHONE_ID = re.compile(r"(?:whatsapp:)?\+?(\d+)")


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone as one call names them: the sender id, further ids, the phone in E.164."""

    sender_id: str
    aliases: tuple[str, ...] = ()
    phone: str | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.sender_id, *self.aliases)


def lane_name(account_id: int, sender_id: str) -> str:
    return f"channel:{account_id}:{sender_id}"


def sender_of_lane(lane: str) -> str:
    """The sender id that a lane is named after: that of the person's identity row."""
    return lane.split(":", 2)[2]


def identity_of(connection: Connection, account_id: int, person: Person) -> int | None:
    """The id of this person's identity row, under whichever of their ids; None for somebody new."""
    known = _find(connection, account_id, person)
    return None if known is None else int(known.id)


def remember(connection: Connection, workspace_id: str, account_id: int, person: Person, at: datetime) -> None:
    """Make a row for this person, linked to nobody, unless there is one under the very sender id."""
    values = {
        "workspace_id": workspace_id,
        "account_id": account_id,
        "sender_id": person.sender_id,
        "phone": storable(person.phone),
        "bsuid": _second_id(person),
        "first_message_at": at,
    }
    insert_or_ignore(connection, Identity, values)


def lane_of(connection: Connection, workspace_id: str, account_id: int, person: Person, at: datetime) -> str:
    """The lane of this person's messages. Needs a write transaction, which must not have stored events yet.

    A person never seen before gets an identity row that is linked to nobody; a known one learns a missing phone or
    second id.
    """
    known = _find(connection, account_id, person)
    if known is None and _lock(connection, account_id):
        known = _find(connection, account_id, person)
    if known is None:
        remember(connection, workspace_id, account_id, person, at)
        return lane_name(account_id, person.sender_id)
    _learn(connection, known, person)
    return lane_name(account_id, known.sender_id)


def lane_of_change(connection: Connection, account_id: int, old_id: str, new_id: str) -> str:
    """The lane in which a change of somebody's id waits. What comes under the new id from now on joins it there.

    Unless the old id is known as a second id only: then messages that have it still wait, and it must stay.
    """
    known = _find(connection, account_id, Person(sender_id=old_id))
    if known is None:
        return lane_name(account_id, old_id)
    if known.bsuid is None or known.sender_id == old_id:
        connection.execute(update(Identity).where(_IDENTITY.id == known.id).values(bsuid=new_id))
    return lane_name(account_id, known.sender_id)


def _find(connection: Connection, account_id: int, person: Person) -> Any:
    """The row of this person: by its sender id, else the oldest that shares an id or, unless ids differ, a phone."""
    named: list[ColumnElement[bool]] = [_IDENTITY.sender_id.in_(person.ids), _IDENTITY.bsuid.in_(person.ids)]
    if person.phone is not None:
        named.append(_IDENTITY.phone == person.phone)
    # Neither OR nor ORDER BY: for either SQLite may read every identity of the account.
    each = (_KNOWN.where(_IDENTITY.account_id == account_id, one) for one in named)
    rows = sorted(connection.execute(union(*each)).all(), key=lambda row: int(row.id))
    exact = (row for row in rows if row.sender_id == person.sender_id)
    return next(exact, None) or next((row for row in rows if is_same_person(row, person)), None)


def is_same_person(row: Any, person: Person) -> bool:
    """A phone can pass on to somebody else, who then has another id beside it; an id cannot."""
    theirs = _lasting((row.sender_id, row.bsuid), row.phone)
    given = _lasting(person.ids, person.phone)
    return not (theirs and given) or bool(theirs & given)


def _lasting(ids: Sequence[str | None], phone: str | None) -> set[str]:
    """The ids that are not merely the phone in another spelling."""
    return {one for one in ids if one is not None and not _spells(one, phone)}


def _spells(sender_id: str, phone: str | None) -> bool:
    shaped = _PHONE_ID.fullmatch(sender_id)
    return shaped is not None and phone is not None and shaped[1] == phone.lstrip("+")


def _second_id(person: Person) -> str | None:
    """The lasting id that is not the sender id, where there is one."""
    others = (one for one in person.aliases if one != person.sender_id and not _spells(one, person.phone))
    return next(others, None)


def _lock(connection: Connection, account_id: int) -> bool:
    """Let no other transaction remember a new person of this account before this one ends.

    Whether there can be another: SQLite has one writer, which this one is.
    """
    if connection.dialect.name == "sqlite":
        return False
    account = select(ChannelAccount.id).where(ChannelAccount.id == account_id)
    connection.execute(account.with_for_update(key_share=True))
    return True


def _learn(connection: Connection, known: Any, person: Person) -> None:
    """Fill in what was not known. What is known stays: a change of phone or id is the worker's to judge."""
    lasting = sorted(_lasting(person.ids, person.phone) - {known.sender_id})
    news: dict[str, str] = {}
    if known.phone is None and person.phone is not None:
        news["phone"] = person.phone
    if known.bsuid is None and lasting:
        news["bsuid"] = lasting[0]
    if news:
        connection.execute(update(Identity).where(_IDENTITY.id == known.id).values(**news))
