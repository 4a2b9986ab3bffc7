"""Intercom as an app sees it: several workspaces, and the app with its addresses that they may install."""

from __future__ import annotations

import base64
import hmac
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from app.sandbox.installation import read_health
from app.sandbox.outgoing import Answer, post
from app.sandbox.problems import ApiError
from app.sandbox.signed_bodies import sign, sign_notification, to_bytes
from app.sandbox.workspace import Workspace

Json = dict[str, Any]

CODE_LIVES_S = 600


@dataclass(kw_only=True)
class App:
    """The app in the Developer Hub."""

    name: str = "Kinbox"
    client_id: str = "sandbox-client-id"
    redirect_urls: tuple[str, ...] = ()
    """Where an admin may be sent after consent; the first one when the app names none."""
    uninstall_url: str | None = None
    health_url: str | None = None
    home_url: str | None = None
    """Where an admin goes on after the install: the Inbox."""


@dataclass(frozen=True)
class _Grant:
    app_id: str
    admin_id: str
    until: float


class Hub:
    """The workspaces must share one client secret and one `Webhooks`. Thread-safe."""

    def __init__(self, workspaces: Iterable[Workspace], app: App | None = None) -> None:
        self.workspaces = {each.app_id: each for each in workspaces}
        self.first = next(iter(self.workspaces.values()))
        self.current = self.first
        """The one that somebody looked at last: Intercom's pages begin with it."""
        self.app = app or App()
        self.post: Callable[..., Answer] = post
        self.webhooks = self.first.webhooks
        self.webhooks.installed = self._is_installed
        self._lock = threading.Lock()
        self._grants: dict[str, _Grant] = {}

    def find(self, app_id: str | None) -> Workspace | None:
        """The first workspace when none is named."""
        return self.workspaces.get(app_id) if app_id else self.first

    def of_token(self, token: str) -> Workspace | None:
        """The workspace whose token this is, or was."""
        return next((each for each in self.workspaces.values() if each.install.state_of(token)), None)

    def redirect_url(self, asked: str | None) -> str | None:
        """Where to send the admin: what is asked for if it is registered, the first one if nothing is asked."""
        if not asked:
            return self.app.redirect_urls[0] if self.app.redirect_urls else None
        return asked if asked in self.app.redirect_urls else None

    def authorize(self, app_id: str, admin_id: str, redirect_url: str, state: str) -> str:
        """The address that the admin's browser goes to, with a code that is good once and for ten minutes."""
        code = base64.urlsafe_b64encode(secrets.token_bytes(20)).decode()
        with self._lock:
            self._grants[code] = _Grant(app_id, admin_id, self.first.store.now() + CODE_LIVES_S)
        return with_query(redirect_url, code=code, state=state)

    def exchange(self, code: str, client_id: str, client_secret: str) -> str:
        """The token for a code. Raises ApiError 401; another app's try does not use the code up."""
        good = hmac.compare_digest(client_secret.encode(), self.first.client_secret.encode())
        with self._lock:
            grant = self._grants.pop(code, None) if good and client_id == self.app.client_id else None
        if grant is None or grant.until <= self.first.store.now():
            raise ApiError(401, "unauthorized", "Unauthorized Code")
        self.current = self.workspaces[grant.app_id]
        return self.current.install.grant(grant.admin_id)

    def home_url(self) -> str | None:
        """The Inbox of the workspace that was connected last."""
        return self.app.home_url and with_query(self.app.home_url, workspace=self.current.app_id)

    def uninstall(self, app_id: str) -> Answer | None:
        """An admin removes the app: its token ends, and its uninstall address is told if it has one."""
        workspace = self.workspaces[app_id]
        workspace.install.uninstall()
        if self.app.uninstall_url is None:
            return None
        body = to_bytes({"app_id": app_id})
        signatures = {
            "none": {},
            "body": {"X-Body-Signature": sign(body, workspace.client_secret)},
            "hub": {"X-Hub-Signature": sign_notification(body, workspace.client_secret)},
        }
        headers = {"Content-Type": "application/json", **signatures[workspace.unconfirmed.uninstall_signature]}
        return self.post(self.app.uninstall_url, body, headers)

    def ask_health(self, app_id: str) -> Json:
        """Ask the app how it is there, and keep the answer: `status` of HTTP, `state` and its words, or `fault`."""
        if self.app.health_url is None:
            return {"fault": "The app has no health check address."}
        workspace = self.workspaces[app_id]
        body = to_bytes({"workspace_id": app_id})
        headers = {"Content-Type": "application/json", "X-Body-Signature": sign(body, workspace.client_secret)}
        answer = self.post(self.app.health_url, body, headers)
        seen = _seen(answer)
        workspace.install.note_health(seen)
        return seen

    def _is_installed(self, app_id: str) -> bool:
        workspace = self.workspaces.get(app_id)
        return workspace is not None and workspace.install.installed


def with_query(url: str, **fields: str) -> str:
    """`url` with more in its query. A code's `=` stays as it is, as in Intercom's own redirects."""
    query = urlencode({name: value for name, value in fields.items() if value}, safe="=", quote_via=quote)
    return f"{url}{'&' if '?' in url else '?'}{query}"


def _seen(answer: Answer) -> Json:
    if answer.status is None:
        return {"status": None, "fault": answer.failure}
    if answer.status != 200:
        return {"status": answer.status, "fault": f"The app answered {answer.status}; Intercom wants 200."}
    body = answer.json()
    try:
        return {"status": 200, **read_health(body if isinstance(body, dict) else {})}
    except ApiError as error:
        return {"status": 200, "fault": f"Intercom cannot read the answer: {error.message}"}
