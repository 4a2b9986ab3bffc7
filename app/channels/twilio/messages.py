"""Twilio's inbound messages. Source: Twilio's request to your webhook URL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.channels.kinds import kind_of
from app.channels.reading import required, text_of
from app.domain.message import Attachment, InboundMessage, Kind
from app.domain.phone import read_sender

_IDS = ("MessageSid", "SmsMessageSid", "SmsSid")
_KNOWN_TYPES = frozenset(
    {"text", "image", "audio", "voice", "video", "document", "sticker", "location", "contacts", "button", "interactive"}
)
_STATUSES = frozenset(
    {"accepted", "scheduled", "queued", "sending", "sent", "delivered"}
    | {"undelivered", "failed", "read", "canceled", "partially_delivered"}
)
_MEDIA = re.compile(r"MediaUrl([0-9]{1,3})")


def is_message(pairs: Mapping[str, Any]) -> bool:
    """Whether this is a customer's message: no status of one of ours, no reaction, no event of another product."""
    if text_of(pairs, "MessageStatus") or text_of(pairs, "SmsStatus") in _STATUSES or text_of(pairs, "EventType"):
        return False
    if text_of(pairs, "MessageType") == "reaction":
        return False
    return bool(sid(pairs)) or {"From", "Body"} <= pairs.keys()


def sid(pairs: Mapping[str, Any]) -> str | None:
    """The message's id, under its present or one of its old names."""
    return next((found for name in _IDS if (found := text_of(pairs, name))), None)


def message(pairs: Mapping[str, Any], *, region: str | None) -> InboundMessage:
    """Twilio sends no time. Raises KeyError with the name of what is missing."""
    message_id = sid(pairs) or required(pairs, "MessageSid")
    sent_from = text_of(pairs, "From")
    sender_id = text_of(pairs, "ExternalUserId") or required(pairs, "From")
    return InboundMessage(
        sender_id=sender_id,
        event_id=message_id,
        message_id=message_id,
        to=text_of(pairs, "To"),
        account_id=text_of(pairs, "AccountSid"),
        text=text_of(pairs, "Body") or "",
        attachments=(*_media(pairs), *_place(pairs), *_unknown(pairs)),
        sender_name=text_of(pairs, "ProfileName"),
        phone=_phone(pairs, sent_from or "", region=region),
        aliases=(sent_from,) if sent_from and sent_from != sender_id else (),
    )


def _phone(pairs: Mapping[str, Any], sent_from: str, *, region: str | None) -> str | None:
    """The number of WhatsApp's `WaId`, else the one in `From`. `FromCountry` is a guess and is not asked."""
    whatsapp = read_sender(text_of(pairs, "WaId") or "", region=None, international_digits=True)
    return whatsapp or read_sender(sent_from, region=region, international_digits=False)


def _media(pairs: Mapping[str, Any]) -> Iterator[Attachment]:
    numbered = sorted(int(found[1]) for name in pairs if (found := _MEDIA.fullmatch(name)))
    for number in dict.fromkeys(numbered):
        if url := text_of(pairs, f"MediaUrl{number}"):
            content_type = text_of(pairs, f"MediaContentType{number}")
            yield Attachment(kind=kind_of(content_type), url=url, content_type=content_type)


def _place(pairs: Mapping[str, Any]) -> Iterator[Attachment]:
    latitude, longitude = text_of(pairs, "Latitude"), text_of(pairs, "Longitude")
    if latitude and longitude:
        told = [one for name in ("Label", "Address") if (one := text_of(pairs, name))]
        yield Attachment(kind=Kind.LOCATION, description=", ".join([*told, f"{latitude}, {longitude}"]))


def _unknown(pairs: Mapping[str, Any]) -> Iterator[Attachment]:
    named = text_of(pairs, "MessageType")
    if named and named.lower() not in _KNOWN_TYPES:
        yield Attachment(kind=Kind.UNSUPPORTED, description=f"A WhatsApp message of the type {named[:40]}")
