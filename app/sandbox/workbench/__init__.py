"""The Inbox workbench: a small Inbox in the browser, with Kinbox's canvas drawn as Intercom would draw it.

For trying Kinbox on one machine. It has no login and shows the requests as they are, so it is never part of the
production app.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, render_template, request

from app.sandbox.hub import Hub
from app.sandbox.workbench.api import create_api
from app.sandbox.workbench.live import Queue
from app.sandbox.workbench.phone import Phone
from app.sandbox.workspace import Workspace

MAX_REQUEST_BYTES = 2 * 1024 * 1024


def create_workbench(
    intercom: Workspace | Hub,
    kinbox_url: str,
    *,
    phones: Mapping[str, Phone] | None = None,
    queue: Queue | None = None,
) -> Flask:
    """The page at `/`, its files, and its API. Kinbox is called at `kinbox_url` + `/canvas/...`.

    `phones` has one for each workspace to which customers can write from a channel; without a queue the page does not
    show Kinbox's inbox.
    """
    hub = Hub([intercom]) if isinstance(intercom, Workspace) else intercom
    app = Flask(__name__, static_url_path="/workbench/static")
    app.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it; order is for reading
    app.register_blueprint(create_api(hub, kinbox_url, phones=phones, queue=queue))
    app.after_request(_protect)

    @app.get("/")
    def page() -> str:
        return render_template("workbench.html")

    return app


def _protect(response: Response) -> Response:
    """Nothing but our own files may run or load; pictures from elsewhere only when the address asks for them."""
    pictures = " https:" if request.args.get("pictures") == "load" else ""
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        f"img-src 'self'{pictures}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache" if request.path.startswith("/workbench/static/") else "no-store"
    return response
