"""Events of a workspace that could not be brought in: somebody reads one, or lets them be tried again.

Everything here is recorded with who and when, in the transaction of the change itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from app.domain.teammate import Teammate
from app.storage import audit, inbox
from app.storage.database import transaction
from app.storage.inbox import StoredEvent


def replay_failed(workspace_id: str, event_ids: Sequence[int], *, by: Teammate | None, at: datetime) -> int:
    """Let these be tried again, as far as they still are failed and this workspace's. Answers how many.

    `by` is None for an operator at the command line.

    What they did in Intercom already is not done twice. Each in a transaction of its own: writers are short.
    """
    return sum(_replay(workspace_id, event_id, by, at) for event_id in event_ids)


def replay_all_failed(workspace_id: str, *, by: Teammate | None, at: datetime) -> int:
    """Let all that failed in this workspace be tried again. Answers how many."""
    with transaction() as connection:
        event_ids = inbox.dead_ids(connection, workspace_id)
    return replay_failed(workspace_id, event_ids, by=by, at=at)


def read_payload(workspace_id: str, event_id: int, *, by: Teammate | None, at: datetime) -> StoredEvent | None:
    """The failed event with what was stored of it, which is personal; None when there is no such one here."""
    with transaction(write=True) as connection:
        event = inbox.get(connection, event_id, workspace_id=workspace_id)
        if event is None or event.state != "dead":
            return None
        _record(connection, workspace_id, "payload_read", event_id, by, at)
    return event


def _replay(workspace_id: str, event_id: int, by: Teammate | None, at: datetime) -> bool:
    with transaction(write=True) as connection:
        if not inbox.replay(connection, event_id, at, workspace_id=workspace_id):
            return False
        _record(connection, workspace_id, "event_replayed", event_id, by, at)
    return True


def _record(
    connection: Connection, workspace_id: str, action: str, event_id: int, by: Teammate | None, at: datetime
) -> None:
    audit.record(
        connection,
        workspace_id,
        action=action,
        teammate=by,
        contact_id=None,
        details={"event_id": event_id},
        at=at,
    )
