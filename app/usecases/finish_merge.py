"""After Intercom confirmed a merge: point everything at the survivor, verify, repair, leave a note.

Each step is recorded before the next, so that a restart in between repeats nothing that shows twice.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.domain.answers import Merged
from app.domain.contact import Contact
from app.domain.identity import Match
from app.domain.merge_record import MergeRecord
from app.domain.phone import read_stored
from app.domain.redaction import not_kept, redacted
from app.domain.suggesting import channel_attributes
from app.intercom.errors import IntercomError
from app.storage import audit, contact_states, identities, merges, redirects
from app.storage.database import transaction
from app.storage.links_lock import hold_links
from app.usecases.desk import Desk
from app.usecases.erase_person import Why, erase_contact
from app.usecases.note import merge_note

_NOTE_NEEDS_S = 0.4

_log = logging.getLogger("kinbox.merge")


def finish_merge(
    desk: Desk, merge_id: str, *, already: bool = False, before: tuple[Contact, Contact] | None = None
) -> Merged:
    """Record that the merge took place, then verify it. Called once Intercom said or showed that it is done.

    `before` are lead and user as they were read; without them what is kept has to do, and a team may leave fields out.
    """
    now = desk.now()
    with transaction(write=True) as connection:
        hold_links(connection, desk.workspace.id)  # before the merge's row: who erases takes them in this order
        first = merges.mark_done(connection, merge_id, at=now)
        record = merges.get(connection, merge_id)
        if first:
            redirects.add(connection, record.workspace_id, record.lead_id, record.user_id, at=now)
            match = Match("merged", record.teammate.name)
            moved = identities.repoint(
                connection, record.workspace_id, record.lead_id, record.user_id, match=match.to_json(), at=now
            )
            audit.record(
                connection,
                record.workspace_id,
                action="merged",
                teammate=record.teammate,
                contact_id=record.user_id,
                details={"merge_id": record.id, "lead_id": record.lead_id, "identities": moved},
                at=now,
            )
        gone = contact_states.get(connection, record.workspace_id, record.user_id)
    if gone is not None and gone.is_for_good and gone.is_newer_than(record.asked_at):
        # Erased while the merge was under way, when nobody could know that the lead is the same person.
        why: Why = "deleted" if gone.state == contact_states.DELETED else "erased"
        erase_contact(desk.workspace, record.user_id, why=why, by=None, at=now)
    _log.info("merge done", extra={"merge_id": merge_id, "already": already or not first})
    if before is not None:
        record = replace(record, lead_before=before[0].record, user_before=before[1].record)
    return told(desk, record, already=already)


def told(desk: Desk, record: MergeRecord, *, already: bool) -> Merged:
    """Describe a merge that is done, verifying and repairing it first if nobody has yet."""
    found = _Found(verified=record.verified_at is not None)
    if not found.verified:
        found = _verify(desk, record)
    lead, user = record.lead, record.user
    return Merged(
        lead_label=lead.label,
        user_label=user.label,
        user_id=record.user_id,
        user_url=desk.profile_url(record.user_id),
        by=record.teammate.name,
        at=record.finished_at or record.asked_at,
        verified=found.verified,
        already=already,
        repaired=found.repaired,
        unchecked=found.unchecked,
    )


@dataclass(frozen=True)
class _Found:
    """What a look at the survivor showed. `unchecked` are fields of the lead that were not kept and that it lacks."""

    verified: bool
    repaired: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()


def _verify(desk: Desk, record: MergeRecord) -> _Found:
    """Read the survivor, write what Intercom dropped, leave the note. Not verified while Intercom cannot be asked."""
    try:
        survivor = desk.intercom.contact(record.user_id, merge_history=True)
        repaired = _repair(desk, record, survivor)
    except IntercomError as error:
        _log.warning("merge not verified yet", extra={"merge_id": record.id, "status": error.status})
        return _Found(verified=False)
    after = redacted(survivor.snapshot, desk.workspace.settings.redact_fields)
    with transaction(write=True) as connection:
        first = merges.mark_verified(connection, record.id, user_after=after, at=desk.now())
    if first:
        _leave_note(desk, record)
    return _Found(verified=True, repaired=repaired, unchecked=_unchecked(desk, record, survivor))


def _unchecked(desk: Desk, record: MergeRecord, survivor: Contact) -> tuple[str, ...]:
    """What would be looked after but was not kept. Where the survivor has a value of its own nothing was lost."""
    prefix = desk.workspace.settings.cda_prefix
    has = {*channel_attributes(survivor, prefix=prefix), *(["phone"] if survivor.phone else [])}
    wanted = {one for one in not_kept(record.lead_before) if one == "phone" or one.startswith(f"{prefix}_")}
    return tuple(sorted(wanted - has))


def _repair(desk: Desk, record: MergeRecord, survivor: Contact) -> tuple[str, ...]:
    """Write the lead's phone and channel ids on the survivor where it has none of its own."""
    lead = record.lead
    fields: dict[str, Any] = {}
    if lead.phone and not survivor.phone:
        readings = read_stored(lead.phone, region=desk.workspace.settings.country)
        if readings:
            fields["phone"] = readings[0].e164
    dropped = _dropped_attributes(lead, survivor, prefix=desk.workspace.settings.cda_prefix)
    if dropped:
        fields["custom_attributes"] = dropped
    if not fields:
        return ()
    desk.intercom.update_contact(survivor.id, fields)
    return (*(("phone",) if "phone" in fields else ()), *sorted(dropped))


def _dropped_attributes(lead: Contact, survivor: Contact, *, prefix: str) -> Mapping[str, Any]:
    kept = channel_attributes(survivor, prefix=prefix)
    return {name: value for name, value in channel_attributes(lead, prefix=prefix).items() if name not in kept}


def _leave_note(desk: Desk, record: MergeRecord) -> None:
    """Tell the conversation who merged whom. Tried once: a missing note is better than the same note twice."""
    workspace = desk.workspace
    if not (workspace.settings.note_after_merge and record.conversation_id):
        return
    if desk.deadline.remaining_s() < _NOTE_NEEDS_S:
        _log.warning("no time left for the note", extra={"merge_id": record.id})
        return
    body = merge_note(record.teammate.name, record.lead.label, record.user.label)
    try:
        desk.intercom.add_note(record.conversation_id, workspace.admin_id or record.teammate.id, body)
    except IntercomError as error:
        _log.warning("note not left", extra={"merge_id": record.id, "status": error.status})
