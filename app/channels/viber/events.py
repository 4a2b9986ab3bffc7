"""Which events of Viber are something that a person wrote to the bot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.channels.base import Parsed
from app.channels.reading import instant, obj, poison, required, text_of
from app.channels.viber.content import read_content
from app.domain.message import InboundMessage


def read_event(event: Mapping[str, Any], *, account_id: str, received_at: datetime) -> Parsed:
    """All but messages is ignored: Viber's test of the URL, subscriptions, opened chats, receipts."""
    if event.get("event") != "message":
        return Parsed(ignored=1)
    try:
        return Parsed(messages=(_read_message(event, account_id, received_at),))
    except KeyError as missing:
        return Parsed(poison=(poison(event, missing, event_id=text_of(event, "message_token")),))


def _read_message(event: Mapping[str, Any], account_id: str, received_at: datetime) -> InboundMessage:
    """`message_token` has up to 64 bits and is the only id."""
    sender = obj(event.get("sender"))
    message = event.get("message")
    if not isinstance(message, dict):
        raise KeyError("message")
    token = required(event, "message_token")
    name = text_of(sender, "name")
    text, attachments = read_content(message)
    return InboundMessage(
        sender_id=required(sender, "id"),
        sender_name=name if name and name.strip() else None,
        event_id=token,
        message_id=token,
        account_id=account_id,
        text=text,
        sent_at=instant(event.get("timestamp"), received_at=received_at),
        attachments=attachments,
    )
