"""Install the app in a workspace: whose token it is, store it, make the data attributes, let go on what waited."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from app.domain.teammate import Teammate
from app.domain.workspace import Region, Workspace
from app.domain.workspace_settings import is_timezone
from app.intercom.answers import Account
from app.intercom.errors import Disconnected, IntercomError
from app.intercom.oauth import OauthApp
from app.storage.database import transaction
from app.storage.workspaces import WorkspaceDirectory
from app.usecases.authorize import IntercomOf, redeem
from app.usecases.connection import connect
from app.usecases.data_attributes import make_attributes

_log = logging.getLogger("kinbox.install")


@dataclass(frozen=True)
class Installed:
    """The workspace works. `account` is the admin's who installed it."""

    workspace: Workspace
    account: Account
    again: bool


class NotInstalled(StrEnum):
    """Why nothing was stored."""

    CODE_REFUSED = "code_refused"
    """Intercom does not accept the code, or not the client secret."""
    UNAVAILABLE = "unavailable"
    FROM_ENVIRONMENT = "from_environment"
    """The environment gives this workspace's token, and wins over what is stored."""


def install_workspace(
    directory: WorkspaceDirectory, oauth: OauthApp, intercom_of: IntercomOf, code: str, region: Region, at: datetime
) -> Installed | NotInstalled:
    """Exchange the code and connect the workspace that its token belongs to, new or known.

    A known one keeps its settings. `region` is what the admin chose; what Intercom says wins.
    """
    try:
        token, account = redeem(oauth, intercom_of, code, region)
    except Disconnected:
        return NotInstalled.CODE_REFUSED
    except IntercomError as error:
        _log.warning("install failed", extra={"status": error.status, "fault": type(error).__name__})
        return NotInstalled.UNAVAILABLE
    if directory.is_private(account.workspace_id):
        return NotInstalled.FROM_ENVIRONMENT
    with transaction() as connection:
        known = directory.without_token(connection, account.workspace_id)
    workspace = _made(known, account, region, token)
    by = Teammate(account.admin_id, account.admin_name)
    connect(directory, workspace, by=by, action="installed_again" if known else "installed", at=at)
    try:
        make_attributes(intercom_of(workspace), workspace.settings.cda_prefix)
    except IntercomError as error:
        # The first message makes it, and `doctor` tells of it.
        _log.warning("data attribute not made", extra={"status": error.status})
    return Installed(workspace, account, again=known is not None)


def _made(known: Workspace | None, account: Account, region: Region, token: str) -> Workspace:
    """What a team chose stays. Notes go on in the name of the admin they went before, unless there is none."""
    base = known or Workspace(id=account.workspace_id, region=region)
    zone = account.timezone if account.timezone and is_timezone(account.timezone) else None
    return replace(
        base,
        region=account.region or region,
        token=token,
        name=base.name or account.name,
        timezone=(zone if base.is_bare else None) or base.timezone,
        admin_id=base.admin_id or account.admin_id,
    )
