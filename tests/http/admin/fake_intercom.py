"""Intercom as far as an install and a sign-in see it, on loopback: codes, tokens, whose they are, who works where."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from tests.conftest import CLIENT_SECRET

CLIENT_ID = "client-id-of-the-tests"
Json = dict[str, Any]


@dataclass
class Person:
    """An admin of one workspace."""

    id: str
    name: str
    workspace_id: str
    email_verified: bool = True


@dataclass
class FakeIntercom:
    """What it knows, and what it was told. Tests change it between calls."""

    regions: dict[str, object] = field(default_factory=lambda: {"acme1": "EU", "beko1": "US"})
    people: dict[str, Person] = field(default_factory=dict)
    """By token."""
    codes: dict[str, Person] = field(default_factory=dict)
    admins: dict[str, list[str]] = field(default_factory=dict)
    dead_tokens: set[str] = field(default_factory=set)
    attributes: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    statuses: list[Json] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    """Paths that answer 503."""
    token_field: str = "access_token"
    lists_newcomers: bool = True
    """Whether whoever consents is among the admins."""
    _numbers: Any = field(default_factory=itertools.count)

    def consent(self, person: Person) -> str:
        """The code with which this person comes back."""
        code = f"code-{next(self._numbers)}="
        self.codes[code] = person
        return code

    def token_of(self, person: Person) -> str:
        """A token as an earlier install gave it out."""
        token = f"dG9rOtoken-{next(self._numbers)}-of-these-tests"
        self.people[token] = person
        if self.lists_newcomers:
            self.admins.setdefault(person.workspace_id, []).append(person.id)
        return token

    def whose(self) -> Person | None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return None if token in self.dead_tokens else self.people.get(token)


def state_of(location: str) -> str:
    """The state in the address to which a browser was sent."""
    return parse_qs(urlsplit(location).query)["state"][0]


def create_fake(intercom: FakeIntercom) -> Flask:
    app = Flask(__name__)

    @app.before_request
    def watch() -> ResponseReturnValue | None:
        intercom.calls.append(f"{request.method} {request.path}")
        if request.path in intercom.broken:
            return jsonify(_error("service_unavailable")), 503
        if request.path != "/auth/eagle/token" and intercom.whose() is None:
            return jsonify(_error("token_revoked")), 401
        return None

    @app.post("/auth/eagle/token")
    def token() -> ResponseReturnValue:
        asked = request.get_json()
        assert "Authorization" not in request.headers
        known = (asked["client_id"], asked["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
        person = intercom.codes.pop(asked["code"], None) if known else None
        if person is None:
            return jsonify(_error("unauthorized")), 401
        return jsonify({"token_type": "Bearer", intercom.token_field: intercom.token_of(person)})

    @app.get("/me")
    def me() -> Json:
        person = intercom.whose()
        assert person is not None
        app = {
            "type": "app",
            "id_code": person.workspace_id,
            "name": f"{person.workspace_id} Ltd",
            "region": intercom.regions[person.workspace_id],
            "timezone": "Europe/Dublin",
        }
        about = {"type": "admin", "id": person.id, "name": person.name, "email": "rosa@shop.example"}
        return {**about, "email_verified": person.email_verified, "app": app}

    @app.get("/admins")
    def admins() -> Json:
        person = intercom.whose()
        assert person is not None
        listed = [{"type": "admin", "id": one, "name": "Somebody"} for one in intercom.admins[person.workspace_id]]
        return {"type": "admin.list", "admins": listed}

    @app.post("/data_attributes")
    def attribute() -> Json:
        intercom.attributes.append(request.get_json()["name"])
        return {"type": "data_attribute"}

    @app.post("/auth/uninstall")
    def uninstall() -> Json:
        person = intercom.whose()
        assert person is not None
        intercom.dead_tokens |= {one for one, of in intercom.people.items() if of.workspace_id == person.workspace_id}
        return {}

    @app.post("/app_install/status")
    def status() -> ResponseReturnValue:
        intercom.statuses.append(request.get_json())
        return "", 202

    return app


def _error(code: str) -> Json:
    return {"type": "error.list", "request_id": "r-1", "errors": [{"code": code, "message": "No"}]}
