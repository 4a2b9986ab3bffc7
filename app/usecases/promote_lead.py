"""Make one of two leads a user, so that the other can go into it.

It cannot be undone (Intercom: a user never becomes a lead again) and may start messages that wait for new users, so it
needs its own explicit consent. The Intercom id stays the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.domain.answers import Done, IntercomTrouble, NamedContact, PromotionRefused
from app.domain.contact import Contact
from app.domain.merging import PromotionNeeded, RefusalCode, Refused
from app.domain.reference import Reference, read_reference
from app.intercom.errors import Conflict, IntercomError
from app.storage import audit
from app.storage.database import transaction
from app.usecases.desk import Desk, trouble
from app.usecases.name_contact import name_contact


def promote_lead(
    desk: Desk, this_id: str, other_id: str, *, promote_id: str, typed: str, agreed: bool
) -> NamedContact | PromotionRefused:
    """Turn `promote_id` (one of the two) into a user with its own email or the identifier that was typed."""
    if not desk.workspace.settings.allows_merge_by(desk.teammate.id):
        return Refused(RefusalCode.TEAMMATE_NOT_ALLOWED)
    pair = desk.read_pair(this_id, other_id)
    if not isinstance(pair, tuple):
        return pair
    this, other = pair
    if not (this.is_lead and other.is_lead):
        return name_contact(desk, this_id, other_id)  # changed meanwhile: judge what they are now
    needed = PromotionNeeded(this, other)
    chosen = other if promote_id == other.id else this
    fields = _identifier(chosen, typed)
    if not agreed:
        return PromotionRefused(needed=needed, promote_id=chosen.id, code="consent_owed", typed=typed)
    if fields is None:
        return PromotionRefused(needed=needed, promote_id=chosen.id, code="identifier_needed", typed=typed)
    return _promote(desk, needed, chosen, fields, typed)


def _promote(
    desk: Desk, needed: PromotionNeeded, chosen: Contact, fields: dict[str, str], typed: str
) -> NamedContact | PromotionRefused | IntercomTrouble:
    try:
        desk.intercom.update_contact(chosen.id, {"role": "user", **fields})
    except Conflict as conflict:
        code = "holder_archived" if conflict.archived else "identifier_taken"
        return PromotionRefused(
            needed=needed, promote_id=chosen.id, code=code, typed=typed, holder_id=conflict.contact_id
        )
    except IntercomError as error:
        if error.maybe_done:
            _record(desk, chosen, fields, "promotion_in_doubt")
        return trouble(error)  # a repeat is safe: a lead that became a user is read as one next time
    _record(desk, chosen, fields, "promoted")
    answer = name_contact(desk, needed.this.id, needed.other.id)
    return replace(answer, done=Done.PROMOTED) if isinstance(answer, IntercomTrouble) else answer


def _record(desk: Desk, chosen: Contact, fields: Mapping[str, str], action: str) -> None:
    with transaction(write=True) as connection:
        audit.record(
            connection,
            desk.workspace.id,
            action=action,
            teammate=desk.teammate,
            contact_id=chosen.id,
            details={"with": sorted(fields), "conversation_id": desk.conversation_id},
            at=desk.now(),
        )


def _identifier(lead: Contact, typed: str) -> dict[str, str] | None:
    """The email or external id that makes the lead a user; None when there is none that could serve."""
    text = typed.strip()
    if not text:
        return {"email": lead.email} if lead.email else None
    reference = read_reference(text, workspace_id="", region=None)
    if not isinstance(reference, Reference):
        return None
    kinds = {interpretation.kind: interpretation.value for interpretation in reference.interpretations}
    if "email" in kinds:
        return {"email": kinds["email"]}
    return {"external_id": kinds["external_id"]} if "external_id" in kinds else None
