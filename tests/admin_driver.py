"""An admin's browser: a Flask client that is signed in, keeps its cookies, and fills in forms as they were served."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.teammate import Teammate
from app.storage import admin_sessions
from app.storage.database import transaction

ROSA = Teammate("4410021", "Rosa Teammate")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    """Talks to `app` with cookies of its own."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()

    def sign_in(self, workspace_id: str, teammate: Teammate = ROSA, *, hours: float = 12) -> str:
        """Put a session behind this browser's cookie, as the way through Intercom does. Answers the session's id."""
        session_id = secrets.token_urlsafe(32)
        now = datetime.now(UTC)
        with self.app.app_context(), transaction(write=True) as connection:
            admin_sessions.begin(
                connection,
                session_id,
                workspace_id=workspace_id,
                teammate=teammate,
                at=now,
                expires_at=now + timedelta(hours=hours),
            )
        with self.client.session_transaction() as session:
            session["id"] = session_id
        return session_id

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def post(self, path: str, fields: Mapping[str, str] | None = None, *, page: str = "/admin/") -> TestResponse:
        """Send a form with the token that `page` holds for this browser."""
        return self.client.post(path, data={**(fields or {}), "csrf_token": self.token(page)})

    def token(self, page: str = "/admin/") -> str:
        found = _TOKEN.search(self.get(page).text)
        assert found, f"{page} has no form with a token"
        return found[1]
