"""What a customer's message becomes as text in Intercom.

Bodies are documented as plain text, and shown as HTML: whatever could be read as a tag or an entity is escaped, so that
it is harmless either way, and everything else stays as it was written.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from app.domain.message import Attachment, InboundMessage, Kind

_ENTITY = re.compile(r"&(?=#?\w+;)")
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<(?:br\s*/?|/p|/div|/li)\s*>", re.IGNORECASE)

NAMES = {
    Kind.IMAGE: "image",
    Kind.VIDEO: "video",
    Kind.AUDIO: "voice message",
    Kind.FILE: "file",
    Kind.STICKER: "sticker",
    Kind.LOCATION: "location",
    Kind.CONTACT: "contact card",
    Kind.SHARE: "shared link",
    Kind.UNSUPPORTED: "message of a kind that cannot be shown here",
}


def escaped(text: str) -> str:
    """Customer text that is the same whether it is read as plain text or as HTML, but for `<`, `>` and entities."""
    return _ENTITY.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")


def body_of(message: InboundMessage, lines: Iterable[str] = ()) -> str:
    """The whole body: the text, then a line for each attachment that is told in words. Never empty."""
    told = [message.text] if message.text.strip() else []
    told += lines
    return escaped("\n".join(told)) if told else "(no text)"


def described(attachment: Attachment, why_not: str | None = None) -> str:
    """An attachment in words, in square brackets; `why_not` says why its file is missing."""
    words = NAMES[attachment.kind]
    detail = attachment.description or attachment.name
    told = f"{words}: {detail}" if detail else words
    return f"[{told} - {why_not}]" if why_not else f"[{told}]"


def plain_form(body: str) -> str:
    """A body as Intercom serves it, reduced to its bare text, to be compared with what was sent."""
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", body)))
    return " ".join(html.unescape(text).split())
