"""Who wrote: the identity of a sender by any of their ids, and what is learnt of it with each message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, func, select, update

from app.domain.identity import Match
from app.storage.models import ChannelAccount, Identity
from app.storage.types import storable

_TABLE = Identity.__table__.c


@dataclass(frozen=True, kw_only=True)
class KnownSender:
    """An identity as the bridge needs it. `named` says whether the sender ever gave a name."""

    id: int
    sender_id: str
    contact_id: str | None
    match: Match | None
    named: bool


def get(connection: Connection, identity_id: int) -> KnownSender | None:
    return _read(connection, _TABLE.id == identity_id)


def with_sender_id(connection: Connection, account_id: int, sender_id: str) -> KnownSender | None:
    """The identity that is stored under this very sender id."""
    return _read(connection, _TABLE.account_id == account_id, _TABLE.sender_id == sender_id)


def _read(connection: Connection, *which: ColumnElement[bool]) -> KnownSender | None:
    columns = (_TABLE.id, _TABLE.sender_id, _TABLE.contact_id, _TABLE.match, _TABLE.display_name)
    row = connection.execute(select(*columns).where(*which)).one_or_none()
    if row is None:
        return None
    return KnownSender(
        id=row.id,
        sender_id=row.sender_id,
        contact_id=row.contact_id,
        match=Match.from_json(row.match),
        named=bool(row.display_name),
    )


def lock(connection: Connection, identity_id: int) -> None:
    """Nobody erases this identity before the transaction ends."""
    connection.execute(select(_TABLE.id).where(_TABLE.id == identity_id).with_for_update(read=True, key_share=True))


def last_channel(connection: Connection, workspace_id: str, contact_id: str) -> str | None:
    """The channel on which this contact was heard last; None when never."""
    query = (
        select(ChannelAccount.slug)
        .join(Identity, Identity.account_id == ChannelAccount.id)
        .where(
            _TABLE.workspace_id == workspace_id, _TABLE.contact_id == contact_id, _TABLE.last_message_at.is_not(None)
        )
        .order_by(_TABLE.last_message_at.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()


def heard_from(
    connection: Connection,
    identity_id: int,
    *,
    at: datetime,
    display_name: str | None,
    handle: str | None,
    phone: str | None,
    bsuid: str | None,
) -> None:
    """Keep the time of the latest message, and whatever the message told of its sender. Nothing known is forgotten."""
    told = {"display_name": storable(display_name), "handle": storable(handle), "phone": phone, "bsuid": bsuid}
    latest = case((_TABLE.last_message_at > at, _TABLE.last_message_at), else_=at)
    connection.execute(
        update(Identity)
        .where(_TABLE.id == identity_id)
        .values(
            last_message_at=latest,
            first_message_at=func.coalesce(_TABLE.first_message_at, at),
            **{name: value for name, value in told.items() if value},
        )
    )


def add_alias(connection: Connection, account_id: int, sender_id: str, *, new_id: str, phone: str | None) -> None:
    """The provider says that this sender is known by another id from now on. A stranger has no link to keep."""
    values = {"bsuid": new_id, **({"phone": phone} if phone else {})}
    same = (_TABLE.account_id == account_id, _TABLE.sender_id == sender_id, _TABLE.sender_id != new_id)
    connection.execute(update(Identity).where(*same).values(**values))
