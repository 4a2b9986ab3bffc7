"""Messages of Vonage's Messages API, v1, and of its older v0.1. Source: Vonage's API specification."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.channels.reading import obj, required, text_of
from app.channels.written_times import written_instant
from app.domain.message import Attachment, InboundMessage, Kind
from app.domain.phone import read_sender

_FILES = {
    "image": Kind.IMAGE,
    "audio": Kind.AUDIO,
    "video": Kind.VIDEO,
    "file": Kind.FILE,
    "vcard": Kind.FILE,
    "sticker": Kind.STICKER,
}
_TEXTS = {"button": ("text", "payload"), "reply": ("title", "id"), "location": ()}
_NUMBERED = frozenset({"sms", "mms", "whatsapp", "rcs", "viber_service"})
"""Channels whose senders are phone numbers. Messenger's ids are digits too, and no phones."""


def looks_like_messages_api(values: Mapping[str, Any]) -> bool:
    return "message_uuid" in values


def is_message(values: Mapping[str, Any]) -> bool:
    """Whether a customer wrote: no status of one of ours, no reaction."""
    content = _content(values)
    return content is not None and text_of(content, "message_type") != "reaction"


def message(values: Mapping[str, Any], *, region: str | None, received_at: datetime) -> InboundMessage:
    """Raises KeyError with the name of what is missing."""
    content = _content(values) or {}
    channel = text_of(values, "channel") or text_of(obj(values.get("from")), "type") or ""
    sender = _party(values, "from") or required(values, "from")
    to = _party(values, "to")
    message_id = required(values, "message_uuid")
    return InboundMessage(
        sender_id=sender,
        event_id=message_id,
        message_id=message_id,
        to=to,
        account_id=to,
        text=_text(content),
        sent_at=written_instant(values.get("timestamp"), received_at=received_at),
        attachments=tuple(_attachments(content)),
        sender_name=text_of(obj(values.get("profile")), "name"),
        phone=read_sender(sender, region=region, international_digits=True) if channel in _NUMBERED else None,
    )


def _content(values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What holds `message_type` and the member named like it; v0.1 has it deeper and calls the type `type`."""
    if text_of(values, "message_type"):
        return values
    old = obj(obj(values.get("message")).get("content"))
    return {**old, "message_type": old["type"]} if text_of(old, "type") else None


def _party(values: Mapping[str, Any], name: str) -> str | None:
    """v1 has the number or id itself; v0.1 an object with one of them."""
    old = obj(values.get(name))
    return text_of(values, name) or text_of(old, "number") or text_of(old, "id")


def _text(content: Mapping[str, Any]) -> str:
    named = text_of(content, "message_type") or ""
    held = obj(content.get(named))
    if named == "text":
        return text_of(content, "text") or ""
    return next((found for one in _TEXTS.get(named, ("caption", "text")) if (found := text_of(held, one))), "")


def _attachments(content: Mapping[str, Any]) -> Iterator[Attachment]:
    named = text_of(content, "message_type") or ""
    held = obj(content.get(named))
    if named in _FILES:
        yield Attachment(kind=_FILES[named], url=text_of(held, "url"), name=text_of(held, "name"))
    elif named == "location":
        yield Attachment(kind=Kind.LOCATION, description=_place(held))
    elif named not in {"text", "button", "reply"}:
        yield Attachment(kind=Kind.UNSUPPORTED, description=f"A message of the type {named[:40]}")


def _place(held: Mapping[str, Any]) -> str | None:
    latitude, longitude = text_of(held, "lat"), text_of(held, "long")
    at = f"{latitude}, {longitude}" if latitude and longitude else None
    return ", ".join(one for one in (text_of(held, "name"), text_of(held, "address"), at) if one) or None
