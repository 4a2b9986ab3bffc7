"""What Intercom checks before it looks at a call, and the headers and errors of every answer."""

from __future__ import annotations

import logging
import traceback

from flask import Flask, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from app.sandbox.api.context import bearer, hub, read_version, workspace
from app.sandbox.problems import ApiError, resource_not_found

CONTROL = "/_sandbox/"
TOKEN_EXCHANGE = "/auth/eagle/token"  # noqa: S105 - a path
OPEN = (CONTROL, "/oauth", "/appstore/", TOKEN_EXCHANGE)
"""What is called without a token: our own switches, an admin's browser, and the call that gives the token."""
REQUEST_ID = "sandbox.request_id"
"""Where the WSGI environment holds the id of the call."""
REFUSED_TOKENS = {
    "unauthorized": ("unauthorized", "Access Token Invalid"),
    "revoked": ("token_revoked", "The token has been revoked"),
    "blocked": ("token_blocked", "The token has been blocked"),
    "expired": ("token_expired", "The token has expired"),
}

log = logging.getLogger("kinbox.sandbox")


def guard(app: Flask) -> None:
    """Put the checks, the headers and the error envelope around every REST view of `app`."""
    app.before_request(_check)
    app.after_request(_mark)
    app.register_error_handler(ApiError, _refuse)
    app.register_error_handler(HTTPException, _no_such_thing)
    app.register_error_handler(Exception, _fail)


def _check() -> None:
    if request.path.startswith(OPEN):
        return
    _check_token()
    g.api_version = read_version(request.headers.get("Intercom-Version"))
    accepted = request.accept_mimetypes
    if accepted and not accepted["application/json"]:
        raise ApiError(406, "media_type_not_acceptable", "The Accept header should send a media type of JSON")
    allowed, g.rate_headers = workspace().limit.take()
    if not allowed:
        limit = workspace().limit.per_window
        raise ApiError(429, "rate_limit_exceeded", f"Exceeded rate limit of {limit} in 10_seconds")


def _check_token() -> None:
    token = bearer(request.headers.get("Authorization"))
    if not token:
        raise ApiError(401, "missing_authorization", "Authorization header is missing or is not a Bearer token")
    state = _token_state(token)
    if state != "active":
        raise ApiError(401, *REFUSED_TOKENS[state])


def _token_state(token: str) -> str:
    found = hub().of_token(token)
    state = found.install.state_of(token) if found else None
    if found is None or state is None:
        return "unauthorized"
    return found.faults.access if state == "active" else state


def _mark(response: Response) -> Response:
    response.headers["X-Request-Id"] = request.environ.get(REQUEST_ID, "")
    if "api_version" in g:
        response.headers["Intercom-Version"] = "{}.{}".format(*g.api_version)
    response.headers.update(g.get("rate_headers", {}))
    return response


def _refuse(error: ApiError) -> ResponseReturnValue:
    return jsonify(error.to_dict(request.environ.get(REQUEST_ID))), error.status, error.headers


def _no_such_thing(error: HTTPException) -> ResponseReturnValue:
    """An unknown path or method is Intercom's 404; a body that cannot be read keeps its status."""
    if error.code in {404, 405}:
        return _refuse(resource_not_found())
    return _refuse(ApiError(error.code or 400, "client_error", error.name))


def _fail(error: Exception) -> ResponseReturnValue:
    """A fault of the sandbox itself. The log names the place, never the values."""
    places = [f"{place.name}:{place.lineno}" for place in traceback.extract_tb(error.__traceback__)]
    log.error("the sandbox failed", extra={"fault": type(error).__name__, "places": places[-4:]})
    return _refuse(ApiError(500, "server_error", f"The sandbox failed: {type(error).__name__}"))
