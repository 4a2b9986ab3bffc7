"""Work one stored notification of Intercom's."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from app.domain.work import Dead, Done, Outcome, WaitUntil
from app.intercom.errors import Disconnected, Forbidden, RateLimited, Refused
from app.intercom.notifications import ARCHIVED, DELETED, MERGED, ContactFact
from app.storage import contact_states
from app.storage.database import transaction
from app.usecases.connection import wait_for_token
from app.usecases.notifications.case import Case
from app.usecases.notifications.conversations import settle_conversation
from app.usecases.notifications.looking import look_again
from app.usecases.notifications.merges import merged
from app.usecases.notifications.standing import settle

_log = logging.getLogger("kinbox.notifications")


def work_notification(case: Case, payload: Mapping[str, Any]) -> Outcome:
    """Bring what is kept here in line with Intercom. Retryable trouble becomes a wait, or is raised."""
    try:
        return _worked(case, payload)
    except RateLimited as limit:
        return WaitUntil(at=limit.reset_at, code="rate_limited", counts=False)
    except Disconnected:
        return wait_for_token(case.now())
    except (Refused, Forbidden) as refusal:
        _log.warning("notification not followed", extra={"topic": payload["topic"], "status": refusal.status})
        return Dead(f"intercom_{refusal.status}_{refusal.code or 'refused'}")


def _worked(case: Case, payload: Mapping[str, Any]) -> Outcome:
    if "conversation_id" in payload:
        return settle_conversation(case, payload["conversation_id"])
    topic, contact_id = payload["topic"], payload["contact_id"]
    if topic == MERGED:
        return merged(case, ContactFact(contact_id=contact_id, merged_from=payload.get("merged_from")))
    seen = settle(case, contact_id)
    if topic == DELETED and seen.end_id == contact_id and seen.contact is not None:
        return look_again(case, "deletion_not_shown")  # nothing else tells of it: a later 404 alone erases nobody
    if seen.code != "not_served" or seen.end_id != contact_id:
        return Done()  # served, restored since, or part of another contact now
    if topic == DELETED:
        case.erase(contact_id)
    elif topic == ARCHIVED:
        with transaction(write=True) as connection:
            contact_states.mark(connection, case.workspace.id, contact_id, contact_states.ARCHIVED, case.at)
    return Done()
