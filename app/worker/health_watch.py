"""Beside the events: tell Intercom when a workspace's health changes, and notice a token that works again."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from app.deadline import Deadline
from app.domain.workspace import Workspace
from app.intercom.errors import IntercomError
from app.services import Services
from app.storage.database import transaction
from app.usecases.check_health import tell_change
from app.usecases.connection import note_accepted_token
from app.worker.watch import WorkspaceWatch

ASK_S = 5.0

_log = logging.getLogger("kinbox.worker")


class HealthWatch(WorkspaceWatch):
    """Looks at the health of every workspace that has a token."""

    name = "health watch"

    def visit(self, objects: Services, workspace_id: str) -> None:
        try:
            with transaction() as connection:
                workspace = objects.workspaces.get(connection, workspace_id)
            if workspace is not None and workspace.token is not None:
                _look_at(objects, workspace)
        except IntercomError as error:
            self.leave_alone(workspace_id)
            facts = {"workspace": workspace_id, "status": error.status, "code": error.code}
            _log.warning("Intercom not told of health; it is tried again", extra=facts)


def _look_at(objects: Services, workspace: Workspace) -> None:
    if workspace.revoked_at is not None:
        objects.intercom(workspace, deadline=Deadline.after(ASK_S), notes_refusal=False).me()
        note_accepted_token(objects.workspaces, workspace)
        return
    installation = objects.installation(workspace, deadline=Deadline.after(ASK_S))
    told = tell_change(
        objects.workspaces,
        workspace,
        objects.admin_url,
        datetime.now(UTC),
        lambda health: installation.tell_health(health.to_json()),
    )
    if told:
        _log.info("Intercom told of a change of health", extra={"workspace": workspace.id})
