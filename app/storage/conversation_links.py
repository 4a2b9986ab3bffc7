"""Which Intercom conversation an identity writes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, update

from app.domain.message import InboundMessage
from app.storage.models import ConversationLink, InboundEvent
from app.storage.upserts import upsert

_LINK = ConversationLink.__table__.c
_EVENT = InboundEvent.__table__.c
_TWINS_LOOKED_AT = 200


@dataclass(frozen=True, kw_only=True)
class OpenConversation:
    """The identity's conversation; `closed_at` is None while it is open."""

    conversation_id: str
    contact_id: str
    last_activity_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class ConversationOf:
    """An identity that writes in a conversation, and the contact as which it does."""

    identity_id: int
    contact_id: str


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
    }
    upsert(connection, ConversationLink, values, key=("identity_id",))
    # Said by itself, since an upsert leaves alone what is not given.
    connection.execute(update(ConversationLink).where(_LINK.identity_id == identity_id).values(closed_at=None))


def leave(connection: Connection, identity_id: int, *, conversation_id: str | None = None) -> None:
    """The next message starts another conversation. With a `conversation_id`: only if that is the one."""
    which = () if conversation_id is None else (_LINK.conversation_id == conversation_id,)
    connection.execute(delete(ConversationLink).where(_LINK.identity_id == identity_id, *which))


def leave_all(connection: Connection, workspace_id: str, conversation_id: str) -> None:
    """The conversation is gone in Intercom."""
    connection.execute(delete(ConversationLink).where(*_conversation(workspace_id, conversation_id)))


def of_conversation(connection: Connection, workspace_id: str, conversation_id: str) -> tuple[ConversationOf, ...]:
    """Everybody who writes in this conversation."""
    query = select(_LINK.identity_id, _LINK.contact_id).where(*_conversation(workspace_id, conversation_id))
    return tuple(ConversationOf(*row) for row in connection.execute(query))


def saw_state(
    connection: Connection,
    workspace_id: str,
    conversation_id: str,
    *,
    state: str,
    closed_at: datetime | None,
    unless_after: datetime,
) -> None:
    """Intercom showed the conversation in this state, which an answer to a message after that time may have changed."""
    connection.execute(
        update(ConversationLink)
        .where(*_conversation(workspace_id, conversation_id), _LINK.last_activity_at < unless_after)
        .values(state="closed" if state == "closed" else "open", closed_at=closed_at)
    )


def _conversation(workspace_id: str, conversation_id: str) -> tuple[ColumnElement[bool], ...]:
    return (_LINK.workspace_id == workspace_id, _LINK.conversation_id == conversation_id)


def is_of_another(connection: Connection, workspace_id: str, conversation_id: str, identity_id: int) -> bool:
    """Whether another identity writes in this conversation."""
    query = select(_LINK.identity_id).where(
        _LINK.workspace_id == workspace_id,
        _LINK.conversation_id == conversation_id,
        _LINK.identity_id != identity_id,
    )
    return connection.execute(query.limit(1)).first() is not None


def same_before(connection: Connection, lane: str, event_id: int, message: InboundMessage, written_at: datetime) -> int:
    """How many earlier messages of this sender, done already, say the same in the same second."""
    query = select(_EVENT.payload, _EVENT.received_at).where(
        _EVENT.lane == lane, _EVENT.id < event_id, _EVENT.state == "done"
    )
    rows = connection.execute(query.order_by(_EVENT.id.desc()).limit(_TWINS_LOOKED_AT))
    second = int(written_at.timestamp())
    return sum(
        _second_of(row.payload, row.received_at) == second and row.payload.get("text") == message.text for row in rows
    )


def _second_of(payload: Mapping[str, Any], received_at: datetime) -> int:
    """The provider's time, or that of receipt where it sends none: as `Delivery.written_at` has it."""
    sent_at = payload.get("sent_at")
    return int((datetime.fromisoformat(sent_at) if sent_at else received_at).timestamp())
