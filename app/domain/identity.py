"""A person on one channel account, and how Kinbox came to link them to a contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Match:
    """Why an identity is linked to its contact.

    `rule` is one of phone, channel_id, known_contact, new_lead, teammate, merged, imported. `value` is what was equal
    (an E.164 number, a channel id) or, for the last three, the name of who decided. `runners_up` are the contact ids
    that would have done as well, best first. `before` is what a teammate's decision replaced: its undo brings that
    back.
    """

    rule: str
    value: str | None = field(default=None, repr=False)
    runners_up: tuple[str, ...] = ()
    before: Match | None = None

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> Match | None:
        if not stored or not isinstance(stored.get("rule"), str):
            return None
        value = stored.get("value")
        others = tuple(str(other) for other in stored.get("runners_up") or ())
        before = cls.from_json(stored.get("before"))
        return cls(stored["rule"], value if isinstance(value, str) else None, others, before)

    def to_json(self) -> dict[str, Any]:
        stored = {"rule": self.rule, "value": self.value, "runners_up": list(self.runners_up)}
        return {**stored, "before": self.before.to_json()} if self.before else stored

    def decided_by(self, teammate_name: str, *, left_id: str, chosen_id: str) -> Match:
        """A teammate links the identity to `chosen_id`: the contact that it leaves is the first runner-up now."""
        others = tuple(one for one in self.runners_up if one not in {left_id, chosen_id})
        return Match("teammate", teammate_name, (left_id, *others), replace(self, before=None))


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
    is_paused: bool = False
    """The channel account is paused: new messages are kept and not brought in."""

    @property
    def shown_handle(self) -> str:
        return self.handle or self.sender_id
