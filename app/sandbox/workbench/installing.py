"""The app in the workspaces, for the page: where it is installed, what it says of its health, and the end of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify

from app.sandbox.hub import Hub
from app.sandbox.workbench.asked import json_object
from app.sandbox.workbench.refusals import Refused
from app.sandbox.workspace import Workspace

Json = dict[str, Any]


def workspaces(hub: Hub, kinbox_url: str) -> list[Json]:
    """Every workspace, and where an admin begins to connect it; nowhere while the app has no redirect URL."""
    connectable = bool(hub.app.redirect_urls)
    return [_workspace(each, kinbox_url if connectable else None) for each in hub.workspaces.values()]


def add_installing(api: Blueprint, hub: Hub, here: Callable[[], Workspace]) -> None:
    @api.get("/installation")
    def show_installation() -> Response:
        install = here().install
        shown = {name: getattr(install, name) for name in ("installed", "ended", "pushed", "asked")}
        return jsonify(**shown, health=hub.app.health_url is not None)

    @api.post("/installation/<act>")
    def change_installation(act: str) -> Response:
        json_object()
        workspace = here()
        if act == "health":
            hub.ask_health(workspace.app_id)
        elif act == "revoke":
            workspace.install.revoke()
        elif act == "uninstall":
            hub.uninstall(workspace.app_id)
        else:
            raise Refused(404, "Intercom has no such button.")
        return show_installation()


def _workspace(workspace: Workspace, kinbox_url: str | None) -> Json:
    region, base = workspace.region, kinbox_url and kinbox_url.rstrip("/")
    return {
        "app_id": workspace.app_id,
        "name": workspace.account.name,
        "region": region,
        "installed": workspace.install.installed,
        "connected": workspace.install.token is not None,
        "connect": base and f"{base}/intercom/install?region={region.lower()}",
        "admin": base and f"{base}/admin/",
    }
