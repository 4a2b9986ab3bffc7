"""What `create_app` wired together, for the edges to reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from app.channels.catalogue import channel_kinds
from app.deadline import Deadline
from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.intercom.client import Intercom
from app.intercom.errors import Disconnected
from app.intercom.oauth import Installation, OauthApp
from app.intercom.regions import api_url
from app.intercom.transport import Pace
from app.metrics import Metrics
from app.settings import Settings
from app.storage.channels import ChannelRepository
from app.storage.crypto import SecretBox
from app.storage.readiness import DatabaseCheck
from app.storage.workspaces import WorkspaceDirectory
from app.usecases.connection import note_refused_token
from app.usecases.office import Office

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

    def intercom(
        self,
        workspace: Workspace,
        *,
        deadline: Deadline | None = None,
        pace: Pace | None = None,
        notes_refusal: bool = True,
    ) -> Intercom:
        """The workspace's Intercom, or what INTERCOM_API_URL puts in its place.

        A token that it refuses is noted with the workspace, unless `notes_refusal` is False: then nothing is written.
        Raises Disconnected when the workspace has no token.
        """
        if workspace.token is None:
            raise Disconnected
        base_url = self.settings.intercom_api_url or api_url(workspace.region)

        def note(refused: Disconnected) -> None:
            note_refused_token(self.workspaces, workspace, refused)

        told = note if notes_refusal else None
        return Intercom(base_url, workspace.token, deadline=deadline, pace=pace, on_refused_token=told)

    def installation(self, workspace: Workspace, *, deadline: Deadline) -> Installation:
        """The app in the workspace. Raises Disconnected when the workspace has no token."""
        if workspace.token is None:
            raise Disconnected
        return Installation(workspace.token, api_url=self.settings.intercom_api_url, deadline=deadline)

    @property
    def admin_url(self) -> str | None:
        """The admin page as the outside reaches it; None where nobody can sign in to it."""
        return None if self.oauth() is None else f"{self.settings.public_url}/admin/"

    def oauth(self) -> OauthApp | None:
        """Our app for OAuth; None without INTERCOM_CLIENT_ID or KINBOX_PUBLIC_URL."""
        client_id, public_url = self.settings.client_id, self.settings.public_url
        if client_id is None or public_url is None:
            return None
        return OauthApp(
            client_id=client_id,
            client_secrets=self.settings.client_secrets,
            redirect_uri=f"{public_url}/intercom/callback",
            api_url=self.settings.intercom_api_url,
            app_url=self.settings.intercom_app_url,
        )

    def office(self, workspace_id: str, by: Teammate | None = None) -> Office:
        """What an admin, or an operator when `by` is left out, works with in this workspace."""
        return Office(
            workspace_id=workspace_id,
            by=by,
            workspaces=self.workspaces,
            channels=self.channels,
            kinds=channel_kinds(),
            public_url=self.settings.public_url,
        )


def services() -> Services:
    """The objects of the current app."""
    return cast("Services", current_app.extensions[EXTENSION])
