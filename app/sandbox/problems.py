"""What the sandbox answers when it refuses, in Intercom's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.errors import AppError


class ApiError(AppError):
    """A refusal with Intercom's status, code and message.

    `message` is the wire text that integrations match on; it is not for logs, since it may name a contact.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.headers = dict(headers or {})

    def to_dict(self, request_id: str | None) -> dict[str, Any]:
        """The error envelope; the one of a merged contact has no `request_id`."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.field is not None:
            error["field"] = self.field
        body: dict[str, Any] = {"type": "error.list", "request_id": request_id, "errors": [error]}
        if self.code == "contact_merged":
            del body["request_id"]
        return body


def user_not_found() -> ApiError:
    return ApiError(404, "not_found", "User Not Found")


def contact_not_found() -> ApiError:
    """Said by update and merge instead of `User Not Found`."""
    return ApiError(404, "not_found", "Contact Not Found")


def resource_not_found() -> ApiError:
    return ApiError(404, "not_found", "Resource Not Found")


def invalid(message: str, field: str | None = None, code: str = "parameter_invalid") -> ApiError:
    return ApiError(400, code, message, field=field)


def missing(field: str) -> ApiError:
    return ApiError(400, "parameter_not_found", f"{field} is required", field=field)


def conflict(contact_id: str, *, archived: bool) -> ApiError:
    """The text is the contract: every integration reads the id out of it."""
    kind = "An archived contact" if archived else "A contact"
    return ApiError(409, "conflict", f"{kind} matching those details already exists with id={contact_id}")
