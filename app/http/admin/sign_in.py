"""The door of the admin page: sign in with Intercom. Open to everybody, and tells nothing of any workspace."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from app.domain.workspace import Region
from app.http.admin.access import SignedIn, sign_in
from app.http.admin.fault_pages import tell_outages
from app.http.admin.headers import harden
from app.http.admin.return_paths import local_path
from app.http.admin.told import Way, told
from app.http.oauth_way import REGION_NAMES, asked_region, not_set_up, send_to_intercom
from app.intercom.oauth import OauthApp
from app.services import Services
from app.storage import audit
from app.storage.database import transaction
from app.usecases.authorize import Purpose
from app.usecases.sign_in_admin import Admitted, NotAdmitted, sign_in_admin

_BACK = "back"
_log = logging.getLogger("kinbox.sign_in")

_REFUSALS = {
    NotAdmitted.CODE_REFUSED: (400, "Intercom did not accept the sign-in. Please try again."),
    NotAdmitted.UNAVAILABLE: (503, "Intercom could not be asked who you are. Please try again in a minute."),
    NotAdmitted.NOT_SERVED: (
        403,
        "Kinbox is not installed in your Intercom workspace. An admin of the workspace can install it.",
    ),
    NotAdmitted.EMAIL_NOT_VERIFIED: (
        403,
        "Intercom has not verified your email address yet. Verify it in Intercom, in your account's settings, and"
        " sign in again.",
    ),
    NotAdmitted.NOT_AN_ADMIN: (403, "You are not among the teammates of this Intercom workspace any more."),
    NotAdmitted.DISCONNECTED: (
        403,
        "Intercom no longer accepts Kinbox's access token for this workspace, so Kinbox cannot look up its teammates."
        " An admin can install Kinbox again: settings and links are kept.",
    ),
}
_INSTALL_HELPS = {NotAdmitted.NOT_SERVED, NotAdmitted.DISCONNECTED}


def door_blueprint(objects: Services) -> Blueprint:
    """What everybody may see: the way in, and the style sheet."""
    blueprint = Blueprint(
        "admin_door", __name__, template_folder="templates", static_folder="static", static_url_path="/admin/static"
    )
    harden(blueprint)
    tell_outages(blueprint)

    @blueprint.get("/admin/sign-in", endpoint="sign_in")
    def begin() -> ResponseReturnValue:
        oauth = objects.oauth()
        if oauth is None:
            return not_set_up(objects)
        region = asked_region()
        back = local_path(request.args.get("next"))
        if region is None:
            with transaction() as connection:
                regions = objects.workspaces.regions(connection)
            return _choose(regions, back)
        session[_BACK] = back
        return send_to_intercom(oauth, Purpose.SIGN_IN, region)

    return blueprint


def _choose(regions: tuple[Region, ...], back: str | None) -> ResponseReturnValue:
    """Where Intercom hosts the workspace: asked only when it can be more than one."""
    if not regions:
        return told(
            "Kinbox is not installed yet",
            "No Intercom workspace is connected. Install Kinbox first; you are signed in with that, too.",
            ways=(Way("Install Kinbox", url_for("install.install")),),
        )
    only = len(regions) == 1
    return told(
        "Sign in",
        "Kinbox asks Intercom who you are, so there is no password here. You need to be a teammate of a workspace in"
        " which Kinbox is installed.",
        *(() if only else ("Where does Intercom host your workspace?",)),
        ways=tuple(
            Way(
                "Sign in with Intercom" if only else f"Sign in: {REGION_NAMES[region]}",
                url_for("admin_door.sign_in", region=region, next=back),
            )
            for region in regions
        ),
    )


def signed_in_again(objects: Services, oauth: OauthApp, code: str, region: Region) -> ResponseReturnValue:
    """Somebody came back from Intercom with a code: let them in, or say why not."""
    now = datetime.now(UTC)
    verdict = sign_in_admin(objects.workspaces, oauth, objects.intercom, code, region, now)
    if isinstance(verdict, NotAdmitted):
        _log.warning("not signed in", extra={"why": verdict.value})
        status, sentence = _REFUSALS[verdict]
        again = Way("Try again", url_for("admin_door.sign_in"))
        install = Way("Install Kinbox", url_for("install.install"))
        return told(
            "You are not signed in",
            sentence,
            status=status,
            ways=(install, again) if verdict in _INSTALL_HELPS else (again,),
        )
    back = local_path(session.get(_BACK))
    let_in(verdict, now)
    return redirect(f"{request.script_root}{back}" if back else url_for("admin.home"), 303)


def let_in(admitted: Admitted, at: datetime) -> None:
    """Begin the session of somebody who may come in, on record."""
    with transaction(write=True) as connection:
        sign_in(connection, SignedIn(admitted.workspace_id, admitted.teammate))
        audit.record(
            connection,
            admitted.workspace_id,
            action="signed_in",
            teammate=admitted.teammate,
            contact_id=None,
            details={},
            at=at,
        )
