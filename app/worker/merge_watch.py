"""Beside the events: find out how a merge ended whose answer never came, when no teammate looks at it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection

from app.deadline import Deadline
from app.domain.answers import MergeInDoubt
from app.domain.merge_record import MergeRecord
from app.domain.workspace import Workspace
from app.services import Services
from app.storage import merges
from app.storage.database import transaction
from app.usecases.desk import Desk, utc_now
from app.usecases.settle_merge import settle_merge
from app.worker.watch import WorkspaceWatch

SETTLE_S = 8.0
"""For everything that one visit asks of Intercom."""
UNATTENDED = timedelta(minutes=15)
"""A teammate may have it settled sooner. Nobody waits for this: it leaves Intercom, whose reads may lag, more time."""


class MergeWatch(WorkspaceWatch):
    """Settles merges that Intercom cannot be at any more, long after: then one look decides."""

    name = "merge watch"
    try_again_s = 900.0
    """When a merge is looked at again about which Intercom could not be asked."""

    def whom(self, connection: Connection, workspace_ids: Sequence[str]) -> Sequence[str]:
        in_doubt = merges.workspaces_in_doubt(connection, utc_now() - UNATTENDED)
        return [one for one in workspace_ids if one in in_doubt]

    def visit(self, objects: Services, workspace_id: str) -> None:
        with transaction() as connection:
            workspace = objects.workspaces.get(connection, workspace_id)
            records = merges.in_doubt(connection, workspace_id, utc_now() - UNATTENDED)
        if workspace is None or not workspace.is_connected:
            return
        deadline = Deadline.after(SETTLE_S)
        for record in records:
            if self.stopping.is_set() or deadline.remaining_s() <= 0:
                return
            desk = _desk(objects, workspace, record, deadline)
            if _is_open(record) and isinstance(settle_merge(desk, record), MergeInDoubt):
                self.leave_alone(workspace_id)
                return  # Intercom does not answer


def _is_open(record: MergeRecord) -> bool:
    """Whether nobody has settled it since the list was read."""
    with transaction() as connection:
        return merges.get(connection, record.id).state is record.state


def _desk(objects: Services, workspace: Workspace, record: MergeRecord, deadline: Deadline) -> Desk:
    """The one that the teammate sat at, who need not be there any more."""
    return Desk(
        workspace=workspace,
        intercom=objects.intercom(workspace, deadline=deadline),
        teammate=record.teammate,
        conversation_id=record.conversation_id,
        deadline=deadline,
    )
