"""From a stored notification of Intercom's to its use case."""

from __future__ import annotations

from datetime import UTC, datetime

from app.domain.work import Dead, Hold, Outcome
from app.domain.workspace import Workspace
from app.intercom.errors import Disconnected
from app.services import Services
from app.storage.database import transaction
from app.storage.inbox_records import StoredEvent
from app.usecases.connection import note_accepted_token, wait_for_token
from app.usecases.erase_person import erase_contact
from app.usecases.notifications.case import Case
from app.usecases.notifications.looking import LOOKS
from app.usecases.notifications.work import work_notification
from app.worker.base import Work


def following(objects: Services) -> Work:
    """Follow what happened in Intercom."""

    def work(event: StoredEvent, hold: Hold) -> Outcome:
        with transaction() as connection:
            workspace = objects.workspaces.get(connection, event.workspace_id)
        if workspace is None:
            return Dead("workspace_removed")
        try:
            intercom = objects.intercom(workspace, deadline=hold.deadline)
        except Disconnected:
            return wait_for_token(_now())
        case = Case(
            workspace=workspace,
            intercom=intercom,
            hold=hold,
            looks=event.steps.get(LOOKS, 0),
            at=datetime.fromisoformat(event.payload["at"]),
            now=_now,
            erase=lambda contact_id: _erase(workspace, contact_id),
        )
        outcome = work_notification(case, event.payload)
        if intercom.was_accepted:
            note_accepted_token(objects.workspaces, workspace)
        return outcome

    return work


def _erase(workspace: Workspace, contact_id: str) -> None:
    erase_contact(workspace, contact_id, why="deleted", by=None, at=_now())


def _now() -> datetime:
    return datetime.now(UTC)
