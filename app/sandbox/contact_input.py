"""What a client may write on a contact, checked before anything is changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import phonenumbers

from app.sandbox.attributes import Attributes
from app.sandbox.contact_records import formatted_phone
from app.sandbox.problems import ApiError, invalid
from app.sandbox.store import Store

Json = dict[str, Any]

TEXT_FIELDS = ("external_id", "email", "phone", "name", "language_override")
TIME_FIELDS = ("signed_up_at", "last_seen_at")
ROLES = ("user", "lead")


class ContactInput:
    """Turns the body of a create or an update into field values, or refuses it whole."""

    def __init__(self, store: Store, attributes: Attributes) -> None:
        self._store = store
        self._attributes = attributes

    def read(self, body: Mapping[str, Any]) -> Json:
        """The values to set; `custom_attributes` holds only the keys that were sent, null for cleared ones.

        Raises ApiError: 400, or the switched status for unknown custom attributes. Ignores unknown fields.
        """
        values: Json = {}
        for name in TEXT_FIELDS:
            if name in body:
                values[name] = _text(body[name], name)
        for name in TIME_FIELDS:
            if name in body:
                values[name] = _time(body[name], name)
        if "role" in body:
            values["role"] = self._role(body["role"])
        if "phone" in values:
            values["phone"] = self._phone(values["phone"])
        if "owner_id" in body:
            values["owner_id"] = self._owner(body["owner_id"])
        if "avatar" in body:
            url = _text(body["avatar"], "avatar")
            values["avatar"] = {"type": "avatar", "image_url": url} if url else None
        if "unsubscribed_from_emails" in body:
            values["unsubscribed_from_emails"] = _flag(body["unsubscribed_from_emails"], "unsubscribed_from_emails")
        values.update(self._verified(body))
        if body.get("custom_attributes") is not None:
            values["custom_attributes"] = self._attributes.check_values("contact", body["custom_attributes"])
        return values

    def _role(self, value: object) -> str:
        if value not in ROLES:
            raise invalid("role must be one of user, lead", "role")
        return str(value)

    def _owner(self, value: object) -> str | None:
        if value is None:
            return None
        if not any(admin["id"] == str(value) for admin in self._store.state["admins"]):
            raise invalid("The owner specified is not a member of the workspace", "owner_id")
        return str(value)

    def _phone(self, value: str | None) -> str | None:
        switches = self._store.unconfirmed
        if not value:
            return value
        if switches.invalid_phone_refused and not _looks_like_a_phone(value):
            raise invalid("phone is not a valid phone number", "phone")
        return (formatted_phone(value) or value) if switches.phone_rewritten else value

    def _verified(self, body: Mapping[str, Any]) -> Json:
        """A changed email is unverified until it is said otherwise in the same request."""
        if "email_verified" in body:
            if not body.get("email"):
                raise invalid("email_verified can only be set together with email", "email_verified")
            return {"_email_verified": _flag(body["email_verified"], "email_verified")}
        return {"_email_verified": False} if "email" in body else {}


def object_body(body: object) -> Json:
    """The JSON object of a request. Raises ApiError (400) for anything else."""
    if not isinstance(body, dict):
        raise ApiError(400, "bad_request", "The request body must be a JSON object")
    return body


def _text(value: object, name: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise invalid(f"{name} must be a string", name, "type_mismatch")


def _flag(value: object, name: str) -> bool:
    if isinstance(value, bool):
        return value
    raise invalid(f"{name} must be a boolean", name, "type_mismatch")


def _time(value: object, name: str) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise invalid(f"{name} must be a UNIX timestamp in seconds", name, "type_mismatch")


def _looks_like_a_phone(text: str) -> bool:
    try:
        read = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(read)
