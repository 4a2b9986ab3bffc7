"""What a message of Viber holds, by its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.channels.reading import count_of, obj, text_of
from app.channels.words import card, place
from app.domain.message import Attachment, Kind


def read_content(message: Mapping[str, Any]) -> tuple[str, tuple[Attachment, ...]]:
    """The text (a caption too) and the attachments. A type that nobody knows is a placeholder.

    A pressed key of a keyboard is a text like any other: Viber does not tell them apart.
    """
    text = text_of(message, "text") or ""
    kind = message.get("type")
    if kind == "text":
        return text, ()
    read = _READERS.get(kind, _unsupported) if isinstance(kind, str) else _unsupported
    return text, (read(message),)


def _file(kind: Kind) -> Callable[[Mapping[str, Any]], Attachment]:
    def read(message: Mapping[str, Any]) -> Attachment:
        return Attachment(
            kind=kind,
            url=text_of(message, "media"),
            name=text_of(message, "file_name"),
            size_bytes=count_of(message, "size"),
        )

    return read


def _contact(message: Mapping[str, Any]) -> Attachment:
    """Anybody's card, and nothing says whose: its phone is never taken for the sender's."""
    contact = obj(message.get("contact"))
    return card(text_of(contact, "name"), text_of(contact, "phone_number"))


def _link(message: Mapping[str, Any]) -> Attachment:
    return Attachment(kind=Kind.SHARE, description=text_of(message, "media"))


def _location(message: Mapping[str, Any]) -> Attachment:
    point = obj(message.get("location"))
    return place(latitude=text_of(point, "lat"), longitude=text_of(point, "lon"))


def _unsupported(message: Mapping[str, Any]) -> Attachment:
    return Attachment(kind=Kind.UNSUPPORTED, description=text_of(message, "type"))


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Attachment]] = {
    "picture": _file(Kind.IMAGE),
    "video": _file(Kind.VIDEO),
    "file": _file(Kind.FILE),
    "sticker": _file(Kind.STICKER),
    "contact": _contact,
    "url": _link,
    "location": _location,
}
