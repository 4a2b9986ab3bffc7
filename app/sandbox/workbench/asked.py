"""What the page sends, read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from app.sandbox.hub import Hub
from app.sandbox.workbench.refusals import Refused
from app.sandbox.workspace import Workspace


def asked_workspace(hub: Hub) -> Workspace:
    """The workspace that the page is at. Raises Refused 404."""
    found = hub.find(request.args.get("workspace"))
    if found is None:
        raise Refused(404, "There is no such workspace in this sandbox.")
    return found


def json_object() -> dict[str, Any]:
    """The JSON object sent. Asking for the type keeps other sites' plain forms out. Raises Refused 400."""
    body = request.get_json(silent=True) if request.is_json else None
    if not isinstance(body, dict):
        raise Refused(400, "Send a JSON object.")
    return body


def text(body: Mapping[str, Any], name: str, *, optional: bool = False) -> str:
    """A text of the body, empty only where it is optional. Raises Refused 400."""
    value = body.get(name, "") if optional else body.get(name)
    if not isinstance(value, str) or not (value or optional):
        raise Refused(400, f"{name} is missing.")
    return value
