"""What a WhatsApp message says: its text and its attachments, by `type`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from app.channels.meta import media_url
from app.channels.reading import obj, objects, text_of
from app.channels.words import card, place
from app.domain.message import Attachment, Kind

Content = tuple[str, tuple[Attachment, ...]]

_MEDIA = {
    "image": Kind.IMAGE,
    "video": Kind.VIDEO,
    "audio": Kind.AUDIO,
    "document": Kind.FILE,
    "sticker": Kind.STICKER,
}


def content_of(message: Mapping[str, Any]) -> Content:
    """A type that nobody knows is `unsupported`, so that a teammate sees that something came."""
    name = text_of(message, "type") or ""
    if name in _MEDIA:
        return _media(obj(message.get(name)), _MEDIA[name])
    read = _READERS.get(name)
    return read(message) if read else _unsupported(name.replace("_", " "))


def _media(held: Mapping[str, Any], kind: Kind) -> Content:
    """By id where there is one: an id works for seven days, the URL beside it for five minutes."""
    media_id = text_of(held, "id")
    attachment = Attachment(
        kind=kind,
        media_id=media_id,
        url=None if media_id else media_url(text_of(held, "url")),
        content_type=text_of(held, "mime_type"),
        name=text_of(held, "filename"),
    )
    return text_of(held, "caption") or "", (attachment,)


def _text(message: Mapping[str, Any]) -> Content:
    return text_of(obj(message.get("text")), "body") or "", ()


def _location(message: Mapping[str, Any]) -> Content:
    held = obj(message.get("location"))
    latitude, longitude = text_of(held, "latitude"), text_of(held, "longitude")
    return "", (place(text_of(held, "name"), text_of(held, "address"), latitude=latitude, longitude=longitude),)


def _contacts(message: Mapping[str, Any]) -> Content:
    return "", tuple(_card(one) for one in objects(message.get("contacts")) or [{}])


def _card(shared: Mapping[str, Any]) -> Attachment:
    phones = [text_of(one, "phone") or text_of(one, "wa_id") for one in objects(shared.get("phones"))]
    return card(text_of(obj(shared.get("name")), "formatted_name"), *phones)


def _interactive(message: Mapping[str, Any]) -> Content:
    """A pressed button or a chosen row; the object may be missing, with `errors` beside it."""
    held = obj(message.get("interactive"))
    name = text_of(held, "type") or ""
    if name == "nfm_reply":
        return _form(obj(held.get(name)))
    chosen = obj(held.get(name))
    text = text_of(chosen, "title") or text_of(chosen, "id")
    return (text, ()) if text else _unsupported(name.replace("_", " "))


def _form(filled: Mapping[str, Any]) -> Content:
    """A filled-in form: its own line as the text, the answers in words."""
    text, answers = text_of(filled, "body") or "", _answers(text_of(filled, "response_json") or "")
    if text and not answers:
        return text, ()
    return text, (Attachment(kind=Kind.UNSUPPORTED, description=answers or "a form"),)


def _answers(response_json: str) -> str:
    try:
        told = obj(json.loads(response_json))
    except (ValueError, RecursionError):
        return ""
    return ", ".join(f"{name}: {text_of(told, name)}" for name in told if name != "flow_token" and text_of(told, name))


def _button(message: Mapping[str, Any]) -> Content:
    """A quick reply of a template."""
    held = obj(message.get("button"))
    text = text_of(held, "text") or text_of(held, "payload")
    return (text, ()) if text else _unsupported("button")


def _order(message: Mapping[str, Any]) -> Content:
    text = text_of(obj(message.get("order")), "text") or ""
    return text, (Attachment(kind=Kind.UNSUPPORTED, description="an order from the catalogue"),)


def _named_unsupported(message: Mapping[str, Any]) -> Content:
    """WhatsApp itself does not hand this on, a view-once picture for example, and may say what it was."""
    return _unsupported((text_of(obj(message.get("unsupported")), "type") or "").replace("_", " "))


def _unsupported(what: str) -> Content:
    return "", (Attachment(kind=Kind.UNSUPPORTED, description=what or None),)


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Content]] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _button,
    "order": _order,
    "unsupported": _named_unsupported,
}
