"""Channel identities and the contact that each is linked to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from app.domain.identity import LinkedIdentity, Match
from app.storage.models import ChannelAccount, Identity
from app.storage.types import storable
from app.storage.upserts import changed_rows, upsert

_IDENTITY, _ACCOUNT = Identity.__table__.c, ChannelAccount.__table__.c
_LINKED = (
    select(
        _IDENTITY.id,
        _ACCOUNT.slug,
        _ACCOUNT.name,
        _IDENTITY.sender_id,
        _IDENTITY.handle,
        _IDENTITY.display_name,
        _IDENTITY.last_message_at,
        _IDENTITY.match,
        _ACCOUNT.paused_at,
    )
    .join_from(Identity.__table__, ChannelAccount.__table__, _IDENTITY.account_id == _ACCOUNT.id)
    .where(_IDENTITY.workspace_id == bindparam("workspace"), _IDENTITY.contact_id == bindparam("contact"))
)
_OF_CONTACT = _LINKED.order_by(_IDENTITY.last_message_at.desc().nulls_last(), _IDENTITY.id)
_ONE_OF_CONTACT = _LINKED.where(_IDENTITY.id == bindparam("identity"))


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who wrote, as the channel names them. What is None here leaves a stored value as it is."""

    account_id: int
    sender_id: str
    phone: str | None = None
    bsuid: str | None = None
    handle: str | None = None
    display_name: str | None = None


def link(
    connection: Connection,
    workspace_id: str,
    sender: Sender,
    contact_id: str,
    *,
    match: Mapping[str, Any],
    at: datetime,
    message_at: datetime | None = None,
) -> int:
    """Link this sender to `contact_id`, whether it was known or not. Answers the identity's id."""
    values = {
        "workspace_id": workspace_id,
        "account_id": sender.account_id,
        "sender_id": sender.sender_id,
        "phone": sender.phone,
        "bsuid": sender.bsuid,
        "handle": storable(sender.handle),
        "display_name": storable(sender.display_name),
        "contact_id": contact_id,
        "match": dict(match),
        "matched_at": at,
        "first_message_at": message_at,
        "last_message_at": message_at,
    }
    upsert(connection, Identity, values, key=("account_id", "sender_id"), keep=("workspace_id", "first_message_at"))
    same = (Identity.account_id == sender.account_id, Identity.sender_id == sender.sender_id)
    return connection.execute(select(Identity.id).where(*same)).scalar_one()


def repoint(
    connection: Connection, workspace_id: str, from_id: str, into_id: str, *, match: Mapping[str, Any], at: datetime
) -> int:
    """Link every identity of contact `from_id` to `into_id`. Answers how many there were."""
    moved = connection.execute(
        update(Identity)
        .where(Identity.workspace_id == workspace_id, Identity.contact_id == from_id)
        .values(contact_id=into_id, match=dict(match), matched_at=at)
    )
    return changed_rows(moved)


def move(
    connection: Connection,
    workspace_id: str,
    identity_id: int,
    from_id: str,
    into_id: str,
    *,
    match: Mapping[str, Any],
    at: datetime,
) -> bool:
    """Link one identity to `into_id`; False, with nothing changed, when it is not linked to `from_id`."""
    moved = connection.execute(
        update(Identity)
        .where(
            Identity.workspace_id == workspace_id,
            Identity.id == identity_id,
            Identity.contact_id == from_id,
        )
        .values(contact_id=into_id, match=dict(match), matched_at=at)
    )
    return changed_rows(moved) == 1


def unlink(connection: Connection, workspace_id: str, identity_id: int, from_id: str, *, at: datetime) -> bool:
    """Link one identity to nobody; False, with nothing changed, when it is not linked to `from_id`.

    Its match stays for `link_again`. The next message is matched anew and replaces it.
    """
    same = (Identity.workspace_id == workspace_id, Identity.id == identity_id, Identity.contact_id == from_id)
    unlinked = connection.execute(update(Identity).where(*same).values(contact_id=None, matched_at=at))
    return changed_rows(unlinked) == 1


def link_again(
    connection: Connection, workspace_id: str, identity_id: int, into_id: str, *, unlinked_at: datetime, at: datetime
) -> bool:
    """Undo the unlinking of `unlinked_at`; False, with nothing changed, when anything happened since."""
    same = (Identity.workspace_id == workspace_id, Identity.id == identity_id)
    untouched = (Identity.contact_id.is_(None), Identity.matched_at == unlinked_at)
    linked = connection.execute(update(Identity).where(*same, *untouched).values(contact_id=into_id, matched_at=at))
    return changed_rows(linked) == 1


def of_contact(connection: Connection, workspace_id: str, contact_id: str) -> tuple[LinkedIdentity, ...]:
    """The identities linked to a contact, the latest message first."""
    rows = connection.execute(_OF_CONTACT, {"workspace": workspace_id, "contact": contact_id})
    return tuple(_linked(row) for row in rows)


def one_of_contact(
    connection: Connection, workspace_id: str, contact_id: str, identity_id: int
) -> LinkedIdentity | None:
    """This identity, if it is linked to this contact."""
    facts = {"workspace": workspace_id, "contact": contact_id, "identity": identity_id}
    row = connection.execute(_ONE_OF_CONTACT, facts).first()
    return None if row is None else _linked(row)


def _linked(row: Any) -> LinkedIdentity:
    identity_id, slug, account_name, sender_id, handle, display_name, last_message_at, match, paused_at = row
    return LinkedIdentity(
        id=identity_id,
        channel=slug,
        account_name=account_name,
        sender_id=sender_id,
        handle=handle,
        display_name=display_name,
        last_message_at=last_message_at,
        match=Match.from_json(match),
        is_paused=paused_at is not None,
    )
