"""The sandbox's own switches over HTTP, for the workbench and for tests. Not part of Intercom."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from app.sandbox.api.context import body, hub, without_lock, workspace
from app.sandbox.problems import ApiError, invalid
from app.sandbox.workspace import Workspace

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


@control.get("/webhooks")
def read_webhooks() -> Json:
    return _webhooks()


@control.put("/webhooks")
@without_lock
def set_webhooks() -> Json:
    """`url` (none ends it), `topics`, `repeat_s`, and `faults`, which is changed by what it names."""
    given, sender = body(), workspace().webhooks
    known = ("url", "topics", "repeat_s", "faults")
    if unknown := [name for name in given if name not in known]:
        raise invalid(f"Known settings: {', '.join(known)}", unknown[0])
    repeat_s = given.get("repeat_s", sender.repeat_s)
    if isinstance(repeat_s, bool) or not isinstance(repeat_s, int | float) or repeat_s < 0:
        raise invalid("repeat_s is a number of seconds", "repeat_s")
    hazards = sender.hazards.changed(given.get("faults", {}))
    if "url" in given or "topics" in given:
        sender.subscribe(given.get("url", sender.url), given.get("topics"))
    sender.repeat_s, sender.hazards = repeat_s, hazards
    return _webhooks()


@control.get("/webhooks/deliveries")
def list_deliveries() -> Json:
    return {"deliveries": workspace().webhooks.deliveries()}


@control.post("/webhooks/flush")
@without_lock
def flush_webhooks() -> Json:
    """Send what waits, without waiting for its time."""
    return {"sent": workspace().webhooks.flush()}


@control.post("/webhooks/ping")
def ping_webhooks() -> Json:
    workspace().ping()
    return {"pinged": True}


def _webhooks() -> Json:
    sender = workspace().webhooks
    return {
        "url": sender.url,
        "topics": sorted(sender.topics),
        "told_to_stop": sender.told_to_stop,
        "repeat_s": sender.repeat_s,
        "waiting": sender.waiting(),
        "faults": sender.hazards.to_dict(),
    }


@control.get("/installs")
def list_installs() -> Json:
    """Each workspace with its region, and how the app is there."""
    return {"workspaces": [_install(each) for each in hub().workspaces.values()]}


@control.put("/app")
def set_app() -> Json:
    """The app's addresses: `redirect_urls`, `uninstall_url`, `health_url`, `home_url`."""
    known = ("redirect_urls", "uninstall_url", "health_url", "home_url")
    given = body()
    if unknown := [name for name in given if name not in known]:
        raise invalid(f"Known settings: {', '.join(known)}", unknown[0])
    for name, value in given.items():
        setattr(hub().app, name, tuple(value) if name == "redirect_urls" else value)
    return {name: getattr(hub().app, name) for name in known}


@control.post("/revoke")
def revoke() -> Json:
    workspace().install.revoke()
    return _install(workspace())


@control.post("/uninstall")
@without_lock
def uninstall() -> Json:
    told = hub().uninstall(workspace().app_id)
    return {**_install(workspace()), "answered": told.status if told else None}


@control.post("/health")
@without_lock
def ask_health() -> Json:
    return hub().ask_health(workspace().app_id)


def _install(each: Workspace) -> Json:
    install = each.install
    about = {"app_id": each.app_id, "name": each.account.name, "region": each.region}
    return {**about, "installed": install.installed, "ended": install.ended, "pushed": install.pushed}


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
