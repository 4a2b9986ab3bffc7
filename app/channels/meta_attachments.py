"""The attachments of Messenger and Instagram messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.channels.meta import media_url
from app.channels.reading import obj, objects, text_of
from app.channels.words import place
from app.domain.message import Attachment, Kind

_KINDS = {
    "image": Kind.IMAGE,
    "video": Kind.VIDEO,
    "audio": Kind.AUDIO,
    "file": Kind.FILE,
    "sticker": Kind.STICKER,
    "location": Kind.LOCATION,
    **dict.fromkeys(
        ("fallback", "share", "template", "post", "ig_post", "reel", "ig_reel", "story_mention"),
        Kind.SHARE,
    ),
}


def attachments_of(message: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """Each attachment once. Until August 2026 a sticker came as an image too, with the same `sticker_id`."""
    seen: set[str] = set()
    kept = []
    for listed in objects(message.get("attachments")):
        marks = _marks(listed)
        if not marks & seen:
            kept.append(_attachment(listed))
        seen |= marks
    return tuple(kept)


def _marks(listed: Mapping[str, Any]) -> set[str]:
    """What two listings of one thing have in common."""
    payload = obj(listed.get("payload"))
    sticker, url = text_of(payload, "sticker_id"), _url(listed)
    return {mark for mark in (f"sticker {sticker}" if sticker else None, url) if mark}


def _attachment(listed: Mapping[str, Any]) -> Attachment:
    payload = obj(listed.get("payload"))
    kind = _KINDS.get(text_of(listed, "type") or "", Kind.UNSUPPORTED)
    if kind is Kind.LOCATION:
        return _place(listed)
    if kind is Kind.UNSUPPORTED:
        return Attachment(kind=kind, description=text_of(listed, "type"))
    if text_of(payload, "sticker_id"):
        kind = Kind.STICKER
    url, title = _url(listed), text_of(listed, "title") or text_of(payload, "title")
    stored = media_url(url)
    words = (title, None if stored else url)
    name = title if kind is Kind.FILE else None
    return Attachment(kind=kind, url=stored, name=name, description=" ".join(one for one in words if one) or None)


def _url(listed: Mapping[str, Any]) -> str | None:
    """In the payload, or beside the type where a link was shared."""
    return text_of(obj(listed.get("payload")), "url") or text_of(listed, "url")


def _place(listed: Mapping[str, Any]) -> Attachment:
    point = obj(obj(listed.get("payload")).get("coordinates"))
    return place(text_of(listed, "title"), latitude=text_of(point, "lat"), longitude=text_of(point, "long"))
