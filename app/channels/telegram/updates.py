"""Which updates are messages of a person to the bot, and who that person is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.channels.base import Parsed
from app.channels.reading import instant, obj, poison, required, text_of
from app.channels.telegram.content import read_content
from app.domain.message import InboundMessage

_IGNORED = Parsed(ignored=1)


def read_update(update: Mapping[str, Any], *, account_id: str, received_at: datetime) -> Parsed:
    """An update holds one thing. All but new messages and pressed buttons is ignored: edits, reactions, posts."""
    try:
        if update.get("message") is not None:
            message = _written(update, account_id, received_at)
        elif update.get("callback_query") is not None:
            message = _pressed(update, account_id)
        else:
            return _IGNORED
    except KeyError as missing:
        return Parsed(poison=(poison(update, missing, event_id=text_of(update, "update_id")),))
    return Parsed(messages=(message,)) if message else _IGNORED


def _written(update: Mapping[str, Any], account_id: str, received_at: datetime) -> InboundMessage | None:
    message = _object(update, "message")
    chat = _object(message, "chat")
    person = obj(message.get("from")) or chat  # in a private chat both are the same person
    if required(chat, "type") != "private" or person.get("is_bot") is True:
        return None
    content = read_content(message, sender_id=required(person, "id"))
    if content is None:
        return None
    return InboundMessage(
        **_sender(person),
        event_id=required(update, "update_id"),
        message_id=required(message, "message_id"),
        account_id=account_id,
        text=content.text,
        sent_at=instant(message.get("date"), received_at=received_at),
        attachments=content.attachments,
        phone=content.phone,
    )


def _pressed(update: Mapping[str, Any], account_id: str) -> InboundMessage | None:
    """A pressed button says no more than its payload. It has no time of its own."""
    query = _object(update, "callback_query")
    person = _object(query, "from")
    chat_type = text_of(obj(obj(query.get("message")).get("chat")), "type")
    payload = text_of(query, "data")
    if chat_type not in {"private", None} or person.get("is_bot") is True or payload is None:
        return None
    return InboundMessage(
        **_sender(person),
        event_id=required(update, "update_id"),
        message_id=required(query, "id"),
        account_id=account_id,
        text=payload,
    )


def _sender(person: Mapping[str, Any]) -> dict[str, Any]:
    """`sender_id` and what the person is called: first and last name, else the username."""
    names = [text_of(person, "first_name"), text_of(person, "last_name")]
    name = " ".join(one for one in names if one and one.strip())
    username = text_of(person, "username")
    return {
        "sender_id": required(person, "id"),
        "sender_name": name or username,
        "sender_handle": f"@{username}" if username else None,
    }


def _object(source: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Raises KeyError with the name unless there is an object."""
    value = obj(source.get(name))
    if not value:
        raise KeyError(name)
    return value
