"""What browsers are told about every page for admins: run nothing, frame nothing, keep nothing, tell nobody."""

from __future__ import annotations

from flask import Blueprint, Response

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)


def harden(blueprint: Blueprint) -> None:
    """Put the headers on every answer of `blueprint`. Files of its own may be kept by the browser."""

    def add(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["X-Frame-Options"] = "DENY"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    blueprint.after_request(add)
