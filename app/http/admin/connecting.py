"""The signed-in workspace's connection to Intercom, and what there is to choose from in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.deadline import Deadline
from app.domain.workspace import Workspace
from app.http.admin.access import current, current_workspace
from app.intercom.answers import Admin, Team
from app.intercom.errors import Disconnected, IntercomError
from app.services import Services
from app.storage.crypto import UnreadableSecret
from app.storage.database import transaction

ASK_S = 4.0
"""A page of settings is worth waiting for this long, and is whole without it."""


@dataclass(frozen=True)
class Connection:
    """How the workspace is connected. `environment`: its token is given by a variable of the deployment."""

    state: Literal["connected", "revoked", "missing", "unreadable"]
    from_environment: bool


@dataclass(frozen=True)
class People:
    """Who works in the workspace, as Intercom tells."""

    admins: tuple[Admin, ...]
    teams: tuple[Team, ...]


def connection_of(objects: Services) -> Connection:
    """Read anew: what the request began with has no token."""
    from_environment = objects.workspaces.is_private(current().workspace_id)
    if current_workspace().revoked_at is not None:
        return Connection("revoked", from_environment)
    try:
        workspace = with_token(objects)
    except Disconnected:
        return Connection("missing", from_environment)
    except UnreadableSecret:
        return Connection("unreadable", from_environment)
    return Connection("connected" if workspace.token else "missing", from_environment)


def with_token(objects: Services) -> Workspace:
    """The signed-in workspace with its token. Raises Disconnected, and UnreadableSecret when no key opens the token."""
    with transaction() as connection:
        workspace = objects.workspaces.get(connection, current().workspace_id)
    if workspace is None:
        raise Disconnected
    return workspace


def people_of(objects: Services) -> People | None:
    """Admins and teams of the workspace; None when Intercom does not tell them now."""
    try:
        intercom = objects.intercom(with_token(objects), deadline=Deadline.after(ASK_S))
        return People(intercom.admins(), intercom.teams())
    except (IntercomError, UnreadableSecret):
        return None
