"""Edge: Intercom tells of an uninstall, and asks how Kinbox does in a workspace."""

from __future__ import annotations

import json
import logging
import threading
import time
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from app.deadline import Deadline
from app.http.signature import BadSignature, check_body_signature, check_hub_signature, signed_by_intercom
from app.intercom.errors import Disconnected, IntercomError
from app.services import Services
from app.storage.crypto import UnreadableSecret
from app.storage.database import DatabaseUnavailable, transaction
from app.usecases.check_health import check_health, note_told
from app.usecases.connection import disconnect

LONGEST_BODY = 64 * 1024
"""Bytes of a call whose signature does not hold, or of which Intercom documents no more than one id."""
LONGEST_ID = 100
ASK_S = 3.0
ASK_AGAIN_S = 30.0
"""How often a call without a signature makes us ask Intercom about one workspace, at most."""

_log = logging.getLogger("kinbox.lifecycle")


def lifecycle_blueprint(objects: Services) -> Blueprint:
    """Two calls of Intercom's about the app in a workspace."""
    blueprint = Blueprint("lifecycle", __name__, url_prefix="/intercom")
    doubts = _Doubts(objects)

    @blueprint.post("/health")
    @signed_by_intercom(objects.settings.client_secrets)
    def health(body: bytes) -> Response:
        workspace_id = _read_id(body, "workspace_id")
        if workspace_id is None:
            return Response(status=400)
        now = datetime.now(UTC)
        found = check_health(objects.workspaces, workspace_id, objects.admin_url, now)
        note_told(objects.workspaces, workspace_id, found.state, now)
        _log.info("health asked", extra={"state": found.state.value})
        return jsonify(found.to_json())

    @blueprint.post("/uninstall")
    def uninstall() -> Response:
        request.max_content_length = LONGEST_BODY
        try:
            body = request.get_data(cache=False)
        except RequestEntityTooLarge:
            return Response(status=413)
        app_id = _read_id(body, "app_id")
        if app_id is None:
            return Response(status=200)
        try:
            believed = _is_signed(body, objects.settings.client_secrets) or doubts.prove_true(app_id)
            done = believed and disconnect(objects.workspaces, app_id, by=None, at=datetime.now(UTC))
        except (DatabaseUnavailable, UnreadableSecret) as fault:
            # If Intercom does not repeat it, the next call with the dead token finds it out.
            _log.error("uninstall not stored", extra={"fault": type(fault).__name__})
            return Response(status=503)
        _log.info("uninstall told", extra={"believed": believed, "uninstalled": done})
        return Response(status=200)

    uninstall._signature = "either signature of Intercom's, or what Intercom says of the token"  # type: ignore[attr-defined]  # for the guard over all routes
    return blueprint


class _Doubts:
    """Calls without a signature: Intercom does not document whether it signs this one. So it is asked."""

    def __init__(self, objects: Services) -> None:
        self._objects = objects
        self._asked_at_s: dict[str, float] = {}
        self._lock = threading.Lock()

    def prove_true(self, app_id: str) -> bool:
        """Whether Intercom refuses the stored token of the workspace, within ASK_S.

        Raises DatabaseUnavailable and UnreadableSecret.
        """
        with transaction() as connection:
            workspace = self._objects.workspaces.get(connection, app_id)
        if workspace is None or workspace.token is None or not self._may_ask(app_id):
            return False
        try:
            self._objects.intercom(workspace, deadline=Deadline.after(ASK_S)).me()
        except Disconnected:
            return True
        except IntercomError as error:
            _log.warning("uninstall not proved", extra={"status": error.status})
        return False

    def _may_ask(self, app_id: str) -> bool:
        """Only workspaces that we serve get here, so that there are few to remember."""
        now_s = time.monotonic()
        with self._lock:
            asked_at_s = self._asked_at_s.get(app_id)
            if asked_at_s is not None and now_s - asked_at_s < ASK_AGAIN_S:
                return False
            self._asked_at_s[app_id] = now_s
            return True


def _is_signed(body: bytes, secrets: tuple[str, ...]) -> bool:
    checks = ((check_body_signature, "X-Body-Signature"), (check_hub_signature, "X-Hub-Signature"))
    for check, header in checks:
        try:
            check(body, request.headers.get(header), secrets)
        except BadSignature:
            continue
        return True
    return False


def _read_id(body: bytes, name: str) -> str | None:
    """One id of a small JSON object; None when it is not there."""
    try:
        told = json.loads(body) if len(body) <= LONGEST_BODY else None
    except (ValueError, RecursionError):
        return None
    found = told.get(name) if isinstance(told, dict) else None
    # Half a character, which JSON can hold, or a NUL is no text that a database or a log takes.
    return found if isinstance(found, str) and 0 < len(found) <= LONGEST_ID and found.isprintable() else None
