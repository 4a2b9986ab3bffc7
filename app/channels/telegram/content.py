"""What a message of Telegram holds: a text, or one thing with a caption. Source: Bot API 10.1, Message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.channels.reading import count_of, obj, objects, text_of
from app.channels.telegram.fields import AROUND, SERVICE
from app.channels.words import card, place
from app.domain.message import Attachment, Kind
from app.domain.phone import read_sender


@dataclass(frozen=True)
class Content:
    """`phone` is set where the sender shared a card of their own."""

    text: str
    attachments: tuple[Attachment, ...] = ()
    phone: str | None = field(default=None, repr=False)


def read_content(message: Mapping[str, Any], *, sender_id: str) -> Content | None:
    """None for a service message: a title changed, a payment made. An unknown thing is a placeholder."""
    name = next((one for one in _READERS if message.get(one) is not None), None)
    if name is None and message.get("text") is None:
        unknown = _unknown_content(message)
        return Content("", (Attachment(kind=Kind.UNSUPPORTED, description=unknown),)) if unknown else None
    text = text_of(message, "text") or text_of(message, "caption") or ""
    attachments = (_READERS[name](message[name], message),) if name else ()
    return Content(text, attachments, _own_phone(obj(message.get("contact")), sender_id))


def _unknown_content(message: Mapping[str, Any]) -> str | None:
    """The name of what newer versions of the Bot API put into a message. A bare value is never the content."""
    if any(name in message for name in SERVICE):
        return None
    return next((one for one, value in message.items() if one not in AROUND and isinstance(value, dict | list)), None)


def _own_phone(contact: Mapping[str, Any], sender_id: str) -> str | None:
    """The phone of a shared card, if Telegram says that the card is the sender's and not another person's."""
    number = text_of(contact, "phone_number")
    if number is None or text_of(contact, "user_id") != sender_id:
        return None
    return read_sender(number, region=None, international_digits=True)


_Reader = Callable[[Any, Mapping[str, Any]], Attachment]


def _file(kind: Kind, content_type: str | None = None) -> _Reader:
    def read(value: Any, _message: Mapping[str, Any]) -> Attachment:
        file = obj(value)
        return Attachment(
            kind=kind,
            media_id=text_of(file, "file_id"),
            content_type=text_of(file, "mime_type") or content_type,
            name=text_of(file, "file_name"),
            size_bytes=count_of(file, "file_size"),
        )

    return read


def _photo(value: Any, message: Mapping[str, Any]) -> Attachment:
    """The sizes are one picture; the last is the largest."""
    sizes = [size for size in objects(value) if text_of(size, "file_id")]
    return _file(Kind.IMAGE, "image/jpeg")(sizes[-1] if sizes else None, message)


def _live_photo(value: Any, message: Mapping[str, Any]) -> Attachment:
    """A picture that moves for a moment: the picture is enough, and stands in `photo` too."""
    return _photo(message.get("photo") or obj(value).get("photo"), message)


def _sticker(value: Any, _message: Mapping[str, Any]) -> Attachment:
    sticker = obj(value)
    animated = "application/x-tgsticker" if sticker.get("is_animated") is True else None
    video = "video/webm" if sticker.get("is_video") is True else None
    return Attachment(
        kind=Kind.STICKER,
        media_id=text_of(sticker, "file_id"),
        content_type=animated or video or "image/webp",
        size_bytes=count_of(sticker, "file_size"),
        description=text_of(sticker, "emoji"),
    )


def _location(value: Any, _message: Mapping[str, Any]) -> Attachment:
    point = obj(value)
    return place(latitude=text_of(point, "latitude"), longitude=text_of(point, "longitude"))


def _venue(value: Any, message: Mapping[str, Any]) -> Attachment:
    venue = obj(value)
    point = obj(venue.get("location")) or obj(message.get("location"))
    names = text_of(venue, "title"), text_of(venue, "address")
    return place(*names, latitude=text_of(point, "latitude"), longitude=text_of(point, "longitude"))


def _contact(value: Any, _message: Mapping[str, Any]) -> Attachment:
    contact = obj(value)
    names = [text_of(contact, "first_name"), text_of(contact, "last_name")]
    return card(" ".join(name for name in names if name), text_of(contact, "phone_number"))


def _told(words: str, title: str | None = None) -> _Reader:
    """A placeholder: what it is and, where it has one, its title."""

    def read(value: Any, _message: Mapping[str, Any]) -> Attachment:
        named = text_of(obj(value), title) if title else None
        return Attachment(kind=Kind.UNSUPPORTED, description=f"{words}: {named}" if named else words)

    return read


_READERS: Mapping[str, _Reader] = {
    "live_photo": _live_photo,  # fills photo too
    "photo": _photo,
    "animation": _file(Kind.VIDEO),  # fills document too
    "document": _file(Kind.FILE),
    "video": _file(Kind.VIDEO),
    "video_note": _file(Kind.VIDEO, "video/mp4"),
    "audio": _file(Kind.AUDIO),
    "voice": _file(Kind.AUDIO, "audio/ogg"),
    "sticker": _sticker,
    "venue": _venue,  # fills location too
    "location": _location,
    "contact": _contact,
    "poll": _told("poll", "question"),
    "dice": _told("dice", "emoji"),
    "game": _told("game", "title"),
    "story": _told("story"),
    "checklist": _told("checklist", "title"),
    "paid_media": _told("paid media"),
    "invoice": _told("invoice", "title"),
    "rich_message": _told("formatted message"),
}
"""In this order: a thing that fills a second field for old readers comes before it."""
