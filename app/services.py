"""What `create_app` wired together, for the edges to reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from app.deadline import Deadline
from app.domain.workspace import Workspace
from app.intercom.client import Intercom
from app.intercom.errors import Disconnected
from app.intercom.regions import api_url
from app.metrics import Metrics
from app.settings import Settings
from app.storage.channels import ChannelRepository
from app.storage.crypto import SecretBox
from app.storage.readiness import DatabaseCheck
from app.storage.workspaces import WorkspaceDirectory

EXTENSION = "kinbox"


@dataclass(frozen=True, kw_only=True)
class Services:
    """One app's objects, shared by all its threads."""

    settings: Settings
    box: SecretBox
    workspaces: WorkspaceDirectory
    channels: ChannelRepository
    database: DatabaseCheck
    metrics: Metrics

    def intercom(self, workspace: Workspace, *, deadline: Deadline | None = None) -> Intercom:
        """The workspace's Intercom, or what INTERCOM_API_URL puts in its place.

        Raises Disconnected when the workspace has no token.
        """
        if workspace.token is None:
            raise Disconnected
        base_url = self.settings.intercom_api_url or api_url(workspace.region)
        return Intercom(base_url, workspace.token, deadline=deadline)


def services() -> Services:
    """The objects of the current app."""
    return cast("Services", current_app.extensions[EXTENSION])
