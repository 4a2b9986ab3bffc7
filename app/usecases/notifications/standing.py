"""Where a contact stands in Intercom now, and everything kept here brought in line with it.

Doing it again, later, or for notifications in any order ends the same: what decides is Intercom's answer alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.domain.contact import Contact
from app.domain.matching import found_by, id_attribute
from app.domain.workspace import Workspace
from app.storage import contact_states, identities, known_contacts, redirects
from app.storage.database import transaction
from app.storage.links_lock import hold_links
from app.usecases.following import follow
from app.usecases.look_up_contacts import Seen, look
from app.usecases.notifications.case import Case

_MERGE_SETTLES_WITHIN = timedelta(minutes=10)
"""For so long after a merge Intercom may still serve the lead, for all that is documented."""


def settle(case: Case, contact_id: str) -> Seen:
    """Read the contact, follow its merges to their end, and keep what that is. Raises IntercomError."""
    began_at = case.now()
    case.hold.check()
    seen = look(case.intercom, contact_id, lambda merged_id: _known_survivor(case, merged_id))
    if seen.contact is not None:
        _keep_served(case, seen, seen.contact, began_at)
    elif seen.code == "not_served":
        _keep_gone(case, seen)
    return seen


def _known_survivor(case: Case, contact_id: str) -> str:
    with transaction() as connection:
        return redirects.survivor(connection, case.workspace.id, contact_id)


def follow_into(case: Case, lead_ids: Sequence[str], survivor_id: str) -> None:
    """These were merged into the survivor, whatever became of it since."""
    with transaction(write=True) as connection:
        hold_links(connection, case.workspace.id)
        ends = {_followed(connection, case, one, survivor_id) for one in lead_ids}
        states = {end: contact_states.get(connection, case.workspace.id, end) for end in ends}
    for end, state in states.items():
        if state is not None and state.is_for_good:
            case.erase(end)  # what came here by the merge is the same person's


def _keep_gone(case: Case, seen: Seen) -> None:
    with transaction(write=True) as connection:
        known_contacts.drop(connection, case.workspace.id, seen.end_id)
    if seen.merged:
        follow_into(case, seen.merged, seen.end_id)


def _keep_served(case: Case, seen: Seen, contact: Contact, began_at: datetime) -> None:
    """Unless it went for good since it was asked for: then who was merged into it goes too.

    Each contact's notifications are worked apart, and whoever follows a merge reads the survivor beside them.
    """
    workspace_id = case.workspace.id
    with transaction(write=True) as connection:
        hold_links(connection, workspace_id)
        known = contact_states.get(connection, workspace_id, contact.id)
        went = known is not None and known.is_for_good and known.is_newer_than(began_at)
        if not went:
            redirects.forget(connection, workspace_id, contact.id, before=began_at - _MERGE_SETTLES_WITHIN)
            for one in seen.merged:
                _followed(connection, case, one, contact.id)
            contact_states.clear(connection, workspace_id, contact.id)
            _keep_carried(connection, case.workspace, contact, began_at)
    if went:
        follow_into(case, seen.merged, contact.id)


def _followed(connection: Connection, case: Case, lead_id: str, survivor_id: str) -> str:
    contact_states.clear(connection, case.workspace.id, lead_id)
    known_contacts.drop(connection, case.workspace.id, lead_id)
    return follow(connection, case.workspace.id, lead_id, survivor_id, at=case.now())


def _keep_carried(connection: Connection, workspace: Workspace, contact: Contact, at: datetime) -> None:
    phone, ids = found_by(contact, prefix=workspace.settings.cda_prefix, country=workspace.settings.country)
    known_contacts.heard(
        connection,
        workspace.id,
        contact.id,
        role=contact.role or None,
        phone=phone,
        attributes={**_missing(connection, workspace, contact), **ids},
        at=at,
    )


def _missing(connection: Connection, workspace: Workspace, contact: Contact) -> Mapping[str, Any]:
    """The ids of linked channels as None: the next message writes down again what somebody took off the contact."""
    linked = identities.of_contact(connection, workspace.id, contact.id)
    return {id_attribute(workspace.settings.cda_prefix, one.channel): None for one in linked}
