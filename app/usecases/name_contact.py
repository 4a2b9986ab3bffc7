"""The teammate names the other contact: resolve what they typed, read both, judge, compare."""

from __future__ import annotations

from app.domain.answers import (
    Compared,
    Gone,
    IntercomTrouble,
    MoveOffered,
    NamedContact,
    NobodyFound,
    PromotionOffered,
    SeveralFound,
    Suggestion,
)
from app.domain.comparison import compare
from app.domain.contact import Contact
from app.domain.merging import (
    MergeAllowed,
    MoveInstead,
    PromotionNeeded,
    RefusalCode,
    Refused,
    judge,
)
from app.domain.phone import phone_matches
from app.domain.reference import Interpretation, Reference, read_reference
from app.intercom.errors import ContactMerged, IntercomError, NotServed
from app.intercom.queries import email_query, phone_query
from app.storage.database import transaction
from app.storage.identities import of_contact
from app.usecases.desk import Desk, trouble
from app.usecases.searching import search_with_phone


def name_contact(desk: Desk, this_id: str, other_id: str, *, count: bool = True) -> NamedContact:
    """Read both contacts now and say what may happen between them. `count` asks how many conversations move."""
    if not desk.workspace.settings.allows_merge_by(desk.teammate.id):
        return Refused(RefusalCode.TEAMMATE_NOT_ALLOWED)
    if this_id == other_id:
        return Refused(RefusalCode.SAME_CONTACT)
    pair = desk.read_pair(this_id, other_id)
    return _judged(desk, *pair, count=count) if isinstance(pair, tuple) else pair


def find_contact(desk: Desk, this_id: str, typed: str) -> NamedContact:
    """Find the contact that `typed` names, and say what may happen between it and the one in the panel."""
    found = look_up(desk, this_id, typed)
    return name_contact(desk, this_id, found.id) if isinstance(found, Contact) else found


def look_up(desk: Desk, this_id: str, typed: str) -> Contact | SeveralFound | NobodyFound | Gone | IntercomTrouble:
    """The contact that `typed` names: an id, an external id, an email, a phone or a profile link.

    Among several, the one in the panel is left out.
    """
    workspace = desk.workspace
    reference = read_reference(typed, workspace_id=workspace.id, region=workspace.settings.country)
    if not isinstance(reference, Reference):
        return NobodyFound(typed, reference.reason)
    try:
        return _resolve(desk, this_id, typed, reference)
    except IntercomError as error:
        return trouble(error)


def _resolve(desk: Desk, this_id: str, typed: str, reference: Reference) -> Contact | SeveralFound | NobodyFound | Gone:
    unserved: str | None = None
    for interpretation in reference.interpretations:
        hits = _hits(desk, interpretation)
        if isinstance(hits, Gone):
            if hits.survivor_id:
                return hits
            unserved = hits.contact_id
            continue
        others = [hit for hit in hits if hit.id != this_id] or hits  # this contact was hardly meant
        if len(others) == 1:
            return others[0]
        if others:
            return SeveralFound(typed, _described(interpretation, others))
    if unserved:
        return desk.gone(unserved, "not_served")
    tried = " or ".join(_KINDS[interpretation.kind] for interpretation in reference.interpretations)
    return NobodyFound(typed, f"No contact of this workspace has this as its {tried}.")


_KINDS = {
    "contact_id": "Intercom id",
    "external_id": "external id",
    "email": "email",
    "phone": "phone",
}


def _hits(desk: Desk, interpretation: Interpretation) -> list[Contact] | Gone:
    kind, value = interpretation.kind, interpretation.value
    try:
        if kind == "contact_id":
            return [desk.intercom.contact(value)]
        if kind == "external_id":
            return _by_external_id(desk, value)
    except ContactMerged as merged:
        return desk.gone(value, "merged", merged.survivor_id)
    except NotServed:
        return desk.gone(value, "not_served") if kind == "contact_id" else []
    if kind == "email":
        found = desk.intercom.search_contacts(email_query(value)).contacts
        return [hit for hit in found if (hit.email or "").casefold() == value.casefold()]
    found = search_with_phone(desk.intercom, phone_query(value), phone_query(value, formatted_phone=False)).contacts
    return [match.contact for match in phone_matches(value, found, region=desk.workspace.settings.country)]


def _by_external_id(desk: Desk, value: str) -> list[Contact]:
    """Users only: Intercom gives leads a UUID of its own as external id, and does not look them up by it."""
    return [desk.intercom.user_by_external_id(value)]


def _described(interpretation: Interpretation, hits: list[Contact]) -> tuple[Suggestion, ...]:
    label = f"{interpretation.kind.replace('_', ' ')} {interpretation.value}"
    return tuple(Suggestion(hit, (label,)) for hit in hits)


def _judged(desk: Desk, this: Contact, other: Contact, *, count: bool) -> NamedContact:
    decision = judge(this, other, country=desk.workspace.settings.country)
    if isinstance(decision, PromotionNeeded):
        return PromotionOffered(needed=decision)
    if isinstance(decision, MoveInstead):
        with transaction() as connection:
            return MoveOffered(pair=decision, identities=of_contact(connection, desk.workspace.id, this.id))
    if isinstance(decision, MergeAllowed):
        return _compared(desk, decision, count=count)
    return decision


def _compared(desk: Desk, allowed: MergeAllowed, *, count: bool) -> Compared:
    conversations = _conversations(desk, allowed.lead.id) if count else None
    return Compared(
        allowed=allowed,
        comparison=compare(
            allowed.lead, allowed.user, conversations=conversations, country=desk.workspace.settings.country
        ),
        lead_url=desk.profile_url(allowed.lead.id),
        user_url=desk.profile_url(allowed.user.id),
    )


def _conversations(desk: Desk, contact_id: str) -> int | None:
    """How many conversations move. Not worth failing the comparison for."""
    try:
        return desk.intercom.count_conversations(contact_id)
    except IntercomError:
        return None
