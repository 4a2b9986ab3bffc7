"""Take a channel identity off its contact, so that its next message is matched anew. Reversible, recorded."""

from __future__ import annotations

from datetime import datetime

from app.domain.answers import IdentityNotMoved
from app.domain.identity_answers import IdentityLinkedAgain, IdentityUnlinked
from app.domain.merging import RefusalCode, Refused
from app.storage import audit, conversation_links, identities, redirects
from app.storage.database import transaction
from app.usecases.desk import Desk


def unlink_identity(desk: Desk, identity_id: int, *, from_id: str) -> IdentityUnlinked | IdentityNotMoved | Refused:
    """Link the identity to nobody if it still belongs to `from_id`. Intercom is not asked for this."""
    if not desk.workspace.settings.allows_merge_by(desk.teammate.id):
        return Refused(RefusalCode.TEAMMATE_NOT_ALLOWED)
    now, workspace_id = desk.now(), desk.workspace.id
    with transaction(write=True) as connection:
        known = identities.one_of_contact(connection, workspace_id, from_id, identity_id)
        if known is None or not identities.unlink(connection, workspace_id, identity_id, from_id, at=now):
            return IdentityNotMoved()
        conversation_links.leave(connection, identity_id)  # who writes next may be somebody else
        audit.record(
            connection,
            workspace_id,
            action="identity_unlinked",
            teammate=desk.teammate,
            contact_id=from_id,
            details={"identity_id": identity_id},
            at=now,
        )
    return IdentityUnlinked(identity=known, at=now)


def link_again(
    desk: Desk, identity_id: int, *, into_id: str, unlinked_at: datetime
) -> IdentityLinkedAgain | IdentityNotMoved | Refused:
    """Undo the unlinking of `unlinked_at`, unless a message or somebody else was quicker."""
    if not desk.workspace.settings.allows_merge_by(desk.teammate.id):
        return Refused(RefusalCode.TEAMMATE_NOT_ALLOWED)
    now, workspace_id = desk.now(), desk.workspace.id
    with transaction(write=True) as connection:
        contact_id = redirects.settled(connection, workspace_id, into_id)  # it may have been merged meanwhile
        linked = identities.link_again(
            connection, workspace_id, identity_id, contact_id, unlinked_at=unlinked_at, at=now
        )
        known = identities.one_of_contact(connection, workspace_id, contact_id, identity_id)
        if not linked or known is None:
            return IdentityNotMoved()
        audit.record(
            connection,
            workspace_id,
            action="identity_linked_again",
            teammate=desk.teammate,
            contact_id=contact_id,
            details={"identity_id": identity_id},
            at=now,
        )
    return IdentityLinkedAgain(known)
