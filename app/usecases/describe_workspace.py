"""Keep what Intercom says of a workspace that nobody has described: one from the environment, or added offline."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.domain.workspace_settings import is_timezone
from app.intercom.answers import Account
from app.storage.database import transaction
from app.storage.workspaces import WorkspaceDirectory

_UNTOLD_ZONE = "UTC"


def describe_workspace(directory: WorkspaceDirectory, workspace_id: str, account: Account, at: datetime) -> bool:
    """Keep its name, time zone and admin, but for those that were chosen. False when it has a name, or is not ours.

    Raises UnreadableSecret.
    """
    if account.workspace_id != workspace_id:
        return False
    with transaction(write=True) as connection:
        directory.lock(connection, workspace_id, at)
        known = directory.get(connection, workspace_id)
        if known is None or known.name:
            return False
        zone = account.timezone if account.timezone and is_timezone(account.timezone) else _UNTOLD_ZONE
        described = replace(
            known,
            name=account.name,
            timezone=zone if known.timezone == _UNTOLD_ZONE else known.timezone,
            admin_id=known.admin_id or account.admin_id,
        )
        directory.save(connection, described, at)
    return True
