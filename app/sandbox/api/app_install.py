"""The app's own calls about its installation: the token, the end of it, its health."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from app.sandbox.api.context import body, hub, version_invalid, workspace
from app.sandbox.api.context import version as asked_version

Json = dict[str, Any]

app_install = Blueprint("app_install", __name__)


@app_install.post("/auth/eagle/token")
def exchange_code() -> Json:
    """JSON or a form; needs no token, as it is what gives one."""
    given = request.form.to_dict() if request.form else body()
    fields = [str(given.get(name) or "") for name in ("code", "client_id", "client_secret")]
    token = hub().exchange(*fields)
    return {"token_type": "Bearer", "token": token, "access_token": token}


@app_install.post("/auth/uninstall")
def uninstall() -> Json:
    workspace().install.uninstall()
    return {}


@app_install.post("/app_install/status")
def push_health() -> Json:
    if asked_version() < (2, 2):
        raise version_invalid()
    workspace().install.push(body())
    return {}
