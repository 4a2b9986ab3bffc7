"""Move a channel identity from one contact to another: reversible, recorded, no data is joined."""

from __future__ import annotations

from app.domain.answers import Gone, IdentityMoved, IdentityNotMoved, IntercomTrouble
from app.domain.contact import Contact
from app.domain.identity import Match
from app.domain.merging import RefusalCode, Refused
from app.storage import audit, conversation_links, identities, redirects
from app.storage.database import transaction
from app.usecases.desk import Desk


def move_identity(
    desk: Desk, identity_id: int, *, from_id: str, to_id: str, undo: bool = False
) -> IdentityMoved | IdentityNotMoved | Gone | IntercomTrouble | Refused:
    """Link the identity to `to_id` if it still belongs to `from_id`. Its next message lands there.

    An `undo` brings back the reason that it was linked for before.
    """
    if not desk.workspace.settings.allows_merge_by(desk.teammate.id):
        return Refused(RefusalCode.TEAMMATE_NOT_ALLOWED)
    target = desk.read(to_id)
    if not isinstance(target, Contact):
        return target
    now, workspace_id = desk.now(), desk.workspace.id
    with transaction(write=True) as connection:
        into_id = redirects.settled(connection, workspace_id, target.id)  # it may have been merged since it was read
        known = identities.one_of_contact(connection, workspace_id, from_id, identity_id)
        if known is None:
            return IdentityNotMoved()
        match = _match(desk, known.match, from_id, into_id, undo=undo)
        moved = identities.move(connection, workspace_id, identity_id, from_id, into_id, match=match.to_json(), at=now)
        if not moved:
            return IdentityNotMoved()
        conversation_links.leave(connection, identity_id)  # it stays with the contact that it was moved from
        audit.record(
            connection,
            workspace_id,
            action="identity_moved_back" if undo else "identity_moved",
            teammate=desk.teammate,
            contact_id=into_id,
            details={"identity_id": identity_id, "from_id": from_id},
            at=now,
        )
    return IdentityMoved(identity=known, to_contact=target, from_contact_id=from_id, undone=undo)


def _match(desk: Desk, known: Match | None, from_id: str, to_id: str, *, undo: bool) -> Match:
    if known is None:
        return Match("teammate", desk.teammate.name)
    if undo and known.before is not None:
        return known.before
    return known.decided_by(desk.teammate.name, left_id=from_id, chosen_id=to_id)
