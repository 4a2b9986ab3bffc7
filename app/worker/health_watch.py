"""Beside the events: tell Intercom when a workspace's health changes, and what Intercom tells of the workspace."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from flask import Flask

from app.deadline import Deadline
from app.domain.workspace import Workspace
from app.intercom.errors import IntercomError
from app.services import Services
from app.storage.database import transaction
from app.usecases.check_health import tell_change
from app.usecases.connection import note_accepted_token
from app.usecases.describe_workspace import describe_workspace
from app.worker.watch import WorkspaceWatch

ASK_S = 5.0

_log = logging.getLogger("kinbox.worker")


class HealthWatch(WorkspaceWatch):
    """Looks at the health of every workspace that has a token; at its start also who one is that has no name yet."""

    name = "health watch"

    def __init__(self, app: Flask, *, look_every_s: float | None = None) -> None:
        super().__init__(app, look_every_s=look_every_s)
        self._asked: set[str] = set()

    def visit(self, objects: Services, workspace_id: str) -> None:
        try:
            with transaction() as connection:
                workspace = objects.workspaces.get(connection, workspace_id)
            if workspace is not None and workspace.token is not None:
                _look_at(objects, workspace)
                self._describe(objects, workspace)
        except IntercomError as error:
            self.leave_alone(workspace_id)
            facts = {"workspace": workspace_id, "status": error.status, "code": error.code}
            _log.warning("Intercom not reached about a workspace; it is tried again", extra=facts)

    def _describe(self, objects: Services, workspace: Workspace) -> None:
        """Once, as Intercom may know no name either."""
        if workspace.name or not workspace.is_connected or workspace.id in self._asked:
            return
        account = objects.intercom(workspace, deadline=Deadline.after(ASK_S)).me()
        describe_workspace(objects.workspaces, workspace.id, account, datetime.now(UTC))
        self._asked.add(workspace.id)


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
