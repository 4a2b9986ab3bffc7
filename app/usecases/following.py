"""Follow a merge that was made elsewhere: inside Intercom, or by another app."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from app.domain.identity import Match
from app.storage import audit, identities, merges, redirects
from app.storage.links_lock import hold_links

ELSEWHERE = Match("merged", "somebody inside Intercom")


def follow(connection: Connection, workspace_id: str, lead_id: str, survivor_id: str, *, at: datetime) -> str:
    """Point everything of the lead at the survivor, and record that it was done. Answers who has it now.

    That is another contact where the survivor is known to have gone on since: Intercom's answer may be old by now, and
    names the end of a long chain only sometimes. Doing it again changes nothing.
    """
    hold_links(connection, workspace_id)
    end = redirects.survivor(connection, workspace_id, survivor_id)
    into = survivor_id if end == lead_id else end
    followed = redirects.survivor(connection, workspace_id, lead_id) == into
    if not followed:
        redirects.add(connection, workspace_id, lead_id, into, at=at)
    match = _match(connection, workspace_id, lead_id, into)
    moved = identities.repoint(connection, workspace_id, lead_id, into, match=match.to_json(), at=at)
    if moved or not followed:
        audit.record(
            connection,
            workspace_id,
            action="merge_followed",
            teammate=None,
            contact_id=into,
            details={"from_id": lead_id, "identities": moved},
            at=at,
        )
    return into


def _match(connection: Connection, workspace_id: str, lead_id: str, into_id: str) -> Match:
    """A teammate's merge may show in Intercom before its own answer is here: it is theirs all the same."""
    sent = merges.sent_of_lead(connection, workspace_id, lead_id)
    return ELSEWHERE if sent is None or sent.user_id != into_id else Match("merged", sent.teammate.name)
