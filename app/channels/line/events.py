"""Which events of LINE are something that a person wrote to the account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.channels.base import Parsed, Poison, UnreadableBody
from app.channels.line.content import read_content
from app.channels.reading import instant, obj, poison, required, text_of
from app.domain.message import InboundMessage


def read_events(body: Mapping[str, Any], *, received_at: datetime) -> Parsed:
    """An empty list is LINE's test of the connection. Raises UnreadableBody for something else than a list."""
    destination = text_of(body, "destination")
    events = body.get("events") or []
    if not isinstance(events, list):
        raise UnreadableBody("the body has no list of events")
    messages: list[InboundMessage] = []
    unreadable: list[Poison] = []
    ignored = 0
    for event in events:
        try:
            message = _read_event(event, destination, received_at)
        except KeyError as missing:
            unreadable.append(poison(event, missing, event_id=text_of(obj(event), "webhookEventId")))
            continue
        if message is None:
            ignored += 1
        else:
            messages.append(message)
    return Parsed(messages=tuple(messages), poison=tuple(unreadable), ignored=ignored)


def _read_event(event: Any, destination: str | None, received_at: datetime) -> InboundMessage | None:
    """None for what is no message: follows, joins, unsends, receipts, and what is said in groups and rooms.

    An event in standby mode is a message as well: another module of the account holds the chat.
    """
    if not isinstance(event, dict):
        raise KeyError("object in its place")
    if event.get("type") not in ("message", "postback"):
        return None
    source = obj(event.get("source"))
    if not source:
        raise KeyError("source")
    if source.get("type") != "user":
        return None
    sender_id = required(source, "userId")
    message_id, event_id = _ids(event)
    text, attachments = _pressed(event) if event["type"] == "postback" else read_content(_message(event), message_id)
    return InboundMessage(
        sender_id=sender_id,
        event_id=event_id,
        message_id=message_id,
        to=destination,
        account_id=destination,
        text=text,
        sent_at=instant(event.get("timestamp"), received_at=received_at),
        attachments=attachments,
    )


def _ids(event: Mapping[str, Any]) -> tuple[str, str]:
    """The message's id, and the event's, which stays the same when LINE delivers again. A postback has no other."""
    message_id = text_of(obj(event.get("message")), "id") if event["type"] == "message" else None
    event_id = text_of(event, "webhookEventId") or message_id or required(event, "webhookEventId")
    return message_id or event_id, event_id


def _message(event: Mapping[str, Any]) -> Mapping[str, Any]:
    message = event.get("message")
    if not isinstance(message, dict):
        raise KeyError("message")
    return message


def _pressed(event: Mapping[str, Any]) -> tuple[str, tuple[()]]:
    """LINE does not tell the button's label: its data is all that is known."""
    return text_of(obj(event.get("postback")), "data") or "", ()
