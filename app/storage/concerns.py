"""Whether something in Intercom concerns anybody here: decided for every notification, so by index alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, String, bindparam, exists, or_, select

from app.storage.models import ContactRedirect, ContactState, ConversationLink, Identity, KnownContact, Merge

_WORKSPACE = bindparam("workspace", type_=String)
_IDS = bindparam("ids", type_=String, expanding=True)


def _holds(model: Any, *columns: Any) -> Any:
    return or_(*(exists().where(model.workspace_id == _WORKSPACE, column.in_(_IDS)) for column in columns))


_CONTACTS = select(
    or_(
        _holds(Identity, Identity.contact_id),
        _holds(ContactRedirect, ContactRedirect.from_id),
        _holds(ContactState, ContactState.contact_id),
        _holds(Merge, Merge.from_id, Merge.into_id),
    ).label("linked"),
    _holds(KnownContact, KnownContact.contact_id).label("seen"),
)
_CONVERSATION = select(_holds(ConversationLink, ConversationLink.conversation_id))


@dataclass(frozen=True)
class Concern:
    """`linked`: somebody writes as this contact, or did, or it was merged or is gone. `seen`: it is known lately."""

    linked: bool
    seen: bool


def of_contacts(connection: Connection, workspace_id: str, contact_ids: Sequence[str]) -> Concern:
    """What is known of any of these contacts, in one query."""
    row = connection.execute(_CONTACTS, {"workspace": workspace_id, "ids": list(contact_ids)}).one()
    return Concern(bool(row.linked), bool(row.seen))


def of_conversation(connection: Connection, workspace_id: str, conversation_id: str) -> bool:
    """Whether somebody writes in this conversation."""
    asked = {"workspace": workspace_id, "ids": [conversation_id]}
    return bool(connection.execute(_CONVERSATION, asked).scalar())
