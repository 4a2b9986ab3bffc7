"""Look at the messages of a contact that could not be brought in, and let them be tried again."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.identity_answers import FailedMessages, MessagesRetried
from app.storage import audit, failures, inbox
from app.storage.database import transaction
from app.usecases.desk import Desk


def failed_messages(desk: Desk, contact_id: str, *, limit: int) -> FailedMessages:
    with transaction() as connection:
        return failures.of_contact(connection, desk.workspace.id, contact_id, limit=limit)


def retry_messages(desk: Desk, contact_id: str, event_ids: Sequence[int]) -> MessagesRetried:
    """Replay those that are still failed and still this contact's. What they did in Intercom already is not repeated.

    Each in a transaction of its own: two teammates may want the same ones in another order.
    """
    return MessagesRetried(sum(_retry(desk, contact_id, event_id) for event_id in event_ids))


def _retry(desk: Desk, contact_id: str, event_id: int) -> bool:
    now, workspace_id = desk.now(), desk.workspace.id
    with transaction(write=True) as connection:
        if not failures.is_of_contact(connection, workspace_id, contact_id, event_id):
            return False
        if not inbox.replay(connection, event_id, now):
            return False
        audit.record(
            connection,
            workspace_id,
            action="message_retried",
            teammate=desk.teammate,
            contact_id=contact_id,
            details={"event_id": event_id},
            at=now,
        )
    return True
