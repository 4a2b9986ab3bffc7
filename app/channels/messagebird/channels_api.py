"""Messages of Bird's Channels API. Source: docs.bird.com, receiving messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.channels.kinds import kind_of, kind_of_url
from app.channels.reading import obj, objects, required, text_of
from app.channels.written_times import written_instant
from app.domain.message import Attachment, InboundMessage, Kind
from app.domain.phone import read_sender


def looks_like_channels_api(body: Mapping[str, Any]) -> bool:
    """With its envelope, or the inner object alone, as some customers get it."""
    enveloped = isinstance(body.get("payload"), dict) or {"event", "payload"} <= body.keys()
    return enveloped or ("direction" in body and isinstance(body.get("body"), dict))


def inner(body: Mapping[str, Any]) -> dict[str, Any]:
    """The message without its envelope."""
    return obj(body.get("payload")) or dict(body)


def is_channels_message(body: Mapping[str, Any]) -> bool:
    """`sms.inbound` is one; `sms.outbound` is a status of ours, others are opens and clicks. Reactions are none."""
    message = inner(body)
    event = text_of(body, "event")
    if text_of(obj(message.get("body")), "type") == "reaction" or text_of(message, "direction") == "outgoing":
        return False
    return event.endswith(".inbound") if event else text_of(message, "direction") == "incoming"


def channels_message(body: Mapping[str, Any], *, region: str | None, received_at: datetime) -> InboundMessage:
    """Raises KeyError with the name of what is missing."""
    message = inner(body)
    contact = obj(obj(message.get("sender")).get("contact"))
    extra = obj(obj(message.get("meta")).get("extraInformation"))
    sender = required(contact, "identifierValue")
    by_phone = text_of(contact, "identifierKey") == "phonenumber"
    user_id = text_of(extra, "whatsappbsuid")
    content = obj(message.get("body"))
    return InboundMessage(
        sender_id=sender,
        event_id=required(message, "id"),
        message_id=required(message, "id"),
        to=text_of(obj(obj(message.get("receiver")).get("connector")), "identifierValue"),
        account_id=text_of(message, "channelId"),
        text=_text(content),
        sent_at=written_instant(message.get("createdAt"), received_at=received_at),
        attachments=tuple(_attachments(content)),
        sender_name=text_of(obj(contact.get("annotations")), "name"),
        sender_handle=text_of(extra, "whatsappusername"),
        phone=read_sender(sender, region=region, international_digits=True) if by_phone else None,
        aliases=(user_id,) if user_id and user_id != sender else (),
    )


def _text(content: Mapping[str, Any]) -> str:
    """Every type keeps its text in a member named like itself; a pressed button has it in its postback."""
    held = obj(content.get(text_of(content, "type") or ""))
    postbacks = [obj(one.get("postback")) for one in objects(held.get("actions"))]
    pressed = next((found for one in postbacks for name in ("text", "payload") if (found := text_of(one, name))), None)
    return text_of(held, "text") or pressed or ""


def _attachments(content: Mapping[str, Any]) -> Iterator[Attachment]:
    named = text_of(content, "type") or "missing"
    held = obj(content.get(named))
    if named == "image":
        yield from (_file(one, Kind.IMAGE) for one in objects(held.get("images")))
    elif named == "file":
        yield from (_file(one, None) for one in objects(held.get("files")))
    elif named == "location":
        yield Attachment(kind=Kind.LOCATION, description=_place(held))
    elif named != "text":
        yield Attachment(kind=Kind.UNSUPPORTED, description=f"A message of the type {named[:40]}")


def _file(held: Mapping[str, Any], kind: Kind | None) -> Attachment:
    url, content_type = text_of(held, "mediaUrl"), text_of(held, "contentType")
    told = kind_of(content_type) if content_type else kind_of_url(url or "")
    return Attachment(kind=kind or told, url=url, content_type=content_type, name=text_of(held, "filename"))


def _place(held: Mapping[str, Any]) -> str | None:
    where, named = obj(held.get("coordinates")), obj(held.get("location"))
    told = [text_of(named, "label"), text_of(named, "address")]
    latitude, longitude = text_of(where, "latitude"), text_of(where, "longitude")
    told.append(f"{latitude}, {longitude}" if latitude and longitude else None)
    return ", ".join(one for one in told if one) or None
