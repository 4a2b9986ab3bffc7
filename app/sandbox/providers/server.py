"""The providers' hosts as one web application: `https://host/path` is answered at `/host/path`."""

from __future__ import annotations

from flask import Flask, Response, request

from app.sandbox.providers.base import Asked, Desk
from app.sandbox.providers.registry import PROVIDERS


def create_providers(*desks: Desk) -> Flask:
    """Files and profiles, as each provider serves them. Point KINBOX_PROVIDER_URL here.

    Each shop has a desk of its own; the token in a call is good at one of them.
    """
    app = Flask(__name__, static_folder=None)

    @app.get("/<host>/<path:path>")
    def serve(host: str, path: str) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Asked(host=host, path=path, query=request.args.to_dict(), headers=headers)
        for provider in PROVIDERS.values():
            answers = [provider.serve(asked, desk) for desk in desks] if provider.is_at(host) else []
            known = sorted((one for one in answers if one is not None), key=lambda one: one.status)
            if known:
                best = known[0]
                return Response(best.body, best.status, best.headers, content_type=best.content_type)
        return Response(status=404)

    return app
