"""Once a night the links of each workspace are walked, on a thread of their own beside everything else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from app.domain.nightly import Due, nightly
from app.domain.workspace import Workspace
from app.services import Services
from app.storage import reconcile_runs
from app.storage.database import transaction
from app.storage.reconcile_runs import Run
from app.worker.walking import walk_links
from app.worker.watch import WorkspaceWatch


class NightWatch(WorkspaceWatch):
    """Looks whether it is night for a workspace whose links are not walked yet."""

    name = "nightly walk"
    try_again_s = 900.0
    """When a walk is tried again that an outage, or a lost token, has stopped."""

    def whom(self, connection: Connection, workspace_ids: Sequence[str]) -> Sequence[str]:
        """The one that was walked longest ago first: for all of them a night may be too short."""
        return reconcile_runs.longest_ago_first(connection, workspace_ids)

    def visit(self, objects: Services, workspace_id: str) -> None:
        with transaction() as connection:
            workspace = objects.workspaces.get(connection, workspace_id)
            run = reconcile_runs.get(connection, workspace_id)
        if workspace is None or workspace.token is None or not is_due(workspace, run):
            return
        self.leave_alone(workspace_id)
        walk_links(objects, workspace, self.stopping, is_wanted=lambda found: is_due(workspace, found))


def is_due(workspace: Workspace, run: Run | None) -> bool:
    now = datetime.now(UTC)
    started_at, finished_at = (None, None) if run is None else (run.started_at, run.finished_at)
    return isinstance(nightly(workspace.timezone, now, started_at=started_at, finished_at=finished_at), Due)
