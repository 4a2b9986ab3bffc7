"""What an admin's browser sees of Intercom: the consent screen of an install, and the page after it."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.sandbox.api.context import hub
from app.sandbox.hub import with_query
from app.sandbox.workspace import Workspace

PERMISSIONS = (
    "Read and list users and companies",
    "Read one user and one company",
    "Read and write users",
    "Write users and companies",
    "Read conversations",
    "Write conversations",
    "Read tags",
    "Write tags",
    "Read admins",
    "Gather App data",
    "Write data attributes",
)
"""What the app asks for, as ticked in the Developer Hub."""

consent = Blueprint("consent", __name__, template_folder="templates")


@consent.get("/oauth")
def ask() -> ResponseReturnValue:
    """Who installs it, and where. `client_id`, `state` and, if it is registered, `redirect_uri`."""
    refused = _refused()
    if refused is not None:
        return refused
    chosen = hub().workspaces.get(request.args.get("workspace", "")) or hub().current
    page = render_template(
        "consent.html",
        app=hub().app,
        permissions=PERMISSIONS,
        workspaces=hub().workspaces.values(),
        chosen=chosen,
        admins=chosen.admins(),
        asked=request.args,
    )
    return _page(page, redirecting_to=hub().redirect_url(request.args.get("redirect_uri")))


@consent.post("/oauth")
def answer() -> ResponseReturnValue:
    """Authorize or cancel: on to the app's redirect URL either way."""
    refused = _refused()
    if refused is not None:
        return refused
    target = hub().redirect_url(request.args.get("redirect_uri")) or ""
    state = request.args.get("state", "")
    if request.form.get("answer") != "authorize":
        return redirect(with_query(target, error="access_denied", state=state))
    workspace = hub().workspaces.get(request.form.get("workspace", ""))
    admin_id = request.form.get("admin", "")
    if workspace is None or not _works_there(workspace, admin_id):
        return _told("Choose a teammate of that workspace", "Go back and choose who installs the app.", 400)
    return redirect(hub().authorize(workspace.app_id, admin_id, target, state))


@consent.get("/appstore/redirect")
def installed() -> ResponseReturnValue:
    """Where apps send the admin at the end of an install."""
    if request.args.get("install_success") == "true":
        return _told(f"{hub().app.name} is installed", "It shows beside each conversation of this workspace now.", 200)
    why = request.args.get("error_message") or "The app did not say why."
    return _told(f"{hub().app.name} could not be installed", why, 200)


def _refused() -> ResponseReturnValue | None:
    """Intercom sends nobody anywhere for an app or an address that it does not know."""
    if request.args.get("client_id") != hub().app.client_id:
        return _told("Intercom does not know this app", "No app has this client_id. Check INTERCOM_CLIENT_ID.", 404)
    if hub().redirect_url(request.args.get("redirect_uri")) is None:
        words = "The redirect_uri is not among the redirect URLs that are registered for the app."
        return _told("This address is not registered", words, 400)
    return None


def _works_there(workspace: Workspace, admin_id: str) -> bool:
    return any(admin["id"] == admin_id for admin in workspace.admins())


def _told(title: str, words: str, status: int) -> Response:
    page = render_template("told.html", title=title, words=words, home_url=hub().home_url())
    response = _page(page)
    response.status_code = status
    return response


def _page(html: str, redirecting_to: str | None = None) -> Response:
    """No scripts; forms go to this page, and from it to the app."""
    response = make_response(html)
    parts = urlsplit(redirecting_to or "")
    onward = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'{onward}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
