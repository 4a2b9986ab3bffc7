"""Messages of Vonage's SMS API. Source: Vonage, Inbound SMS."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from app.channels.reading import count_of, required, text_of
from app.channels.written_times import written_instant
from app.domain.message import Attachment, InboundMessage, Kind, Part
from app.domain.phone import read_sender

_TEXT_TYPES = frozenset({"text", "unicode"})
_GROUP = ("api-key", "msisdn", "to", "concat-ref", "concat-total")
"""What Vonage says to join parts by. References are small numbers that come round again."""
_MOST_PARTS = 255


def is_sms(values: Mapping[str, Any]) -> bool:
    """Whether this is a customer's SMS. In a receipt `msisdn` is the customer too, and `to` is our sender."""
    told = any(text_of(values, name) for name in ("text", "type", "data"))
    named = any(text_of(values, name) for name in ("msisdn", "messageId"))
    return named and (told or not text_of(values, "status"))


def sms(values: Mapping[str, Any], *, region: str | None, received_at: datetime) -> InboundMessage:
    """Raises KeyError with the name of what is missing."""
    sender, message_id = required(values, "msisdn"), required(values, "messageId")
    return InboundMessage(
        sender_id=sender,
        event_id=message_id,
        message_id=message_id,
        to=text_of(values, "to"),
        account_id=text_of(values, "api-key") or text_of(values, "to"),
        text=text_of(values, "text") or "",
        sent_at=written_instant(values.get("message-timestamp"), received_at=received_at),
        attachments=_placeholder(text_of(values, "type")),
        phone=read_sender(sender, region=region, international_digits=True),
        part=_part(values),
    )


def _placeholder(named: str | None) -> tuple[Attachment, ...]:
    if named is None or named.lower() in _TEXT_TYPES:
        return ()
    return (Attachment(kind=Kind.UNSUPPORTED, description=f"An SMS of the type {named[:40]}, which has no text"),)


def _part(values: Mapping[str, Any]) -> Part | None:
    """Vonage hands over each part of a long text by itself, with an id of its own and in any order."""
    reference = text_of(values, "concat-ref")
    number, total = count_of(values, "concat-part"), count_of(values, "concat-total")
    if (text_of(values, "concat") or "true").lower() != "true" or not reference or not number or not total:
        return None
    if not 1 < total <= _MOST_PARTS or number > total:
        return None
    group = "\n".join(text_of(values, name) or "" for name in _GROUP)
    return Part(sha256(group.encode()).hexdigest(), number, total)
