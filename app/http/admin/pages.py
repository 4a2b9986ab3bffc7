"""The pages that every signed-in admin has: where they are, and the way out."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, g, request, url_for
from flask.typing import ResponseReturnValue

from app.http.admin.access import current, current_workspace, guard, sign_out
from app.http.admin.activity import add_activity
from app.http.admin.channel_form import add_channel_form
from app.http.admin.channel_words import error_words, titled
from app.http.admin.channels import add_channels
from app.http.admin.clock import moments_in
from app.http.admin.failed import add_failed
from app.http.admin.fault_pages import tell_faults
from app.http.admin.headers import harden
from app.http.admin.links import add_links, allow_long_lists
from app.http.admin.match import add_match
from app.http.admin.merges import add_merges
from app.http.admin.overview import add_overview
from app.http.admin.paging import refuse_impossible_ids
from app.http.admin.settings import add_settings
from app.http.admin.texts import capitalize_first, codes
from app.http.admin.told import Way, told
from app.intercom.regions import profile_url
from app.services import Services
from app.storage.database import transaction

PAGES = (
    ("admin.home", "Overview"),
    ("admin.channels", "Channels"),
    ("admin.settings", "Settings"),
    ("admin.match", "Who would match?"),
    ("admin.failed", "Failed events"),
    ("admin.merges", "Merges"),
    ("admin.links", "Links"),
    ("admin.activity", "Activity"),
)
"""What the frame around each page leads to: endpoint and label."""


def admin_blueprint(objects: Services) -> Blueprint:
    """Everything below /admin/ that needs somebody signed in."""
    blueprint = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates")
    guard(blueprint, objects)
    harden(blueprint)
    blueprint.context_processor(_everywhere)
    tell_faults(blueprint)
    blueprint.url_value_preprocessor(refuse_impossible_ids)
    blueprint.url_value_preprocessor(allow_long_lists)
    for text_filter in (capitalize_first, codes, error_words, titled):
        blueprint.add_app_template_filter(text_filter)
    add_overview(blueprint, objects)
    add_channels(blueprint, objects)
    add_channel_form(blueprint, objects)
    add_settings(blueprint, objects)
    add_match(blueprint, objects)
    add_failed(blueprint, objects)
    add_merges(blueprint, objects)
    add_links(blueprint, objects)
    add_activity(blueprint)

    @blueprint.post("/sign-out")
    def leave() -> ResponseReturnValue:
        with transaction(write=True) as connection:
            sign_out(connection)
        return told(
            "You are signed out",
            "Nobody can go on with this session, in this browser or elsewhere.",
            ways=(Way("Sign in again", url_for("admin_door.sign_in")),),
        )

    return blueprint


def _everywhere() -> dict[str, Any]:
    """What the frame around each page shows, once it is known who asks."""
    if "signed_in" not in g:
        return {}
    workspace = current_workspace()
    return {
        "signed_in": current(),
        "workspace": workspace,
        "workspace_name": workspace.name or workspace.id,
        "pages": PAGES,
        "section": _section(),
        "moment": moments_in(workspace.timezone),
        "profile": partial(profile_url, workspace.region, workspace.id),
    }


def _section() -> str:
    """The page of PAGES that the asked one belongs to: the one whose address is the longest beginning of its own."""
    addresses = {endpoint: url_for(endpoint) for endpoint, _ in PAGES}
    above = [endpoint for endpoint, address in addresses.items() if _is_below(request.path, address)]
    return max(above, key=lambda endpoint: len(addresses[endpoint]), default="")


def _is_below(path: str, address: str) -> bool:
    return path == address or (path.startswith(f"{address}/") and not address.endswith("/"))
