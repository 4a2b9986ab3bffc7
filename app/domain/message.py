"""What a customer wrote on a channel, in the same shape for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What an attachment is. `unsupported` stands for a message type that nobody knows: shown, never dropped."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    SHARE = "share"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """Something beside the text. One with `url` or `media_id` can be fetched; the others are told in words.

    `description` is what a teammate should read where nothing can be fetched: a place, a card, a shared link.
    """

    kind: Kind
    url: str | None = field(default=None, repr=False)
    media_id: str | None = None
    content_type: str | None = None
    name: str | None = field(default=None, repr=False)
    size_bytes: int | None = None
    description: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class InboundMessage:
    """One message of one person to one account. Ids are the provider's, as text, unchanged.

    `event_id` is what the provider repeats when it delivers again. `to` is the account as the body names it (compare
    with the channel account's address); None where the body does not say. `phone` is E.164 or None. `aliases` are
    further ids of the same sender on the same account. `sent_at` is the provider's time, None where it sends none.
    """

    sender_id: str
    event_id: str
    message_id: str
    to: str | None = None
    account_id: str | None = None
    text: str = field(default="", repr=False)
    sent_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()
    sender_name: str | None = field(default=None, repr=False)
    sender_handle: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    aliases: tuple[str, ...] = ()
    part: Part | None = None
    """Set where a long text comes in parts that have to be joined first."""

    def to_json(self) -> dict[str, Any]:
        """For the stored event; `from_json` reads it back."""
        return {**asdict(self), "sent_at": self.sent_at.isoformat() if self.sent_at else None}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> InboundMessage:
        """Other keys beside those of `to_json` are let be."""
        stored = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        attachments = tuple(Attachment(**{**one, "kind": Kind(one["kind"])}) for one in stored["attachments"])
        sent_at = datetime.fromisoformat(stored["sent_at"]).astimezone(UTC) if stored["sent_at"] else None
        part = Part(**stored["part"]) if stored["part"] else None
        aliases = tuple(stored["aliases"])
        return cls(**{**stored, "attachments": attachments, "sent_at": sent_at, "part": part, "aliases": aliases})


@dataclass(frozen=True)
class Part:
    """Piece `number` (from 1) of the `total` pieces of one long text; `group` is the same in all of them."""

    group: str
    number: int
    total: int


@dataclass(frozen=True, kw_only=True)
class AliasChange:
    """The provider says that a sender got another id: the same person, from now on known by both."""

    old_id: str
    new_id: str
    phone: str | None = field(default=None, repr=False)
    event_id: str = ""
