"""Beside the events: find out how a merge ended whose answer never came, when no teammate looks at it again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from app.deadline import Deadline
from app.domain.answers import MergeInDoubt
from app.domain.merge_record import SETTLES_WITHIN, MergeRecord
from app.domain.workspace import Workspace
from app.services import Services
from app.storage import merges
from app.storage.database import transaction
from app.usecases.desk import Desk, utc_now
from app.usecases.settle_merge import settle_merge
from app.worker.watch import WorkspaceWatch

SETTLE_S = 8.0


class MergeWatch(WorkspaceWatch):
    """Settles merges once Intercom cannot be at them any more: then one look decides."""

    name = "merge watch"
    try_again_s = 900.0
    """When a merge is looked at again about which Intercom could not be asked."""

    def whom(self, connection: Connection, workspace_ids: Sequence[str]) -> Sequence[str]:
        in_doubt = merges.workspaces_in_doubt(connection, utc_now() - SETTLES_WITHIN)
        return [one for one in workspace_ids if one in in_doubt]

    def visit(self, objects: Services, workspace_id: str) -> None:
        with transaction() as connection:
            workspace = objects.workspaces.get(connection, workspace_id)
            records = merges.in_doubt(connection, workspace_id, utc_now() - SETTLES_WITHIN)
        if workspace is None or workspace.token is None:
            return
        for record in records:
            if self.stopping.is_set():
                return
            if isinstance(settle_merge(_desk(objects, workspace, record), record), MergeInDoubt):
                self.leave_alone(workspace_id)


def _desk(objects: Services, workspace: Workspace, record: MergeRecord) -> Desk:
    """The one that the teammate sat at, who need not be there any more."""
    deadline = Deadline.after(SETTLE_S)
    return Desk(
        workspace=workspace,
        intercom=objects.intercom(workspace, deadline=deadline),
        teammate=record.teammate,
        conversation_id=record.conversation_id,
        deadline=deadline,
    )
