"""The sandbox's own switches over HTTP, for the workbench and for tests. Not part of Intercom."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from app.sandbox.api.context import body, workspace
from app.sandbox.problems import ApiError, invalid

Json = dict[str, Any]

control = Blueprint("control", __name__, url_prefix="/_sandbox")


@control.before_request
def _refuse_other_sites() -> None:
    """A web page elsewhere must not switch anything in a visitor's sandbox."""
    origin = request.headers.get("Origin")
    if origin is not None and origin.rstrip("/") != request.host_url.rstrip("/"):
        raise ApiError(403, "forbidden", "The sandbox takes no orders from other sites")


@control.get("/faults")
def read_faults() -> Json:
    return workspace().faults.to_dict()


@control.put("/faults")
def set_faults() -> Json:
    workspace().faults.set(body())
    return workspace().faults.to_dict()


@control.get("/unconfirmed")
def read_unconfirmed() -> Json:
    return workspace().unconfirmed.to_dict()


@control.put("/unconfirmed")
def set_unconfirmed() -> Json:
    workspace().unconfirmed = workspace().unconfirmed.changed(body())
    return workspace().unconfirmed.to_dict()


@control.post("/reset")
def reset() -> Json:
    workspace().reset()
    return {"reset": True}


@control.get("/calls")
def list_calls() -> Json:
    return {"calls": workspace().calls}


@control.delete("/calls")
def forget_calls() -> Json:
    workspace().call_log.clear()
    return {"calls": []}


@control.get("/files/<file_id>/<name>")
def read_file(file_id: str, **_name: str) -> Response:
    expires = request.args.get("expires", "")
    if not expires.isdecimal():
        raise invalid("expires is missing", "expires")
    meta, data = workspace().files.read(file_id, int(expires))
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return Response(data, content_type=meta["content_type"], headers=headers)
