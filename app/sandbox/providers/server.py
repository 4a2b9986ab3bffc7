"""The providers' hosts as one web application: `https://host/path` is answered at `/host/path`."""

from __future__ import annotations

from flask import Flask, Response, request

from app.sandbox.providers.base import Asked, Desk
from app.sandbox.providers.registry import PROVIDERS


def create_providers(desk: Desk) -> Flask:
    """Files and profiles, as each provider serves them. Point KINBOX_PROVIDER_URL here."""
    app = Flask(__name__, static_folder=None)

    @app.get("/<host>/<path:path>")
    def serve(host: str, path: str) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Asked(host=host, path=path, query=request.args.to_dict(), headers=headers)
        for provider in PROVIDERS.values():
            served = provider.serve(asked, desk) if provider.is_at(host) else None
            if served is not None:
                return Response(served.body, served.status, served.headers, content_type=served.content_type)
        return Response(status=404)

    return app
