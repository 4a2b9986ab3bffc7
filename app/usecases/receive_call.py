"""Store what a provider's call holds, all of it in one transaction, before the provider is told that we have it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.domain.message import AliasChange, InboundMessage, Part
from app.storage import inbox
from app.storage.database import DatabaseUnavailable, transaction
from app.storage.inbox import NewEvent
from app.storage.lanes import Person, lane_name, lane_of, lane_of_change
from app.storage.types import storable

LONGEST_ID = 500


@dataclass(frozen=True)
class Unread:
    """An event that could not be read. It is kept for an operator; `event_id` may be empty."""

    event_id: str
    reason: str
    raw: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What a verified call brought for one of our accounts."""

    account_id: int
    workspace_id: str
    channel: str
    messages: tuple[InboundMessage, ...] = ()
    alias_changes: tuple[AliasChange, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.messages or self.alias_changes or self.unread)


@dataclass(frozen=True)
class Received:
    """How many events are new and how many we had before; the ids of all of them."""

    stored: int = 0
    known: int = 0
    event_ids: tuple[str, ...] = ()


def receive(deliveries: Sequence[Delivery], at: datetime) -> Received:
    """Store every event and schedule its work. Raises DatabaseUnavailable, and then nothing was stored."""
    wanted = sorted((one for one in deliveries if not one.is_empty), key=lambda one: one.account_id)
    if not wanted:
        return Received()
    try:
        return _store(wanted, at)
    except DatabaseUnavailable as fault:
        if not fault.begun:
            raise
        # Two batches with the same events in another order can stop each other; one of them goes again.
        return _store(wanted, at)


def _store(deliveries: Sequence[Delivery], at: datetime) -> Received:
    with transaction(write=True) as connection:
        # Lanes first: who holds the lock that lanes take must not wait for somebody's event.
        events = [event for one in deliveries for event in _events(connection, one, at)]
        result = inbox.store(connection, events, at)
    return Received(result.stored, result.known, tuple(event.event_id for event in events))


def _events(connection: Connection, delivery: Delivery, at: datetime) -> Iterator[NewEvent]:
    """In the order of the call. A change of ids comes before its messages: they may be under the new one already."""
    for change in delivery.alias_changes:
        if _plain(change.old_id, change.new_id):
            lane = lane_of_change(connection, delivery.account_id, change.old_id, change.new_id)
            yield _event(delivery, change.event_id or _digest(repr(change)), lane, {"alias_change": asdict(change)})
    lanes: dict[Person, str] = {}
    for message in delivery.messages:
        if not _plain(message.sender_id, *message.aliases):
            yield _kept(delivery, Unread(message.event_id, "odd_sender_id", json.dumps(message.to_json())))
            continue
        person = Person(sender_id=message.sender_id, aliases=message.aliases, phone=message.phone)
        if person not in lanes:
            lanes[person] = lane_of(connection, delivery.workspace_id, delivery.account_id, person, at)
        yield _event(delivery, message.event_id, lanes[person], message.to_json(), part=message.part)
    for unread in delivery.unread:
        yield _kept(delivery, unread)


def _event(
    delivery: Delivery, event_id: str, lane: str, payload: dict[str, Any], *, part: Part | None = None
) -> NewEvent:
    return NewEvent(
        workspace_id=delivery.workspace_id,
        account_id=delivery.account_id,
        event_id=event_id,
        lane=lane,
        payload={**payload, "channel": delivery.channel},
        part=part,
    )


def _kept(delivery: Delivery, unread: Unread) -> NewEvent:
    """An event for an operator, in no person's lane. The provider's own id, or else its text, tells it from others."""
    event = _event(
        delivery,
        unread.event_id or f"unread:{_digest(unread.raw)}",
        lane_name(delivery.account_id, ""),
        {"reason": unread.reason, "raw": unread.raw},
    )
    return replace(event, poison=unread.reason)


def _plain(*ids: str) -> bool:
    """Whether a database can keep these ids as they are. No provider's are so long or so odd."""
    return all(0 < len(one) <= LONGEST_ID and storable(one) == one for one in ids)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
