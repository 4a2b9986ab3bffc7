"""One batch of linked contacts: look at each in Intercom, write what was lost there, then record what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from app.domain.channel import Channel
from app.domain.contact import Contact
from app.domain.reconciling import Code, LinkedSender, Tally, lost_attributes
from app.domain.workspace import Workspace
from app.intercom.client import Intercom
from app.intercom.errors import Disconnected, Forbidden, IntercomError, RateLimited, Unavailable
from app.storage import contact_states, identities, known_contacts, linked_contacts, redirects
from app.storage.database import transaction
from app.storage.links_lock import hold_links
from app.usecases.contact_attributes import Written, write_attributes
from app.usecases.erase_person import Why, erase_contact
from app.usecases.following import follow
from app.usecases.look_up_contacts import Seen, look, search_by_id
from app.usecases.pacing import Patience

BATCH = 50
"""Contacts of one search: as many as one page has when nothing else is said. Source: REST 2.16, paging."""
_PAUSES_S = (5, 15, 30)
"""Before a call is made again whose three quick tries had no answer; after the last of them the walk stops."""
_MOST_REFUSALS = 3
"""So many refused writes in a row, and the walk writes no more attributes: it is no fault of one contact. The same goes
for searches: one may be refused for the sake of a single odd id."""
_MOST_REFUSED_READS = 20
"""So many in a row, and the walk stops."""
_RESTORABLE = frozenset({contact_states.ARCHIVED, contact_states.BLOCKED, contact_states.DELETED})

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Found:
    """What became of one linked contact: `seen` in Intercom, whether anybody is linked to it here, and what is to be
    recorded. `state` is why Intercom does not serve it, as far as Kinbox was told before."""

    contact_id: str
    seen: Seen
    is_linked: bool
    state: str | None
    wrote: bool = False
    erased: bool = False
    code: Code | None = None


@dataclass(frozen=True)
class Mended:
    found: Sequence[Found]
    looked_at: datetime
    """Before the first of them was asked for: what Kinbox was told since is newer."""


@dataclass
class _Batch:
    """What is stored of the batch's contacts."""

    senders: Mapping[str, tuple[LinkedSender, ...]]
    states: Mapping[str, str]
    shown: Mapping[str, Contact] = field(default_factory=dict)


class Repairer:
    """Looks and writes in Intercom with `mend`, and in the database with `record`, in the caller's transaction."""

    def __init__(
        self,
        workspace: Workspace,
        intercom: Intercom,
        channels: Mapping[str, Channel],
        patience: Patience,
        now: Callable[[], datetime],
    ) -> None:
        self._workspace = workspace
        self._intercom = intercom
        self._channels = channels
        self._patience = patience
        self._now = now
        self._refused_searches = 0
        self._refused_reads = 0
        self._refusals = 0

    def mend(self, contact_ids: Sequence[str]) -> Mended:
        """Raises IntercomError when Intercom cannot be asked; then nothing has to be recorded."""
        looked_at = self._now()
        batch = self._read(contact_ids)
        if self._refused_searches < _MOST_REFUSALS:
            shown = self._patiently(lambda: search_by_id(self._intercom, contact_ids))
            self._refused_searches = 0 if shown is not None else self._refused_searches + 1
            batch.shown = shown or {}
        return Mended([self._one(contact_id, batch) for contact_id in contact_ids], looked_at)

    def record(self, connection: Connection, mended: Mended, tally: Tally) -> Tally:
        """Follow the merges, forget states that are no longer true. Answers the tally with this batch."""
        hold_links(connection, self._workspace.id)
        for found in mended.found:
            followed = [self._follow(connection, merged, found.seen.end_id) for merged in found.seen.merged]
            cleared = self._clear(connection, found, mended.looked_at)
            repaired = any(followed) or cleared or found.wrote or found.erased
            tally = tally.with_contact(found.contact_id, repaired=repaired, code=found.code)
        return tally

    def _read(self, contact_ids: Sequence[str]) -> _Batch:
        with transaction() as connection:
            senders = linked_contacts.senders_of(connection, self._workspace.id, contact_ids)
            states = linked_contacts.states_of(connection, self._workspace.id, contact_ids)
        return _Batch(senders, states)

    def _one(self, contact_id: str, batch: _Batch) -> Found:
        shown, state = batch.shown.get(contact_id), batch.states.get(contact_id)
        is_linked = contact_id in batch.senders
        if shown is not None and state is None:
            lost = self._lost(shown, batch.senders.get(contact_id, ()))
            if not lost or self._refusals >= _MOST_REFUSALS:
                code: Code | None = "attributes_refused" if lost else None
                return Found(contact_id, Seen(contact_id, contact=shown), is_linked, state, code=code)
        try:
            found = self._looked_at(Found(contact_id, Seen(contact_id), is_linked, state), batch)
        except (Disconnected, Forbidden, Unavailable):
            raise
        except IntercomError:
            # Something about this one contact, such as an id that never was one: the others are walked all the same.
            self._refused_reads += 1
            if self._refused_reads >= _MOST_REFUSED_READS:
                raise
            return Found(contact_id, Seen(contact_id), is_linked, state, code="not_told" if is_linked else None)
        self._refused_reads = 0
        return found

    def _looked_at(self, found: Found, batch: _Batch) -> Found:
        seen = self._patiently(lambda: look(self._intercom, found.contact_id, self._known_survivor))
        found = replace(found, seen=seen)
        if seen.contact is None:
            return self._gone(found, self._state(seen.end_id, batch))
        return self._written(found, seen.contact, batch)

    def _gone(self, found: Found, state: str | None) -> Found:
        """One whose state was told before is explained, and so is one that nobody is linked to.

        Whoever was merged into somebody who was deleted or erased is the same person, and goes too; before the merge
        is recorded, so that a kill in between leaves nobody behind.
        """
        if state is None:
            return replace(found, code=found.seen.code) if found.is_linked else found
        if state not in contact_states.FOR_GOOD:
            return found
        why: Why = "deleted" if state == contact_states.DELETED else "erased"
        # A 404 alone erases nobody: a contact whom somebody linked again after an erasure may be archived.
        same = found.seen.merged or ((found.contact_id,) if found.is_linked and why == "deleted" else ())
        erased = [erase_contact(self._workspace, one, why=why, by=None, at=self._now()) for one in same]
        return replace(found, erased=any(not one.nothing for one in erased))

    def _written(self, found: Found, contact: Contact, batch: _Batch) -> Found:
        """`found` once the contact at the end of the way has what Kinbox keeps there."""
        lost = self._lost(contact, self._senders(found, batch))
        if not lost:
            return found
        if self._refusals >= _MOST_REFUSALS:
            return replace(found, code="attributes_refused")
        went = list(found.seen.merged)
        written = self._patiently(lambda: self._write(contact.id, lost, went))
        if written.contact_id is None:
            return replace(found, code="not_served")
        if written.refused is not None:
            self._refusals += 1
            return replace(found, code="attributes_refused")
        self._refusals = 0
        return replace(found, seen=Seen(written.contact_id, tuple(went), contact), wrote=True)

    def _write(self, contact_id: str, lost: Mapping[str, str], went: list[str]) -> Written:
        def gone(merged_id: str, _survivor_id: str) -> None:
            went.append(merged_id)

        return write_attributes(self._intercom, contact_id, lost, check=lambda: None, follow=gone)

    def _senders(self, found: Found, batch: _Batch) -> tuple[LinkedSender, ...]:
        """Who will be linked to the contact at the end of the way once its merges are followed."""
        if not found.seen.merged:
            return batch.senders.get(found.contact_id, ())
        with transaction() as connection:
            of_all = linked_contacts.senders_of(connection, self._workspace.id, {*found.seen.merged, found.seen.end_id})
        return tuple(sender for senders in of_all.values() for sender in senders)

    def _lost(self, contact: Contact, senders: Sequence[LinkedSender]) -> Mapping[str, str]:
        return lost_attributes(contact, senders, self._channels, prefix=self._workspace.settings.cda_prefix)

    def _state(self, contact_id: str, batch: _Batch) -> str | None:
        if contact_id in batch.states:
            return batch.states[contact_id]
        with transaction() as connection:
            known = contact_states.get(connection, self._workspace.id, contact_id)
        return None if known is None else known.state

    def _known_survivor(self, contact_id: str) -> str:
        with transaction() as connection:
            return redirects.survivor(connection, self._workspace.id, contact_id)

    def _follow(self, connection: Connection, merged_id: str, end_id: str) -> bool:
        """False when all of it is known already: a notification or a message was faster."""
        at_end = redirects.survivor(connection, self._workspace.id, merged_id) == end_id
        if at_end and not identities.of_contact(connection, self._workspace.id, merged_id):
            return False
        contact_states.clear(connection, self._workspace.id, merged_id)
        known_contacts.drop(connection, self._workspace.id, merged_id)
        follow(connection, self._workspace.id, merged_id, end_id, at=self._now())
        return True

    def _clear(self, connection: Connection, found: Found, looked_at: datetime) -> bool:
        """Intercom serves it after all; unless that was told later than it was looked at."""
        if found.state not in _RESTORABLE or found.seen.contact is None or found.seen.merged:
            return False
        known = contact_states.get(connection, self._workspace.id, found.contact_id)
        if known is None or known.state not in _RESTORABLE or known.is_newer_than(looked_at):
            return False
        return contact_states.clear(connection, self._workspace.id, found.contact_id)

    def _patiently(self, call: Callable[[], Answer]) -> Answer:
        """A rate limit is waited out, and an outage for a while. All that is called here may be called again."""
        pauses = iter(_PAUSES_S)
        while True:
            try:
                return call()
            except RateLimited as limited:
                self._patience.wait_until(limited.reset_at)
            except Unavailable:
                pause_s = next(pauses, None)
                if pause_s is None:
                    raise
                self._patience.wait_until(self._now() + timedelta(seconds=pause_s))
