"""The messages of a contact that could not be brought in. They are kept as long as every event that ended."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from app.domain.identity_answers import FailedMessage, FailedMessages
from app.storage.lanes import lane_name
from app.storage.models import ChannelAccount, Identity, InboundEvent

_EVENT, _IDENTITY = InboundEvent.__table__.c, Identity.__table__.c
_ACCOUNT = ChannelAccount.__table__.c


def of_contact(connection: Connection, workspace_id: str, contact_id: str, *, limit: int) -> FailedMessages:
    """The newest failed messages of the identities that are linked to this contact now."""
    lanes = _lanes(connection, workspace_id, contact_id)
    dead = (_EVENT.lane.in_(lanes), _EVENT.workspace_id == workspace_id, _EVENT.state == "dead")
    newest = select(_EVENT.id, _EVENT.lane, _EVENT.last_error, _EVENT.received_at).where(*dead)
    listed = tuple(
        FailedMessage(
            event_id=row.id,
            channel=lanes[row.lane][0],
            account_name=lanes[row.lane][1],
            code=row.last_error or "",
            received_at=row.received_at,
        )
        for row in connection.execute(newest.order_by(_EVENT.id.desc()).limit(limit))
    )
    number = connection.execute(select(func.count()).where(*dead)).scalar_one()
    return FailedMessages(listed, number)


def is_of_contact(connection: Connection, workspace_id: str, contact_id: str, event_id: int) -> bool:
    """Whether this event failed and is of an identity that is linked to this contact now."""
    lanes = _lanes(connection, workspace_id, contact_id)
    dead = (_EVENT.id == event_id, _EVENT.workspace_id == workspace_id, _EVENT.state == "dead")
    return connection.execute(select(_EVENT.lane).where(*dead)).scalar() in lanes


def _lanes(connection: Connection, workspace_id: str, contact_id: str) -> Mapping[str, tuple[str, str]]:
    """The channel and the account's name of each lane that holds messages of this contact."""
    query = (
        select(_IDENTITY.account_id, _IDENTITY.sender_id, _ACCOUNT.slug, _ACCOUNT.name)
        .join_from(Identity.__table__, ChannelAccount.__table__, _IDENTITY.account_id == _ACCOUNT.id)
        .where(_IDENTITY.workspace_id == workspace_id, _IDENTITY.contact_id == contact_id)
    )
    return {lane_name(row.account_id, row.sender_id): (row.slug, row.name) for row in connection.execute(query)}
