"""A person on one channel account, and how Kinbox came to link them to a contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Match:
    """Why an identity is linked to its contact.

    `rule` is one of phone, channel_id, known_contact, new_lead, teammate, merged. `value` is what was equal (an E.164
    number, a channel id) or, for `teammate`, the name of who decided. `runners_up` are the contact ids that would have
    done as well.
    """

    rule: str
    value: str | None = field(default=None, repr=False)
    runners_up: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> Match | None:
        if not stored or not isinstance(stored.get("rule"), str):
            return None
        value = stored.get("value")
        others = stored.get("runners_up") or ()
        return cls(stored["rule"], value if isinstance(value, str) else None, tuple(str(other) for other in others))

    def to_json(self) -> dict[str, Any]:
        return {"rule": self.rule, "value": self.value, "runners_up": list(self.runners_up)}


@dataclass(frozen=True, kw_only=True)
class LinkedIdentity:
    """A sender on a channel account, linked to a contact. `handle` is what a person would call the sender id."""

    id: int
    channel: str
    account_name: str = field(repr=False)
    sender_id: str = field(repr=False)
    handle: str | None = field(repr=False)
    display_name: str | None = field(repr=False)
    last_message_at: datetime | None
    match: Match | None = None

    @property
    def shown_handle(self) -> str:
        return self.handle or self.sender_id
