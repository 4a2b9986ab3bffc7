"""Bring back a contact that Intercom does not serve, or learn why that cannot be."""

from __future__ import annotations

from dataclasses import replace

from app.domain.answers import Done, Gone, GoneReason, IntercomTrouble, NamedContact
from app.domain.merging import RefusalCode, Refused
from app.intercom.errors import ContactMerged, IntercomError, NotRestorable, NotServed
from app.storage import audit, contact_states
from app.storage.database import transaction
from app.usecases.desk import Desk, trouble
from app.usecases.name_contact import name_contact

_REASONS = {
    "deleted": GoneReason.DELETED,
    "merged": GoneReason.MERGED,
    "blocked": GoneReason.BLOCKED,
}


def restore_contact(desk: Desk, this_id: str, contact_id: str) -> NamedContact:
    """Unarchive `contact_id` because the teammate asked for it, then go on as if it had been named."""
    if not desk.workspace.settings.allows_merge_by(desk.teammate.id):
        return Refused(RefusalCode.TEAMMATE_NOT_ALLOWED)
    try:
        desk.intercom.unarchive(contact_id)
    except NotRestorable as refusal:
        if refusal.reason == "blocked":
            _mark_blocked(desk, contact_id)
        return desk.gone(contact_id, _REASONS.get(refusal.reason, GoneReason.UNKNOWN))
    except ContactMerged as merged:
        return desk.gone(contact_id, GoneReason.MERGED, merged.survivor_id)
    except NotServed:
        return Gone(contact_id=contact_id, reason=GoneReason.UNKNOWN)
    except IntercomError as error:
        return trouble(error)
    with transaction(write=True) as connection:
        contact_states.clear(connection, desk.workspace.id, contact_id)
        audit.record(
            connection,
            desk.workspace.id,
            action="unarchived",
            teammate=desk.teammate,
            contact_id=contact_id,
            details={"conversation_id": desk.conversation_id},
            at=desk.now(),
        )
    answer = name_contact(desk, this_id, contact_id)
    return replace(answer, done=Done.RESTORED) if isinstance(answer, IntercomTrouble) else answer


def _mark_blocked(desk: Desk, contact_id: str) -> None:
    """No notification tells of a blocking: this refusal is all that ever does."""
    with transaction(write=True) as connection:
        contact_states.mark(connection, desk.workspace.id, contact_id, contact_states.BLOCKED, desk.now())
