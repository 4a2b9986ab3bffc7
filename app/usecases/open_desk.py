"""Find the workspace of a signed request and connect one click to its Intercom."""

from __future__ import annotations

from app.deadline import Deadline
from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.intercom.client import Intercom
from app.intercom.errors import Disconnected
from app.intercom.regions import api_url
from app.storage.database import transaction
from app.storage.workspaces import WorkspaceDirectory
from app.usecases.connection import note_refused_token
from app.usecases.desk import Desk


def find_workspace(directory: WorkspaceDirectory, workspace_id: str) -> Workspace | None:
    """The workspace, or None when Kinbox does not serve it."""
    with transaction() as connection:
        return directory.get(connection, workspace_id)


def open_desk(
    directory: WorkspaceDirectory,
    workspace: Workspace,
    teammate: Teammate,
    *,
    conversation_id: str | None,
    deadline: Deadline,
    intercom_url: str | None = None,
) -> Desk:
    """A desk for one click. `intercom_url` replaces the region's own API host (a sandbox, a test).

    A token that Intercom refuses is noted in `directory`.
    """
    base_url = intercom_url or api_url(workspace.region)

    def note(refused: Disconnected) -> None:
        note_refused_token(directory, workspace, refused)

    return Desk(
        workspace=workspace,
        intercom=Intercom(base_url, workspace.token or "", deadline=deadline, on_refused_token=note),
        teammate=teammate,
        conversation_id=conversation_id,
        deadline=deadline,
    )
