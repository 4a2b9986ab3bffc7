"""Who we are and who works here: me, admins, teams; and lists that this workspace keeps empty or short."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from app.sandbox.api.context import bearer, flag, workspace
from app.sandbox.problems import ApiError

Json = dict[str, Any]

account = Blueprint("account", __name__)


@account.get("/me")
def me() -> Json:
    admin = _authorised_by()
    shown = {key: admin.get(key) for key in ("type", "id", "email", "name", "has_inbox_seat", "avatar")}
    about = workspace().account
    app = {
        "type": "app",
        "id_code": about.app_id,
        "name": about.name,
        "region": about.region,
        "timezone": about.timezone,
        "created_at": workspace().store.state.get("created_at", 0),
        "identity_verification": False,
        "secure": False,
    }
    return {**shown, "email_verified": admin.get("_email_verified", True), "app": app}


@account.get("/admins")
def list_admins() -> Json:
    avatar = flag("display_avatar")
    admins = [_admin(admin, avatar=avatar) for admin in workspace().store.state["admins"]]
    return {"type": "admin.list", "admins": admins}


@account.get("/admins/<admin_id>")
def read_admin(admin_id: str) -> Json:
    return _admin(workspace().inbox.admin(admin_id), avatar=True)


@account.get("/teams")
def list_teams() -> Json:
    return {"type": "team.list", "teams": [dict(team) for team in workspace().store.state["teams"]]}


@account.get("/teams/<team_id>")
def read_team(team_id: str) -> Json:
    return dict(workspace().managing.team(team_id))


@account.get("/segments")
def list_segments() -> Json:
    return {"type": "segment.list", "segments": []}


@account.get("/segments/<segment_id>")
def read_segment(**_ids: str) -> Json:
    raise ApiError(404, "not_found", "Segment Not Found")


@account.get("/companies")
def list_companies() -> Json:
    companies = [dict(item) for item in workspace().store.state["companies"].values()]
    pages = {"type": "pages", "page": 1, "per_page": 15, "total_pages": 1, "next": None}
    return {"type": "list", "data": companies, "total_count": len(companies), "pages": pages}


def _authorised_by() -> Json:
    """Whoever consented to the token; for one from the Developer Hub the first admin."""
    admins = workspace().store.state["admins"]
    admin_id = workspace().install.admin_of(bearer(request.headers.get("Authorization")))
    found: Json = next((each for each in admins if each["id"] == admin_id), admins[0])
    return found


def _admin(admin: Json, *, avatar: bool) -> Json:
    served = {name: value for name, value in admin.items() if not name.startswith("_")}
    return {**served, "avatar": admin.get("avatar") if avatar else None}
