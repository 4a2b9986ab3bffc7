"""Find the workspace of a signed request and connect one click to its Intercom."""

from __future__ import annotations

from app.deadline import Deadline
from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.intercom.client import Intercom
from app.intercom.regions import api_url
from app.storage.database import transaction
from app.storage.workspaces import WorkspaceDirectory
from app.usecases.desk import Desk


def find_workspace(directory: WorkspaceDirectory, workspace_id: str) -> Workspace | None:
    """The workspace, or None when Kinbox does not serve it."""
    with transaction() as connection:
        return directory.get(connection, workspace_id)


def open_desk(
    workspace: Workspace,
    teammate: Teammate,
    *,
    conversation_id: str | None,
    deadline: Deadline,
    intercom_url: str | None = None,
) -> Desk:
    """A desk for one click. `intercom_url` replaces the region's own API host (a sandbox, a test)."""
    base_url = intercom_url or api_url(workspace.region)
    return Desk(
        workspace=workspace,
        intercom=Intercom(base_url, workspace.token or "", deadline=deadline),
        teammate=teammate,
        conversation_id=conversation_id,
        deadline=deadline,
    )
