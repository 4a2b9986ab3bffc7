"""Intercom's OAuth: the way to its consent page, a code for a token, and back to its app store.

Intercom asks for no scopes here (they are ticked in the Developer Hub), and its tokens do not expire.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from app.deadline import Deadline
from app.intercom.errors import Disconnected, Unreadable
from app.intercom.regions import APP_HOSTS, APP_WIDE_HOST, Region
from app.intercom.transport import Transport


@dataclass(frozen=True, kw_only=True)
class OauthApp:
    """Our app as Intercom knows it. `redirect_uri` is entered in the Developer Hub, letter by letter."""

    client_id: str
    client_secrets: tuple[str, ...] = field(repr=False)
    """Several while one is being changed; Intercom knows one of them."""
    redirect_uri: str
    api_url: str | None = None
    """In place of Intercom's API hosts: a sandbox, a gateway."""
    app_url: str | None = None
    """In place of Intercom's own pages."""

    def authorize_url(self, region: Region, state: str) -> str:
        """Where an admin of a workspace in `region` agrees to the app."""
        asked = {"client_id": self.client_id, "state": state, "redirect_uri": self.redirect_uri}
        return f"{self._app_host(region)}/oauth?{urlencode(asked)}"

    def finished_url(self, region: Region, error: str | None = None) -> str:
        """Where an install ends: Intercom's own page, which tells of success, or of `error`."""
        told = {"install_success": "true"} if error is None else {"install_success": "false", "error_message": error}
        return f"{self._app_host(region)}/appstore/redirect?{urlencode(told)}"

    def token_for(self, code: str, *, deadline: Deadline) -> str:
        """The access token for the code that the admin brought back. A code is good once.

        Raises Disconnected for a code (or a client secret) that Intercom does not accept, and any other IntercomError.
        """
        transport = Transport(self.api_url or APP_WIDE_HOST, None)
        refused = Disconnected()
        for secret in self.client_secrets:
            asked = {"code": code, "client_id": self.client_id, "client_secret": secret}
            try:
                answer = transport.call("POST", "/auth/eagle/token", json=asked, deadline=deadline)
            except Disconnected as error:
                refused = error
                continue
            token = answer.json.get("access_token") or answer.json.get("token")
            if not isinstance(token, str) or not token.strip():
                raise Unreadable(answer.facts, write=True)
            return token.strip()
        raise refused

    def _app_host(self, region: Region) -> str:
        return self.app_url or APP_HOSTS[region]


class Installation:
    """The app in one workspace: what concerns neither its contacts nor its conversations.

    Intercom documents one host for this, whatever the workspace's region. Every method raises IntercomError.
    """

    def __init__(self, token: str, *, api_url: str | None, deadline: Deadline) -> None:
        self._transport = Transport(api_url or APP_WIDE_HOST, token)
        self._deadline = deadline

    def tell_health(self, told: Mapping[str, str]) -> None:
        """Say how the app does, in the shape of the health check's answer."""
        self._post("/app_install/status", told)

    def uninstall(self) -> None:
        """Take the app out of the workspace. Its tokens are dead from then on."""
        self._post("/auth/uninstall", {})

    def _post(self, path: str, json: Mapping[str, str]) -> None:
        try:
            self._transport.call("POST", path, json=json, deadline=self._deadline)
        except Unreadable as answer:
            # What a success says is not documented, and may be nothing at all.
            if answer.status is None or not 200 <= answer.status < 300:
                raise
