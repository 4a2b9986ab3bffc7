"""One element of `messages`: a message, a change of ids, or nothing for a contact's thread."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.channels.reading import instant, required, text_of
from app.channels.whatsapp.content import content_of
from app.channels.whatsapp.people import People, alias_changes
from app.domain.message import AliasChange, InboundMessage

_NO_MESSAGES = {"reaction", "edit", "revoke"}


def read_event(
    event: Mapping[str, Any], people: People, *, account: str | None, received_at: datetime
) -> list[InboundMessage] | list[AliasChange]:
    """Nothing for reactions, edits, revocations and groups. Raises KeyError with the name of what is missing."""
    if text_of(event, "type") in _NO_MESSAGES or text_of(event, "group_id"):
        return []
    event_id = required(event, "id")
    if text_of(event, "type") == "system":
        return alias_changes(event, event_id)
    sender, (text, attachments) = people.sender_of(event), content_of(event)
    return [
        InboundMessage(
            sender_id=sender.id,
            event_id=event_id,
            message_id=event_id,
            to=account,
            account_id=account,
            text=text,
            sent_at=instant(event.get("timestamp"), received_at=received_at),
            attachments=attachments,
            sender_name=sender.name,
            sender_handle=sender.handle,
            phone=sender.phone,
            aliases=sender.aliases,
        )
    ]
