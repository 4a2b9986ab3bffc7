"""The contacts that are linked to somebody here, or that others were merged into, in the order of their ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, func, select, union

from app.domain.reconciling import LinkedSender
from app.storage.models import ChannelAccount, ContactRedirect, ContactState, Identity

_IDENTITY, _REDIRECT, _STATE = Identity.__table__.c, ContactRedirect.__table__.c, ContactState.__table__.c


def next_ids(connection: Connection, workspace_id: str, after: str, limit: int) -> tuple[str, ...]:
    """The first contact ids behind `after`, each once."""
    linked = (
        select(_IDENTITY.contact_id.label("id"))
        .where(_IDENTITY.workspace_id == workspace_id, _IDENTITY.contact_id > after)
        .distinct()
        .order_by(_IDENTITY.contact_id)
        .limit(limit)
        .subquery()
    )
    ends = (
        select(_REDIRECT.into_id.label("id"))
        .where(_REDIRECT.workspace_id == workspace_id, _REDIRECT.into_id > after)
        .distinct()
        .order_by(_REDIRECT.into_id)
        .limit(limit)
        .subquery()
    )
    both = union(select(linked.c.id), select(ends.c.id)).subquery()
    return tuple(connection.execute(select(both.c.id).order_by(both.c.id).limit(limit)).scalars())


def count(connection: Connection, workspace_id: str) -> int:
    """How many contacts are linked to somebody."""
    query = select(func.count(_IDENTITY.contact_id.distinct())).where(_IDENTITY.workspace_id == workspace_id)
    return connection.execute(query).scalar_one()


def senders_of(
    connection: Connection, workspace_id: str, contact_ids: Collection[str]
) -> Mapping[str, tuple[LinkedSender, ...]]:
    """Who is linked to each of these contacts; nobody is left out, contacts without anybody are."""
    rows = connection.execute(
        select(_IDENTITY.contact_id, ChannelAccount.slug, _IDENTITY.sender_id, _IDENTITY.last_message_at)
        .join_from(Identity, ChannelAccount, _IDENTITY.account_id == ChannelAccount.id)
        .where(_IDENTITY.workspace_id == workspace_id, _IDENTITY.contact_id.in_(contact_ids))
    )
    found: dict[str, list[LinkedSender]] = defaultdict(list)
    for contact_id, slug, sender_id, last_message_at in rows:
        found[contact_id].append(LinkedSender(slug, sender_id, last_message_at))
    return {contact_id: tuple(senders) for contact_id, senders in found.items()}


def states_of(connection: Connection, workspace_id: str, contact_ids: Collection[str]) -> Mapping[str, str]:
    """Why Intercom does not serve these contacts, as far as Kinbox was told."""
    query = select(_STATE.contact_id, _STATE.state)
    rows = connection.execute(query.where(_STATE.workspace_id == workspace_id, _STATE.contact_id.in_(contact_ids)))
    return {row.contact_id: row.state for row in rows}
