"""May somebody who came back from Intercom see the admin page, and of which workspace?"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.teammate import Teammate
from app.domain.workspace import Region, Workspace
from app.intercom.answers import Account
from app.intercom.errors import Disconnected, IntercomError
from app.intercom.oauth import OauthApp
from app.storage import audit
from app.storage.database import transaction
from app.storage.workspaces import WorkspaceDirectory
from app.usecases.authorize import IntercomOf, redeem

_log = logging.getLogger("kinbox.sign_in")


@dataclass(frozen=True)
class Admitted:
    """An admin of a workspace that Kinbox serves."""

    workspace_id: str
    teammate: Teammate


class NotAdmitted(StrEnum):
    """Why somebody may not come in."""

    CODE_REFUSED = "code_refused"
    UNAVAILABLE = "unavailable"
    """Intercom could not be asked."""
    NOT_SERVED = "not_served"
    """Kinbox is not installed in their workspace, or not any more."""
    EMAIL_NOT_VERIFIED = "email_not_verified"
    NOT_AN_ADMIN = "not_an_admin"
    DISCONNECTED = "disconnected"
    """The workspace's own token does not work, so its admins cannot be looked up."""


def sign_in_admin(
    directory: WorkspaceDirectory, oauth: OauthApp, intercom_of: IntercomOf, code: str, region: Region, at: datetime
) -> Admitted | NotAdmitted:
    """Exchange the code, ask whose it is, and judge. The token is used for that question alone, and kept nowhere."""
    try:
        _, account = redeem(oauth, intercom_of, code, region)
    except Disconnected:
        return NotAdmitted.CODE_REFUSED
    except IntercomError as error:
        _log.warning("sign-in failed", extra={"status": error.status, "fault": type(error).__name__})
        return NotAdmitted.UNAVAILABLE
    return admit(directory, intercom_of, account, at)


def admit(
    directory: WorkspaceDirectory, intercom_of: IntercomOf, account: Account, at: datetime
) -> Admitted | NotAdmitted:
    """Judge whose token `account` is. Whoever is refused at a workspace of ours is on its record."""
    with transaction() as connection:
        served = directory.served(connection, account.workspace_id)
        workspace = directory.get(connection, account.workspace_id) if served else None
    if workspace is None:
        return NotAdmitted.NOT_SERVED
    verdict = _verdict(workspace, intercom_of, account)
    if isinstance(verdict, NotAdmitted):
        with transaction(write=True) as connection:
            audit.record(
                connection,
                workspace.id,
                action="sign_in_refused",
                teammate=Teammate(account.admin_id, account.admin_name),
                contact_id=None,
                details={"why": verdict.value},
                at=at,
            )
    return verdict


def _verdict(workspace: Workspace, intercom_of: IntercomOf, account: Account) -> Admitted | NotAdmitted:
    if not account.email_verified:
        return NotAdmitted.EMAIL_NOT_VERIFIED
    try:
        admins = {admin.id for admin in intercom_of(workspace).admins()}
    except Disconnected:
        return NotAdmitted.DISCONNECTED
    except IntercomError as error:
        _log.warning("admins not read", extra={"status": error.status, "fault": type(error).__name__})
        return NotAdmitted.UNAVAILABLE
    if account.admin_id not in admins:
        return NotAdmitted.NOT_AN_ADMIN
    return Admitted(workspace.id, Teammate(account.admin_id, account.admin_name))
