"""What Intercom's canvas requests carry, as far as Kinbox reads it. Unknown fields are let in and never trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from app.domain.contact import Contact, UnreadableContact
from app.domain.teammate import Teammate

_MAX_ID_LENGTH = 255


@dataclass(frozen=True, kw_only=True)
class CanvasCall:
    """An initialize or submit request. `component_id` is None for initialize."""

    workspace_id: str
    contact: Contact
    teammate: Teammate
    conversation_id: str | None = None
    component_id: str | None = None
    input_values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    stored_data: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def typed(self, component_id: str) -> str:
        """What was typed in a field; empty when it was not touched (key missing, null or empty: all are seen)."""
        value = self.input_values.get(component_id)
        return value.strip() if isinstance(value, str) else ""

    def ticked(self, component_id: str) -> frozenset[str]:
        """The option ids ticked in a checkbox."""
        value = self.input_values.get(component_id)
        if isinstance(value, str):
            value = [value]
        return frozenset(one for one in value if isinstance(one, str)) if isinstance(value, list) else frozenset()


class _Id(fields.Field[str]):
    """An id: text or a whole number, kept as text. Nothing that a database or a log could choke on."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise ValidationError("is not an id")
        text = value.strip()
        if not (0 < len(text) <= _MAX_ID_LENGTH and text.isprintable() and text.isascii()):
            raise ValidationError("is not an id")
        return text


class _Loose(fields.Field[Mapping[str, Any]]):
    """An object of any content; anything else counts as empty."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Mapping[str, Any]:  # noqa: ARG002
        return value if isinstance(value, dict) else {}


class _Open(Schema):
    class Meta:
        unknown = EXCLUDE


class InitializeSchema(_Open):
    """What both calls have. `customer` is Intercom's older name of `contact`, `app_id` that of `workspace_id`."""

    workspace_id = _Id(required=True)
    contact = fields.Raw(required=True)
    admin = fields.Raw(required=True)
    conversation = _Loose(load_default=dict, allow_none=True)


class SubmitSchema(InitializeSchema):
    """What a click adds."""

    component_id = _Id(load_default=None, allow_none=True)
    input_values = _Loose(load_default=dict, allow_none=True)
    current_canvas = _Loose(load_default=dict, allow_none=True)


_INITIALIZE, _SUBMIT = InitializeSchema(), SubmitSchema()


def read_call(sent: Any, *, is_click: bool) -> CanvasCall:
    """The call in a request's JSON, under Intercom's newer or older names. Raises ValidationError.

    Done around the schema and not by hooks in it: they cost as much as everything else that it does.
    """
    data: dict[str, Any] = (_SUBMIT if is_click else _INITIALIZE).load(_with_newer_names(sent))
    return CanvasCall(
        workspace_id=data["workspace_id"],
        contact=_contact(data["contact"]),
        teammate=_teammate(data["admin"]),
        conversation_id=_conversation_id(data["conversation"]),
        component_id=data.get("component_id"),
        input_values=data.get("input_values") or {},
        stored_data=_stored_data(data.get("current_canvas") or {}),
    )


def _with_newer_names(sent: Any) -> Any:
    if not isinstance(sent, dict):
        return sent
    older = {"contact": sent.get("customer"), "workspace_id": sent.get("app_id")}
    missing = {name: value for name, value in older.items() if value is not None and sent.get(name) is None}
    return {**sent, **missing} if missing else sent


_ID = _Id()


def _teammate(record: Any) -> Teammate:
    if not isinstance(record, dict):
        raise ValidationError("is not an admin", "admin")
    name = record.get("name")
    admin_id = _ID.deserialize(record.get("id"))
    if admin_id is None:
        raise ValidationError("has no usable id", "admin")
    return Teammate(admin_id, name if isinstance(name, str) else "A teammate")


def _contact(record: Any) -> Contact:
    if not isinstance(record, dict):
        raise ValidationError("is not a contact", "contact")
    try:
        checked = _ID.deserialize(record.get("id"))
        return Contact.from_json({**record, "id": checked})
    except (UnreadableContact, ValidationError) as error:
        raise ValidationError("has no usable id", "contact") from error


def _conversation_id(conversation: Mapping[str, Any] | None) -> str | None:
    """A conversation is not always there, and its id comes as text or as a number."""
    try:
        return _ID.deserialize((conversation or {}).get("id"))
    except ValidationError:
        return None


def _stored_data(canvas: Mapping[str, Any]) -> Mapping[str, Any]:
    """Intercom's type description wraps the canvas once more than its pages do; read both."""
    inner = canvas.get("current_canvas")
    stored = canvas.get("stored_data") or (inner.get("stored_data") if isinstance(inner, dict) else None)
    return stored if isinstance(stored, dict) else {}
