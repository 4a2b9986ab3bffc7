"""What walking the links of a workspace finds: which attributes a contact lost, and what nobody could repair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from app.domain import matching
from app.domain.channel import Channel
from app.domain.contact import Contact
from app.domain.suggesting import channel_attributes

Code = Literal["not_served", "merged_nowhere", "merge_loop", "not_told", "attributes_refused"]
"""Why a link could not be repaired: Intercom does not serve the contact and says not why (`not_served`); it was merged
into one that Intercom does not name (`merged_nowhere`), or in a circle (`merge_loop`); Intercom refuses to tell about
it, or says what nobody can read (`not_told`), or refuses to have written on it what Kinbox keeps there
(`attributes_refused`)."""
CODES: tuple[Code, ...] = get_args(Code)
LISTED = 100
"""Of so many contacts the ids are kept for each code; all are counted."""


@dataclass(frozen=True)
class LinkedSender:
    """A sender who is linked to a contact: `last_message_at` is None for one who never wrote."""

    channel: str
    sender_id: str
    last_message_at: datetime | None


@dataclass(frozen=True)
class Unresolved:
    """What one code stands for: how many contacts, and the ids of the first of them."""

    code: Code
    count: int = 0
    contact_ids: tuple[str, ...] = ()

    def with_one(self, contact_id: str) -> Unresolved:
        listed = self.contact_ids if len(self.contact_ids) >= LISTED else (*self.contact_ids, contact_id)
        return Unresolved(self.code, self.count + 1, listed)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What a walk has done so far."""

    checked: int = 0
    repaired: int = 0
    unresolved: tuple[Unresolved, ...] = ()

    def with_contact(self, contact_id: str, *, repaired: bool, code: Code | None) -> Tally:
        groups = {one.code: one for one in self.unresolved}
        if code is not None:
            groups[code] = groups.get(code, Unresolved(code)).with_one(contact_id)
        return Tally(
            checked=self.checked + 1,
            repaired=self.repaired + repaired,
            unresolved=tuple(groups[one] for one in CODES if one in groups),
        )

    @property
    def left(self) -> int:
        """How many contacts need somebody."""
        return sum(one.count for one in self.unresolved)

    def unresolved_json(self) -> list[dict[str, Any]]:
        return [{"code": one.code, "count": one.count, "contact_ids": list(one.contact_ids)} for one in self.unresolved]

    def with_unresolved(self, stored: Iterable[Mapping[str, Any]]) -> Tally:
        """This tally with what `unresolved_json` gave."""
        read = (Unresolved(one["code"], one["count"], tuple(one["contact_ids"])) for one in stored)
        return replace(self, unresolved=tuple(read))


def lost_attributes(
    contact: Contact, senders: Sequence[LinkedSender], channels: Mapping[str, Channel], *, prefix: str
) -> Mapping[str, str]:
    """What Kinbox keeps on a contact with these senders and is not there (any more).

    An attribute that has a value stays, whatever it is: somebody may have put it there. Of several senders on one
    channel the one who wrote last counts, as with every message.
    """
    there = channel_attributes(contact, prefix=prefix)
    wanted: dict[str, str] = {}
    for sender in sorted(senders, key=_last_message):
        channel = channels.get(sender.channel)
        if channel is None:
            continue
        kept = matching.kept_attributes(prefix, channel, sender.sender_id)
        if sender.last_message_at is None:
            kept = {name: value for name, value in kept.items() if name != matching.channel_attribute(prefix)}
        wanted |= kept
    return {name: value for name, value in wanted.items() if name not in there}


def _last_message(sender: LinkedSender) -> tuple[datetime, str]:
    return (sender.last_message_at or datetime.min.replace(tzinfo=UTC), sender.sender_id)
