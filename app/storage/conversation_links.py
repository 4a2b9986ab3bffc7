"""Which Intercom conversation an identity writes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from app.domain.message import InboundMessage
from app.storage.models import ConversationLink, InboundEvent
from app.storage.upserts import upsert

_LINK = ConversationLink.__table__.c
_EVENT = InboundEvent.__table__.c


@dataclass(frozen=True, kw_only=True)
class OpenConversation:
    """The identity's conversation; `closed_at` is None while it is open."""

    conversation_id: str
    contact_id: str
    last_activity_at: datetime
    closed_at: datetime | None


def of_identity(connection: Connection, identity_id: int) -> OpenConversation | None:
    query = select(_LINK.conversation_id, _LINK.contact_id, _LINK.last_activity_at, _LINK.closed_at)
    row = connection.execute(query.where(_LINK.identity_id == identity_id)).first()
    return None if row is None else OpenConversation(**row._mapping)


def saw_message(
    connection: Connection,
    workspace_id: str,
    identity_id: int,
    conversation_id: str,
    *,
    contact_id: str,
    at: datetime,
) -> None:
    """A customer's message opens the conversation again, whatever it was."""
    values = {
        "identity_id": identity_id,
        "workspace_id": workspace_id,
        "conversation_id": conversation_id,
        "contact_id": contact_id,
        "state": "open",
        "last_activity_at": at,
        "closed_at": None,
    }
    upsert(connection, ConversationLink, values, key=("identity_id",))


def leave(connection: Connection, identity_id: int) -> None:
    """The conversation is gone in Intercom: the next message starts another."""
    connection.execute(delete(ConversationLink).where(_LINK.identity_id == identity_id))


def same_before(connection: Connection, lane: str, event_id: int, message: InboundMessage) -> int:
    """How many earlier messages of this sender, done already, say the same at the same time."""
    query = select(_EVENT.payload).where(_EVENT.lane == lane, _EVENT.id < event_id, _EVENT.state == "done")
    wanted = message.to_json()
    payloads = connection.execute(query.order_by(_EVENT.id.desc()).limit(200)).scalars()
    return sum(
        (one or {}).get("text") == wanted["text"] and (one or {}).get("sent_at") == wanted["sent_at"]
        for one in payloads
    )
