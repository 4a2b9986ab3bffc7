"""What every view of the REST API reads: the workspace, the version asked for, the body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import current_app, g, request

from app.sandbox.contact_input import object_body
from app.sandbox.contact_records import CURRENT, Version
from app.sandbox.hub import Hub
from app.sandbox.problems import ApiError, invalid
from app.sandbox.workspace import Workspace

Json = dict[str, Any]
View = TypeVar("View", bound=Callable[..., Any])

WORKSPACE = "sandbox.workspace"
"""Where the WSGI environment holds the workspace of the call."""
KNOWN_VERSIONS: frozenset[Version] = frozenset((2, minor) for minor in range(17))
"""What the sandbox answers for. Intercom knows 1.x too; the sandbox does not."""


def without_lock(view: View) -> View:
    """Mark a view that calls Kinbox, which may call back: it must not hold the workspace meanwhile."""
    view.without_lock = True  # type: ignore[attr-defined]  # a mark of our own
    return view


def hub() -> Hub:
    found: Hub = current_app.extensions["hub"]
    return found


def workspace() -> Workspace:
    """The workspace of the call: that of its token, or for the sandbox's own routes the one that they name."""
    found: Workspace = request.environ[WORKSPACE]
    return found


def version() -> Version:
    found: Version = g.api_version
    return found


def bearer(authorization: str | None) -> str:
    """The token in an Authorization header; empty when it bears none."""
    scheme, _space, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def read_version(header: str | None) -> Version:
    """The version of a request; without a header the app's own setting, 2.16. Raises ApiError 400."""
    if header is None:
        return CURRENT
    major, _dot, minor = header.strip().partition(".")
    asked = (int(major), int(minor)) if major.isdecimal() and minor.isdecimal() else None
    if asked not in KNOWN_VERSIONS:
        raise version_invalid()
    return asked


def version_invalid() -> ApiError:
    return ApiError(400, "intercom_version_invalid", "The requested version could not be found")


def since(needed: Version) -> None:
    """Raise ApiError 400 when the version asked for does not have this endpoint yet."""
    if version() < needed:
        raise version_invalid()


def body() -> Json:
    """The JSON object of the request. Raises ApiError 400."""
    given = request.get_json(force=True, silent=True)
    return object_body(given)


def optional_body() -> Json:
    return body() if request.get_data() else {}


def flag(name: str) -> bool:
    """A yes or no in the query."""
    return request.args.get(name, "false").lower() in {"true", "1"}


def paging() -> Mapping[str, Any]:
    """`per_page` and `starting_after` of a list. Raises ApiError 400."""
    asked: Json = {}
    if "per_page" in request.args:
        size = request.args["per_page"]
        if not size.isdecimal():
            raise invalid("per_page must be a whole number", "per_page")
        asked["per_page"] = int(size)
    if "starting_after" in request.args:
        asked["starting_after"] = request.args["starting_after"]
    return asked
