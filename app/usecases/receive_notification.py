"""Keep what Intercom notified us of, before it is told that we have it.

What is stored are ids and topics, no names or texts: the work reads the truth from Intercom, so it does not matter how
late, how often or in which order notifications come.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from app.domain.matching import found_by
from app.domain.workspace import Workspace
from app.intercom.notifications import ARCHIVED, DELETED, MERGED, ContactFact, ConversationFact, Notification
from app.storage import concerns, contact_states, inbox, known_contacts
from app.storage.database import transaction
from app.storage.inbox import NewEvent
from app.storage.workspaces import WorkspaceDirectory

_SAY_MORE = frozenset({ARCHIVED, DELETED, MERGED})
"""Topics that tell what no look at the contact shows. All others only ask to look, and one look answers many."""


class Kept(StrEnum):
    """What became of a notification."""

    STORED = "stored"
    KNOWN = "known"
    """It was here before, or one that asks for the same still waits."""
    NOTED = "noted"
    """Nobody here is linked to the contact: what it tells was remembered, and there is no work."""
    NO_CONCERN = "no_concern"
    UNKNOWN_WORKSPACE = "unknown_workspace"


def receive_notification(
    directory: WorkspaceDirectory, notification: Notification, at: datetime, *, search_lag: timedelta
) -> Kept:
    """Store the notification and schedule its work, or say why not. Raises DatabaseUnavailable."""
    fact = notification.fact
    if fact is None:
        return Kept.NO_CONCERN
    with transaction() as connection:
        workspace = directory.served(connection, notification.workspace_id)
        if workspace is None:
            return Kept.UNKNOWN_WORKSPACE
        keep = _way_to_keep(connection, workspace, notification, fact, at, at - search_lag)
    if keep is None:
        return Kept.NO_CONCERN
    with transaction(write=True) as connection:
        return keep(connection)


_Keep = Callable[[Connection], Kept]


def _way_to_keep(
    connection: Connection,
    workspace: Workspace,
    notification: Notification,
    fact: ContactFact | ConversationFact,
    at: datetime,
    since: datetime,
) -> _Keep | None:
    """Decided before anything is locked: most of what happens in a workspace concerns nobody here."""
    stored = _store(notification, fact, at)
    if isinstance(fact, ConversationFact):
        return stored if concerns.of_conversation(connection, workspace.id, fact.conversation_id) else None
    if notification.topic == MERGED and fact.merged_from is None:
        return stored  # who was merged is not told: it may be somebody of ours
    ids = [fact.contact_id, *([fact.merged_from] if fact.merged_from else [])]
    concern = concerns.of_contacts(connection, workspace.id, ids)
    if concern.linked or (concern.seen and notification.topic in _SAY_MORE):
        return stored
    if notification.topic in _SAY_MORE:
        return _note_deleted(workspace, fact, at) if notification.topic == DELETED else None
    return _note(workspace, fact, notification, at, since, seen=concern.seen)


def _store(notification: Notification, fact: ContactFact | ConversationFact, at: datetime) -> _Keep:
    event = NewEvent(
        workspace_id=notification.workspace_id,
        account_id=None,
        event_id=notification.id or f"unnamed:{notification.digest}",
        lane=lane_of(notification.workspace_id, fact),
        payload=_payload(notification, fact, at),
    )

    def keep(connection: Connection) -> Kept:
        if notification.topic in _SAY_MORE:
            result = inbox.store(connection, [event], at)
        else:
            result = inbox.store_unless_waiting(connection, event, at)
        return Kept.STORED if result.stored else Kept.KNOWN

    return keep


def lane_of(workspace_id: str, fact: ContactFact | ConversationFact) -> str:
    """One contact's notifications are worked one at a time; a merge with those of the contact that is gone.

    A conversation has a lane of its own: whose it is may change, by a merge for one.
    """
    if isinstance(fact, ConversationFact):
        return f"intercom:{workspace_id}:conversation:{fact.conversation_id}"
    return f"intercom:{workspace_id}:{fact.merged_from or fact.contact_id}"


def _payload(notification: Notification, fact: ContactFact | ConversationFact, at: datetime) -> dict[str, Any]:
    happened_at = min(notification.created_at or at, at)
    payload: dict[str, Any] = {"topic": notification.topic, "at": happened_at.isoformat()}
    if isinstance(fact, ConversationFact):
        return {**payload, "conversation_id": fact.conversation_id}
    return {**payload, "contact_id": fact.contact_id, "merged_from": fact.merged_from}


def _note_deleted(workspace: Workspace, fact: ContactFact, at: datetime) -> _Keep:
    """Somebody whom nobody is linked to: but a merge into them may have been told of late, and goes with them then."""

    def keep(connection: Connection) -> Kept:
        contact_states.mark(connection, workspace.id, fact.contact_id, contact_states.DELETED, at)
        return Kept.NOTED

    return keep


def _note(
    workspace: Workspace,
    fact: ContactFact,
    notification: Notification,
    at: datetime,
    since: datetime,
    *,
    seen: bool,
) -> _Keep | None:
    """A contact whom nobody is linked to yet, as it was a moment ago: Intercom's search may not show that yet.

    Older news than the search's lag is of no use. Nobody is linked on the strength of this alone: whoever is found so
    is read from Intercom first.
    """
    contact = fact.seen
    if contact is None:
        return None
    happened_at = min(contact.updated_at or notification.created_at or at, at)
    settings = workspace.settings
    phone, attributes = found_by(contact, prefix=settings.cda_prefix, country=settings.country)
    if happened_at < since or not (seen or phone or attributes):
        return None

    def keep(connection: Connection) -> Kept:
        known_contacts.heard(
            connection,
            workspace.id,
            contact.id,
            role=contact.role or None,
            phone=phone,
            attributes=attributes,
            at=happened_at,
        )
        return Kept.NOTED

    return keep
