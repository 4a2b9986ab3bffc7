"""Intercom's webhook notifications: the envelope, and the facts in it that Kinbox has a use for.

Names and texts in the payload are read by nobody. Source: developers.intercom.com, "Webhook models", 2.16.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.domain.contact import Contact, UnreadableContact

LONGEST_ID = 255
EARLIEST = datetime(2011, 1, 1, tzinfo=UTC)
"""Intercom was founded in that year. What is said to be older than it has no time that could be reckoned with."""
ARCHIVED, DELETED, MERGED = "contact.archived", "contact.deleted", "contact.merged"
CONTACT_TOPICS = frozenset(
    {
        ARCHIVED,
        DELETED,
        MERGED,
        "contact.unarchive",
        "contact.user.created",
        "contact.lead.created",
        "contact.user.updated",
        "contact.lead.updated",
        "contact.lead.added_email",
        "contact.lead.signed_up",
        "contact.email.updated",
    }
)
CONVERSATION_TOPICS = frozenset(
    {
        "conversation.admin.closed",
        "conversation.admin.opened",
        "conversation.admin.snoozed",
        "conversation.admin.unsnoozed",
        "conversation.deleted",
        "conversation.contact.attached",
        "conversation.contact.detached",
    }
)


class UnreadableNotification(ValueError):
    """A body that is no notification, or that names nobody. Its text says which part, never what it holds."""


@dataclass(frozen=True, kw_only=True)
class ContactFact:
    """Something happened to a contact. `seen` is the contact as it was then; it may have changed since."""

    contact_id: str
    merged_from: str | None = None
    """`contact_id` is the survivor of a merge, and this the contact that is gone."""
    seen: Contact | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class ConversationFact:
    """Something happened to a conversation."""

    conversation_id: str


@dataclass(frozen=True, kw_only=True)
class Notification:
    """`id` is None where Intercom left it out. `fact` is None for a topic that Kinbox has no use for."""

    workspace_id: str
    topic: str
    id: str | None
    digest: str
    """Of the body: a name for one without an id."""
    created_at: datetime | None
    fact: ContactFact | ConversationFact | None


def read_notification(body: bytes) -> Notification:
    """Read a notification, tolerating fields that are missing, new or of another type where they are not needed.

    Raises UnreadableNotification.
    """
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableNotification("no JSON") from None
    if not isinstance(sent, dict):
        raise UnreadableNotification("no object")
    workspace_id, topic = _id(sent.get("app_id")), _id(sent.get("topic"))
    if workspace_id is None:
        raise UnreadableNotification("app_id")
    if topic is None:
        raise UnreadableNotification("topic")
    return Notification(
        workspace_id=workspace_id,
        topic=topic,
        id=_id(sent.get("id")),
        digest=hashlib.sha256(body).hexdigest(),
        created_at=_time(sent.get("created_at")),
        fact=_fact(topic, sent.get("data")),
    )


def _fact(topic: str, data: object) -> ContactFact | ConversationFact | None:
    item = data.get("item") if isinstance(data, dict) else None
    if topic in CONTACT_TOPICS:
        return _contact_fact(topic, item if isinstance(item, dict) else {})
    if topic in CONVERSATION_TOPICS:
        return _conversation_fact(item if isinstance(item, dict) else {})
    return None


def _contact_fact(topic: str, item: Mapping[str, Any]) -> ContactFact:
    contact_id = _id(item.get("id"))
    if contact_id is None:
        raise UnreadableNotification("item.id")
    merged_from = item.get("merged_from") if topic == MERGED else None
    source_id = _id(merged_from.get("id")) if isinstance(merged_from, dict) else None
    try:
        seen = Contact.from_json({**item, "id": contact_id})
    except UnreadableContact:
        seen = None
    return ContactFact(contact_id=contact_id, merged_from=source_id if source_id != contact_id else None, seen=seen)


def _conversation_fact(item: Mapping[str, Any]) -> ConversationFact:
    conversation_id = _id(item.get("id")) or _id(item.get("conversation_id"))
    if conversation_id is None:
        raise UnreadableNotification("item.id")
    return ConversationFact(conversation_id=conversation_id)


def _id(value: object) -> str | None:
    """A text or a whole number that a database, a lane and a log can hold; anything else is none."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**LONGEST_ID:
        value = str(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    fits = 0 < len(text) <= LONGEST_ID and text.isascii() and text.isprintable()
    return text if fits else None


def _time(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        read = datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return read if read >= EARLIEST else None
