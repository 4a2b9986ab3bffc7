"""Who may see the admin page: an admin of a workspace that Kinbox serves, signed in with Intercom.

The cookie holds a random id and nothing else that matters; the row behind it says who that is, and can be ended here.
A view of a guarded blueprint asks `current()`. A form has `{{ csrf_token() }}` in a field `csrf_token`.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Flask, Request, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]  # it has no types
from sqlalchemy import Connection

from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.http.admin.return_paths import local_path
from app.services import Services
from app.settings import Settings
from app.storage import admin_sessions
from app.storage.database import transaction
from app.usecases.office import Office

SIGNED_IN_FOR = timedelta(hours=12)
_ID = "id"
_WITHOUT_SESSION = ("/canvas/", "/channels/", "/intercom/webhooks", "/health/", "/metrics")
_csrf = CSRFProtect()


@dataclass(frozen=True)
class SignedIn:
    """Whose request this is. Every query of a view is for this workspace and no other."""

    workspace_id: str
    teammate: Teammate


class _PageSessions(SecureCookieSessionInterface):
    """Sessions for people with a browser. Intercom and the providers bring no cookie, and are many."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return None if request.path.startswith(_WITHOUT_SESSION) else super().open_session(app, request)


def protect_sessions(app: Flask, settings: Settings) -> None:
    """Give `app` its session cookie: signed, for this host alone, out of reach of scripts and of other sites' forms."""
    https = (settings.public_url or "").startswith("https://")
    app.session_interface = _PageSessions()
    app.secret_key, *older = [_signing_key(key) for key in settings.encryption_keys]
    app.config.update(
        SECRET_KEY_FALLBACKS=older,
        # Browsers take a cookie of this prefix from this very host only, and only over https.
        SESSION_COOKIE_NAME="__Host-kinbox" if https else "kinbox",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SIGNED_IN_FOR,
        WTF_CSRF_CHECK_DEFAULT=False,  # Intercom and the providers post without a session
        WTF_CSRF_TIME_LIMIT=int(SIGNED_IN_FOR.total_seconds()),
        WTF_CSRF_SSL_STRICT=False,  # it compares with the host behind the proxy
    )
    _csrf.init_app(app)


def guard(blueprint: Blueprint, objects: Services) -> None:
    """Let nobody see a view of `blueprint` who is not signed in, and take no POST without its form's CSRF token."""

    def check() -> ResponseReturnValue | None:
        found = _find(objects)
        if found is None:
            asked = local_path(request.path) if request.method == "GET" else None
            return redirect(url_for("admin_door.sign_in", next=asked), 303)
        g.signed_in, g.workspace = found
        _csrf.protect()
        return None

    check._signature = "a session, and a CSRF token"  # type: ignore[attr-defined]  # read by the guard over all routes
    blueprint.before_request(check)


def current() -> SignedIn:
    """Whose request this is, inside a guarded view."""
    signed_in: SignedIn = g.signed_in
    return signed_in


def current_workspace() -> Workspace:
    """The workspace of this request as it was when the request began, without its token."""
    workspace: Workspace = g.workspace
    return workspace


def office_of(objects: Services) -> Office:
    """What the signed-in admin works with, in their workspace."""
    signed_in = current()
    return objects.office(signed_in.workspace_id, signed_in.teammate)


def sign_in(connection: Connection, who: SignedIn) -> None:
    """Begin a session under a new id, so that one that was planted in this browser before is worth nothing.

    What it replaces is ended. Needs a write transaction and a request.
    """
    sign_out(connection)
    now = datetime.now(UTC)
    session[_ID] = secrets.token_urlsafe(32)
    admin_sessions.begin(
        connection,
        session[_ID],
        workspace_id=who.workspace_id,
        teammate=who.teammate,
        at=now,
        expires_at=now + SIGNED_IN_FOR,
    )


def sign_out(connection: Connection) -> None:
    """End this browser's session, if it has one, here and there. Needs a write transaction."""
    known = session.get(_ID)
    session.clear()
    g.pop("signed_in", None)
    if isinstance(known, str):
        admin_sessions.end(connection, known)


def _find(objects: Services) -> tuple[SignedIn, Workspace] | None:
    known = session.get(_ID)
    if not isinstance(known, str):
        return None
    with transaction() as connection:
        found = admin_sessions.find(connection, known, datetime.now(UTC))
        workspace = objects.workspaces.served(connection, found[0]) if found else None
    return (SignedIn(*found), workspace) if found and workspace else None


def _signing_key(encryption_key: str) -> str:
    return hmac.digest(encryption_key.encode(), b"kinbox.session", "sha256").hex()
