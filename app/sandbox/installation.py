"""The app in one workspace: the token it was given, by whom, and what it says of its health."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from app.sandbox.problems import invalid, missing
from app.sandbox.store import Store

Json = dict[str, Any]

STATES = ("OK", "UNHEALTHY", "UNKNOWN")
CALLS_TO_ACTION = ("URL_CTA", "REINSTALL_CTA")
MAX_TEXT = 2084
_NONE: Json = {"tokens": {}, "ended": None, "former": [], "pushed": None, "asked": None}


class Installation:
    """Each consent gives one more token. They never expire; all die when they are revoked or the app is uninstalled."""

    def __init__(self, store: Store, token: str) -> None:
        self._store = store
        self._first = token

    def __repr__(self) -> str:
        return f"Installation(token={'yes' if self.token else 'none'}, ended={self.ended})"

    @property
    def _kept(self) -> Json:
        """Until somebody installs or uninstalls, the workspace has the token that it was opened with."""
        kept: Json | None = self._store.state["install"]
        return kept or {**_NONE, "tokens": {self._first: None} if self._first else {}}

    @property
    def _tokens(self) -> dict[str, str | None]:
        tokens: dict[str, str | None] = self._kept["tokens"]
        return tokens

    @property
    def token(self) -> str | None:
        """The newest one; None while there is none."""
        return next(reversed(self._tokens), None)

    def admin_of(self, token: str) -> str | None:
        """Who consented to this token; nobody for one from the Developer Hub."""
        return self._tokens.get(token)

    @property
    def ended(self) -> str | None:
        """`revoked` or `uninstalled`, when the last token was ended so."""
        ended: str | None = self._kept["ended"]
        return ended

    @property
    def installed(self) -> bool:
        """A revoked token does not take the app away."""
        return self.token is not None or self.ended == "revoked"

    @property
    def pushed(self) -> Json | None:
        """The last state that the app told by itself."""
        pushed: Json | None = self._kept["pushed"]
        return pushed

    @property
    def asked(self) -> Json | None:
        """How the app answered the last health check."""
        asked: Json | None = self._kept["asked"]
        return asked

    def grant(self, admin_id: str) -> str:
        """A new token. Whether the older ones of the workspace go on is a switch."""
        token = secrets.token_urlsafe(24)
        if self._store.unconfirmed.reinstall_ends_old_tokens:
            self._put(tokens={token: admin_id}, ended=None, former=self._former())
        else:
            self._put(tokens={**self._tokens, token: admin_id}, ended=None)
        return token

    def revoke(self) -> None:
        """End the tokens, and leave the app installed."""
        self._put(tokens={}, ended="revoked", former=self._former())

    def uninstall(self) -> None:
        self._put(tokens={}, ended="uninstalled", former=self._former(), pushed=None, asked=None)

    def state_of(self, token: str) -> str | None:
        """`active` or `revoked`; None when it is no token of this workspace."""
        given = token.encode()
        if any(hmac.compare_digest(own.encode(), given) for own in self._tokens):
            return "active"
        return "revoked" if token in self._kept["former"] else None

    def push(self, body: Json) -> None:
        """`POST /app_install/status`. Raises ApiError 400 for a state that breaks Intercom's rules."""
        self._put(pushed={**read_health(body), "at": self._store.clock_s()})

    def note_health(self, answer: Json) -> None:
        self._put(asked={**answer, "at": self._store.clock_s()})

    def keep_over(self) -> Json | None:
        """What a reset of the workspace must not forget."""
        kept: Json | None = self._store.state["install"]
        return kept

    def _former(self) -> list[str]:
        return [*self._kept["former"], *self._tokens]

    def _put(self, **changes: Any) -> None:
        with self._store.change():
            self._store.state["install"] = {**self._kept, **changes}
            self._store.touch()


def read_health(body: Json) -> Json:
    """A health state with the fields that Intercom knows. Raises ApiError 400."""
    if body.get("state") not in STATES:
        raise invalid(f"state must be one of {', '.join(STATES)}", "state")
    shown = {name: body[name] for name in ("state", "message", "cta_type", "cta_label", "cta_url") if body.get(name)}
    if any(not isinstance(value, str) or len(value) > MAX_TEXT for value in shown.values()):
        raise invalid(f"Texts have at most {MAX_TEXT} characters")
    if body["state"] == "UNHEALTHY" and "message" not in shown:
        raise missing("message")
    if "cta_type" in shown and shown["cta_type"] not in CALLS_TO_ACTION:
        raise invalid(f"cta_type must be one of {', '.join(CALLS_TO_ACTION)}", "cta_type")
    if shown.get("cta_type") == "URL_CTA" and not {"cta_label", "cta_url"} <= shown.keys():
        raise missing("cta_label and cta_url")
    return shown
