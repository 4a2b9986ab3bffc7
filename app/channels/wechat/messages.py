"""What a call of WeChat holds: one message of a person, or an event that is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from app.channels.base import Parsed
from app.channels.reading import instant, poison, required, text_of
from app.channels.words import place
from app.domain.message import Attachment, InboundMessage, Kind

Fields = Mapping[str, str]


def read_fields(fields: Fields, *, received_at: datetime) -> Parsed:
    """Events (follows, menus, positions, receipts) are no messages."""
    if fields.get("MsgType") == "event":
        return Parsed(ignored=1)
    try:
        return Parsed(messages=(_read_message(fields, received_at),))
    except KeyError as missing:
        return Parsed(poison=(poison(fields, missing, event_id=_message_id(fields)),))


def _read_message(fields: Fields, received_at: datetime) -> InboundMessage:
    """WeChat tells neither a name nor a phone. Without an id of its own a message goes by its sender and second."""
    kind = required(fields, "MsgType")
    sender_id = required(fields, "FromUserName")
    message_id = _message_id(fields) or sender_id + required(fields, "CreateTime")
    account = text_of(fields, "ToUserName")
    return InboundMessage(
        sender_id=sender_id,
        event_id=message_id,
        message_id=message_id,
        to=account,
        account_id=account,
        text=fields.get(_TEXTS.get(kind, ""), ""),
        sent_at=instant(fields.get("CreateTime"), received_at=received_at),
        attachments=() if kind == "text" else (_READERS.get(kind, _unsupported)(fields),),
    )


def _message_id(fields: Fields) -> str | None:
    return text_of(fields, "MsgId") or text_of(fields, "MsgID")


def _image(fields: Fields) -> Attachment:
    """The picture's own address needs no token. It is served by https too, though written with http."""
    url = text_of(fields, "PicUrl")
    secure = url.replace("http://", "https://", 1) if url and url.startswith("http://") else url
    return Attachment(kind=Kind.IMAGE, url=secure, media_id=text_of(fields, "MediaId"))


def _voice(fields: Fields) -> Attachment:
    form = text_of(fields, "Format")
    return Attachment(
        kind=Kind.AUDIO,
        media_id=text_of(fields, "MediaId"),
        content_type=f"audio/{form.lower()}" if form and form.lower() in {"amr", "speex"} else None,
    )


def _video(fields: Fields) -> Attachment:
    return Attachment(kind=Kind.VIDEO, media_id=text_of(fields, "MediaId"))


def _location(fields: Fields) -> Attachment:
    """X is the latitude."""
    latitude, longitude = text_of(fields, "Location_X"), text_of(fields, "Location_Y")
    return place(text_of(fields, "Label"), latitude=latitude, longitude=longitude)


def _link(fields: Fields) -> Attachment:
    parts = [text_of(fields, name) for name in ("Title", "Description", "Url")]
    return Attachment(kind=Kind.SHARE, description="\n".join(part for part in parts if part) or None)


def _unsupported(fields: Fields) -> Attachment:
    return Attachment(kind=Kind.UNSUPPORTED, description=text_of(fields, "MsgType"))


_READERS: Mapping[str, Callable[[Fields], Attachment]] = {
    "image": _image,
    "voice": _voice,
    "video": _video,
    "shortvideo": _video,
    "location": _location,
    "link": _link,
}
_TEXTS = {"text": "Content", "voice": "Recognition"}
"""The field that holds the words, where there are any; a voice message's are there if WeChat listened to it."""
