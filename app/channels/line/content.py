"""What a message of LINE holds, by its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.channels.reading import count_of, obj, text_of
from app.channels.words import place
from app.domain.message import Attachment, Kind

Content = tuple[str, tuple[Attachment, ...]]


def read_content(message: Mapping[str, Any], message_id: str) -> Content:
    """The text and the attachments. A type that nobody knows is a placeholder."""
    text = text_of(message, "text") or ""
    kind = message.get("type")
    if kind == "text":
        return text, ()
    read = _READERS.get(kind, _unsupported) if isinstance(kind, str) else _unsupported
    return text, (read(message, message_id),)


def _file(kind: Kind, content_type: str | None = None) -> Callable[[Mapping[str, Any], str], Attachment]:
    def read(message: Mapping[str, Any], message_id: str) -> Attachment:
        provider = obj(message.get("contentProvider"))
        elsewhere = provider.get("type") == "external"
        return Attachment(
            kind=kind,
            media_id=None if elsewhere else message_id,
            content_type=None if elsewhere else content_type,
            name=text_of(message, "fileName"),
            size_bytes=count_of(message, "fileSize"),
            # A file at somebody's own server is told of and never fetched: whose server it is, the sender decides.
            description=text_of(provider, "originalContentUrl") if elsewhere else None,
        )

    return read


def _sticker(message: Mapping[str, Any], _message_id: str) -> Attachment:
    keywords = message.get("keywords")
    words = [word for word in keywords if isinstance(word, str)] if isinstance(keywords, list) else []
    return Attachment(kind=Kind.STICKER, description=", ".join(words) or None)


def _location(message: Mapping[str, Any], _message_id: str) -> Attachment:
    names = text_of(message, "title"), text_of(message, "address")
    return place(*names, latitude=text_of(message, "latitude"), longitude=text_of(message, "longitude"))


def _unsupported(message: Mapping[str, Any], _message_id: str) -> Attachment:
    return Attachment(kind=Kind.UNSUPPORTED, description=text_of(message, "type"))


_READERS: Mapping[str, Callable[[Mapping[str, Any], str], Attachment]] = {
    "image": _file(Kind.IMAGE),
    "video": _file(Kind.VIDEO, "video/mp4"),
    "audio": _file(Kind.AUDIO),
    "file": _file(Kind.FILE),
    "sticker": _sticker,
    "location": _location,
}
