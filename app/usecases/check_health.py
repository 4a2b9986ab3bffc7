"""Say how Kinbox does in a workspace, honestly, and tell Intercom when that has changed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from app.domain import health
from app.domain.health import Health, HealthFacts, State
from app.domain.workspace import Workspace
from app.storage import health_facts
from app.storage.database import DatabaseUnavailable, transaction
from app.storage.workspaces import WorkspaceDirectory

_log = logging.getLogger("kinbox.health")


def check_health(directory: WorkspaceDirectory, workspace_id: str, admin_url: str | None, now: datetime) -> Health:
    """What there is to say of the workspace. A database that does not answer is an answer, too."""
    try:
        return health.judge(_facts(directory, workspace_id, admin_url, now), now)
    except DatabaseUnavailable:
        return health.UNKNOWN


def note_told(directory: WorkspaceDirectory, workspace_id: str, state: State, now: datetime) -> None:
    """Remember what Intercom has heard. Not worth an answer: a change is told once more otherwise."""
    try:
        with transaction() as connection:
            if health_facts.told(connection, workspace_id) == state.value:
                return
        with transaction(write=True) as connection:
            directory.ensure_row(connection, workspace_id, now)
            health_facts.note_told(connection, workspace_id, state.value)
    except DatabaseUnavailable:
        _log.warning("health not noted", extra={"workspace": workspace_id})


def tell_change(
    directory: WorkspaceDirectory,
    workspace: Workspace,
    admin_url: str | None,
    now: datetime,
    push: Callable[[Health], None],
) -> bool:
    """Push the workspace's health when it is not what Intercom heard last. True when it was pushed.

    Of a workspace that is not connected nothing can be told; Intercom asks by itself. One that was never told of is
    taken to be well. Raises the IntercomError of `push`, and DatabaseUnavailable.
    """
    if not workspace.is_connected:
        return False
    found = health.judge(_facts(directory, workspace.id, admin_url, now), now)
    with transaction() as connection:
        heard = health_facts.told(connection, workspace.id) or State.OK
    if found.state == heard:
        return False
    push(found)
    note_told(directory, workspace.id, found.state, now)
    return True


def _facts(directory: WorkspaceDirectory, workspace_id: str, admin_url: str | None, now: datetime) -> HealthFacts:
    with transaction() as connection:
        served = directory.served(connection, workspace_id)
        return HealthFacts(
            installed=served is not None,
            has_token=directory.has_token(connection, workspace_id),
            revoked=served is not None and served.revoked_at is not None,
            from_environment=directory.is_private(workspace_id),
            due_since=health_facts.due_since(connection, workspace_id, now, before=now - health.TOO_LONG),
            failing=health_facts.only_failing(
                connection, workspace_id, now - health.LATELY, at_least=health.FAILURES_THAT_COUNT
            ),
            admin_url=admin_url,
        )
