"""Edge: an admin installs Kinbox in their workspace, and everybody's way back from Intercom's consent page."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.workspace import REGIONS, Region
from app.http.admin.fault_pages import tell_outages
from app.http.admin.headers import harden
from app.http.admin.sign_in import let_in, signed_in_again
from app.http.admin.told import Way, told
from app.http.oauth_way import REGION_NAMES, asked_region, came_back, not_begun, not_set_up, send_to_intercom
from app.intercom.oauth import OauthApp
from app.services import Services
from app.usecases.authorize import NotBegun, Purpose
from app.usecases.install_workspace import Installed, NotInstalled, install_workspace
from app.usecases.sign_in_admin import Admitted, admit

_DENIED = "The install was cancelled, so nothing was changed. You can install Kinbox again at any time."
_NOT_INSTALLED = {
    NotInstalled.CODE_REFUSED: "Intercom did not confirm the install. Please install Kinbox again.",
    NotInstalled.UNAVAILABLE: "Intercom could not be reached to finish the install. Please install Kinbox again in a"
    " minute.",
    NotInstalled.FROM_ENVIRONMENT: "Kinbox serves this workspace with a token that its operator has set"
    " (INTERCOM_ACCESS_TOKEN), so nothing was changed. To install it here, the operator unsets that first.",
}
"""What Intercom's own page tells the admin."""

_log = logging.getLogger("kinbox.install")


def install_blueprint(objects: Services) -> Blueprint:
    """The two routes of OAuth."""
    blueprint = Blueprint("install", __name__, url_prefix="/intercom")
    harden(blueprint)
    tell_outages(blueprint)

    @blueprint.get("/install")
    def install() -> ResponseReturnValue:
        oauth = objects.oauth()
        if oauth is None:
            return not_set_up(objects)
        region = asked_region()
        return _choose() if region is None else send_to_intercom(oauth, Purpose.INSTALL, region)

    @blueprint.get("/callback")
    def callback() -> ResponseReturnValue:
        oauth = objects.oauth()
        if oauth is None:
            return not_set_up(objects)
        begun = came_back()
        if isinstance(begun, NotBegun):
            _log.warning("came back without having begun", extra={"why": begun.value})
            return not_begun(begun)
        code = request.args.get("code", "")
        if not code or "error" in request.args:
            _log.info("consent refused", extra={"purpose": begun.purpose.value})
            return _denied(oauth, begun.purpose, begun.region)
        if begun.purpose is Purpose.SIGN_IN:
            return signed_in_again(objects, oauth, code, begun.region)
        return _install(objects, oauth, code, begun.region)

    callback._signature = "a state of ours, in the browser that it was made for"  # type: ignore[attr-defined]  # for the guard over all routes
    return blueprint


def _install(objects: Services, oauth: OauthApp, code: str, region: Region) -> ResponseReturnValue:
    now = datetime.now(UTC)
    outcome = install_workspace(objects.workspaces, oauth, objects.intercom, code, region, now)
    if not isinstance(outcome, Installed):
        _log.warning("not installed", extra={"why": outcome.value})
        return redirect(oauth.finished_url(region, _NOT_INSTALLED[outcome]), 303)
    _log.info("installed", extra={"workspace": outcome.workspace.id, "again": outcome.again})
    admitted = admit(objects.workspaces, objects.intercom, outcome.account, now)
    if isinstance(admitted, Admitted):
        let_in(admitted, now)
    return redirect(oauth.finished_url(outcome.workspace.region), 303)


def _denied(oauth: OauthApp, purpose: Purpose, region: Region) -> ResponseReturnValue:
    if purpose is Purpose.INSTALL:
        return redirect(oauth.finished_url(region, _DENIED), 303)
    return told(
        "You are not signed in",
        "Intercom did not confirm who you are, because the sign-in was cancelled there.",
        status=403,
        ways=(Way("Try again", url_for("admin_door.sign_in")),),
    )


def _choose() -> ResponseReturnValue:
    wrong = "region" in request.args
    return told(
        "Install Kinbox",
        "Where does Intercom host your workspace? The address of your Inbox tells: app.intercom.com is the United"
        " States, app.eu.intercom.com Europe, app.au.intercom.com Australia.",
        status=400 if wrong else 200,
        ways=tuple(
            Way(f"Install: {REGION_NAMES[region]}", url_for("install.install", region=region)) for region in REGIONS
        ),
    )
