"""Whether Intercom accepts a workspace's token: noted when that changes, with what has waited for it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from app.domain.teammate import Teammate
from app.domain.work import WaitUntil
from app.domain.workspace import Workspace
from app.intercom.errors import Disconnected
from app.storage import admin_sessions, audit
from app.storage.crypto import UnreadableSecret
from app.storage.database import DatabaseUnavailable, transaction
from app.storage.inbox_hurry import hurry_workspace
from app.storage.workspaces import WorkspaceDirectory

WAITS_FOR_TOKEN = "disconnected"  # noqa: S105 - the code of a wait
"""The code with which work waits for a workspace to be connected."""
_TOKEN_WAIT = timedelta(minutes=5)
"""How long it waits until it looks again; `resume` ends that early."""
_NO_PERMISSION = frozenset({"token_unauthorized"})
"""A 401 that may mean a missing permission: the token itself is good."""

_log = logging.getLogger("kinbox.connection")


def wait_for_token(now: datetime) -> WaitUntil:
    """What work comes to whose workspace has no token that Intercom accepts. It costs no try."""
    return WaitUntil(at=now + _TOKEN_WAIT, code=WAITS_FOR_TOKEN, counts=False)


def note_refused_token(directory: WorkspaceDirectory, workspace: Workspace, refused: Disconnected) -> None:
    """Mark the workspace when Intercom refuses its token; once, and never for a token that was replaced meanwhile.

    What was asked of Intercom has failed anyway, so a database that does not answer here changes nothing.
    """
    if workspace.revoked_at is not None or workspace.token is None or refused.code in _NO_PERMISSION:
        return
    now = datetime.now(UTC)
    try:
        with transaction(write=True) as connection:
            if not directory.mark_revoked(connection, workspace.id, workspace.token, now):
                return
            _record(connection, workspace.id, "token_refused", None, now, code=refused.code)
    except (DatabaseUnavailable, UnreadableSecret) as fault:
        _log.warning("refused token not noted", extra={"fault": type(fault).__name__})
        return
    _log.error("Intercom refuses a workspace's token", extra={"workspace": workspace.id, "code": refused.code})


def note_accepted_token(directory: WorkspaceDirectory, workspace: Workspace) -> bool:
    """Intercom accepts a token again that it had refused: what waited goes on. False when that was known."""
    if workspace.revoked_at is None or workspace.token is None:
        return False
    now = datetime.now(UTC)
    with transaction(write=True) as connection:
        if not directory.mark_working(connection, workspace.id, workspace.token, now):
            return False
        _record(connection, workspace.id, "token_accepted_again", None, now)
    resume(workspace.id)
    return True


def connect(
    directory: WorkspaceDirectory, workspace: Workspace, *, by: Teammate | None, action: str, at: datetime
) -> None:
    """Store the workspace with a new token, on record, and let go on what waited for one."""
    with transaction(write=True) as connection:
        directory.connect(connection, workspace, at)
        _record(connection, workspace.id, action, by, at, region=workspace.region)
    resume(workspace.id)


def disconnect(directory: WorkspaceDirectory, app_id: str, *, by: Teammate | None, at: datetime) -> bool:
    """The app was uninstalled: forget the token and end its admins' sessions. Links and waiting messages stay.

    False, and nothing changed, for a workspace that is unknown, uninstalled already, or given by the environment.
    """
    with transaction(write=True) as connection:
        if not directory.forget_token(connection, app_id, at):
            return False
        ended = admin_sessions.end_all(connection, app_id)
        _record(connection, app_id, "uninstalled", by, at, sessions_ended=ended)
    return True


def uninstall(
    directory: WorkspaceDirectory, app_id: str, take_out: Callable[[], None], *, by: Teammate | None, at: datetime
) -> bool:
    """Take the app out of the workspace by `take_out`, then forget it here. False where `disconnect` is.

    An app that Intercom no longer knows there is as good. Raises any other IntercomError; nothing is changed then.
    """
    try:
        take_out()
    except Disconnected:
        _log.info("the app was out of the workspace already", extra={"workspace": app_id})
    return disconnect(directory, app_id, by=by, at=at)


def resume(app_id: str) -> int:
    """Let everything that waits for this workspace's token be worked now. Answers how many lanes that were."""
    resumed = 0
    while True:
        with transaction(write=True) as connection:
            some = hurry_workspace(connection, WAITS_FOR_TOKEN, app_id, datetime.now(UTC))
        resumed += some
        if some == 0:
            return resumed


def _record(
    connection: Connection, app_id: str, action: str, by: Teammate | None, at: datetime, **details: object
) -> None:
    audit.record(connection, app_id, action=action, teammate=by, contact_id=None, details=details, at=at)
