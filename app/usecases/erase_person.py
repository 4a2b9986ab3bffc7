"""Erase a person: all that Kinbox holds of a contact or of a sender, in one transaction.

A person is the contact, the contacts that were merged with it, every identity linked to one of them, and what came from
or about those. What was received before goes, also what still waits or is in a worker's hands. Whoever writes later is
a stranger. What stays are Intercom's ids: where merged contacts went, who did what and when, that a contact is gone,
and Intercom's own events, which hold nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from app.domain.erasing import SHORTEST_NUMBER
from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.storage import audit, contact_states, erasure, people, personal_events, redirects
from app.storage.database import DatabaseUnavailable, empty_journal, transaction
from app.storage.erasure import Mentions
from app.storage.inbox_schedule import lock_lanes, unschedule
from app.storage.links_lock import hold_links
from app.storage.people import Somebody, Words

Why = Literal["deleted", "erased"]
"""Whether the contact was deleted in Intercom, or somebody asked Kinbox to erase it."""

_log = logging.getLogger("kinbox.privacy")


@dataclass(frozen=True, kw_only=True)
class Erased:
    """The contacts that are gone, and how many rows went or were blanked. No number says who it was.

    `waiting` are those of the events that had not been brought into Intercom yet.
    """

    contact_ids: tuple[str, ...] = ()
    identities: int = 0
    conversations: int = 0
    events: int = 0
    waiting: int = 0
    known_contacts: int = 0
    merges: int = 0
    matches_of_others: int = 0
    audit_entries: int = 0

    @property
    def counts(self) -> dict[str, int]:
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "contact_ids"}

    @property
    def nothing(self) -> bool:
        """Whether nothing was held of the person."""
        return not any(self.counts.values())


def erase_contact(workspace: Workspace, contact_id: str, *, why: Why, by: Teammate | None, at: datetime) -> Erased:
    """Erase the person that this contact is. Once more changes nothing. Raises DatabaseUnavailable.

    A merge takes the person along, so whoever was merged into the contact goes too; so does the one that it was merged
    into when somebody asks. But that Intercom deleted a contact which is part of another says nothing about the other:
    then nothing is done.
    """

    def who(connection: Connection) -> Somebody | None:
        if why == "deleted" and redirects.survivor(connection, workspace.id, contact_id) != contact_id:
            return None
        return people.contact(connection, workspace.id, contact_id, with_survivor=why != "deleted")

    return _erase(workspace, who, why=why, by=by, at=at, contact_id=contact_id)


def erase_sender(
    workspace: Workspace, channel: int | str, sender_id: str, *, why: Why, by: Teammate | None, at: datetime
) -> Erased:
    """Erase the person who writes under this id or phone, on the account with this id or on all of a channel (a slug).

    A sender who is linked to a contact is that person: everything of the contact goes too. Raises DatabaseUnavailable.
    """

    def who(connection: Connection) -> Somebody | None:
        return people.sender(connection, workspace.id, channel, sender_id)

    return _erase(workspace, who, why=why, by=by, at=at, contact_id=None)


def _erase(
    workspace: Workspace,
    who: Callable[[Connection], Somebody | None],
    *,
    why: Why,
    by: Teammate | None,
    at: datetime,
    contact_id: str | None,
) -> Erased:
    def once() -> Erased:
        mentioned = _mentions(workspace.id, who)
        with transaction(write=True) as connection:
            hold_links(connection, workspace.id)
            person = who(connection)
            if person is None:
                return Erased()
            erased = _out(connection, workspace.id, person, mentioned, at)
            if erased.nothing and _is_erased(connection, workspace.id, person, why):
                return erased
            for one in person.contact_ids:
                contact_states.mark(connection, workspace.id, one, why, at)
            audit.record(
                connection,
                workspace.id,
                action="person_erased",
                teammate=by,
                contact_id=contact_id or next(iter(person.contact_ids), None),
                details={"why": why, "contact_ids": list(person.contact_ids), **erased.counts},
                at=at,
            )
        return erased

    try:
        erased = once()
    except DatabaseUnavailable as fault:
        if not fault.begun:
            raise
        erased = once()  # it and a webhook's batch may have stopped each other
    empty_journal()
    _log.info("person erased", extra={"why": why, **erased.counts})
    return erased


def _mentions(workspace_id: str, who: Callable[[Connection], Somebody | None]) -> Mentions:
    """Where else the person may stand: whole tables are read for it, so before anything is locked."""
    with transaction() as connection:
        person = who(connection)
        if person is None:
            return Mentions((), ())
        identities = person.identities(connection)
        words = person.words(connection, identities)
        return erasure.mentions(connection, workspace_id, person.contact_ids, words.ids)


def _out(connection: Connection, workspace_id: str, person: Somebody, mentioned: Mentions, at: datetime) -> Erased:
    """Locks are taken in one order everywhere: the links, identities, lanes, events."""
    identities = person.identities(connection, lock=True)
    words = person.words(connection, identities)
    lanes = person.lanes(identities)
    lock_lanes(connection, lanes)
    unschedule(connection, lanes)
    written = personal_events.drop_written(connection, lanes)
    unread = personal_events.drop_unread(connection, person.accounts(identities), words.ids)
    gone, conversations = erasure.drop_identities(connection, [one.id for one in identities])
    others = {*mentioned.identity_ids} - {one.id for one in identities}
    return Erased(
        contact_ids=person.contact_ids,
        identities=gone,
        conversations=conversations,
        events=written.events + unread.events,
        waiting=written.waiting,
        known_contacts=erasure.drop_known_contacts(connection, workspace_id, person.contact_ids, words.ids),
        merges=erasure.blank_merges(connection, workspace_id, person.contact_ids, at),
        matches_of_others=erasure.scrub_matches(connection, others, person.contact_ids, words.ids),
        audit_entries=_scrub_audits(connection, person, mentioned, words),
    )


def _scrub_audits(connection: Connection, person: Somebody, mentioned: Mentions, words: Words) -> int:
    """Where others are concerned only what is surely this person's goes: a name may be theirs, or a word."""
    own = {*erasure.audits_of(connection, person.workspace_id, person.contact_ids)}
    sure = {one for one in words.ids if len(one) >= erasure.SHORTEST_LOOKED_FOR}
    names = {part for name in words.names for part in (name, *name.split())}
    theirs = {one for one in words.ids if len(one) >= SHORTEST_NUMBER} | names
    changed = erasure.scrub_audits(connection, own, theirs - {*person.contact_ids})
    return changed + erasure.scrub_audits(connection, {*mentioned.audit_ids} - own, sure)


def _is_erased(connection: Connection, workspace_id: str, person: Somebody, why: Why) -> bool:
    """Whether there is nothing to tell either."""
    known = [contact_states.get(connection, workspace_id, one) for one in person.contact_ids]
    enough = contact_states.FOR_GOOD if why == "deleted" else (contact_states.ERASED,)
    return all(one is not None and one.state in enough for one in known)
