"""Data attributes: which custom attributes exist, and which values they take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.sandbox.problems import ApiError, invalid
from app.sandbox.store import Store

Json = dict[str, Any]

MODELS = {"contact": "people", "company": "company"}
READ_TYPES = {
    "string": "string",
    "integer": "integer",
    "float": "float",
    "boolean": "boolean",
    "datetime": "date",
    "date": "date",
    "options": "string",
}
MAX_ATTRIBUTES = 250
MAX_TEXT_CHARACTERS = 255
NAME = re.compile(r"[\w\s\-$€£¥₹¢]+")
"""Spaces and underscores are common in real workspaces, though the error text names neither."""
STANDARD = (("name", "string"), ("email", "string"), ("phone", "string"), ("external_id", "string"))
CHECKS: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "float": (int, float),
    "boolean": bool,
    "date": int,
}


def new_attribute(number: int, name: str, data_type: str, at_s: int, values: Mapping[str, Any]) -> Json:
    """A custom data attribute as REST serves it."""
    attribute: Json = {"type": "data_attribute", "id": number, "model": "contact", "name": name}
    attribute.update(full_name=f"custom_attributes.{name}", label=name, description=None, data_type=data_type)
    attribute.update(options=None, api_writable=True, ui_writable=True, messenger_writable=False, custom=True)
    attribute.update(archived=False, created_at=at_s, updated_at=at_s, admin_id=None)
    attribute.update(values)
    return attribute


class Attributes:
    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def _table(self) -> dict[str, Json]:
        table: dict[str, Json] = self._store.state["data_attributes"]
        return table

    def all(self, model: str | None, *, archived: bool) -> list[Json]:
        """The attributes of one model, or of both. Raises ApiError 422 for model=conversation (2.16)."""
        if model is not None and model not in MODELS:
            raise ApiError(422, "parameter_invalid", "model must be contact or company", field="model")
        custom = [_served(item) for item in self._table.values() if archived or not item["archived"]]
        return [item for item in (*_standard(), *custom) if model in (None, item["model"])]

    def create(self, body: Mapping[str, Any]) -> Json:
        model, name = body.get("model"), body.get("name")
        if model not in MODELS:
            raise invalid("Model must be one of contact, company", "model")
        if not isinstance(name, str) or not NAME.fullmatch(name):
            only = "alphanumeric characters, currency symbols, and hyphens"
            raise invalid(f"Your name for this attribute must only contain {only}", "name")
        data_type = body.get("data_type")
        if data_type not in READ_TYPES:
            raise invalid("Data Type isn't an option", "data_type")
        options = _options(body) if data_type == "options" else None
        self._refuse_taken(name, str(model))
        if len(self._table) >= MAX_ATTRIBUTES:
            raise invalid(f"A workspace can have at most {MAX_ATTRIBUTES} custom data attributes")
        values = {"model": model, "options": options, "description": body.get("description")}
        values["messenger_writable"] = bool(body.get("messenger_writable", False))
        number = int(self._store.ids.number("data_attribute"))
        attribute = new_attribute(number, name, READ_TYPES[str(data_type)], self._store.clock_s(), values)
        self._table[str(number)] = attribute
        self._store.touch()
        return _served(attribute)

    def update(self, attribute_id: str, body: Mapping[str, Any]) -> Json:
        """Raises ApiError 404 `field_not_found`, or 422 `data_invalid` when something depends on it."""
        attribute = self._table.get(attribute_id)
        if attribute is None:
            raise ApiError(404, "field_not_found", "We couldn't find that data attribute to update")
        if body.get("archived") is True and attribute.get("_dependents"):
            raise ApiError(422, "data_invalid", "The Data Attribute you are trying to archive has a dependent object")
        changes = {key: body[key] for key in ("archived", "description", "messenger_writable") if key in body}
        if "options" in body:
            changes["options"] = _options(body)
        attribute.update(changes, updated_at=self._store.clock_s())
        self._store.touch()
        return _served(attribute)

    def search_type(self, name: str) -> str | None:
        """The data type of a live contact attribute, nothing when there is none of that name."""
        found = self._find("contact", name)
        return str(found["data_type"]) if found else None

    def check_values(self, model: str, values: object) -> Json:
        """The values when every name exists and every type fits; null clears. Refuses them all together."""
        if not isinstance(values, dict):
            raise invalid("custom_attributes must be an object", "custom_attributes", "type_mismatch")
        for name, value in values.items():
            found = self._find(model, name)
            if found is None:
                status = self._store.unconfirmed.unknown_cda_status
                raise ApiError(status, "parameter_invalid", f"Custom attribute '{name}' does not exist")
            if value is not None:
                self._check_value(found, value)
        return dict(values)

    def _check_value(self, attribute: Json, value: object) -> None:
        name, data_type = attribute["name"], attribute["data_type"]
        wrong_flag = isinstance(value, bool) and data_type != "boolean"
        if wrong_flag or not isinstance(value, CHECKS[data_type]):
            raise invalid(f"Custom attribute '{name}' expects a value of type {data_type}", name)
        if isinstance(value, str) and len(value) > MAX_TEXT_CHARACTERS:
            raise invalid(f"Custom attribute '{name}' is longer than {MAX_TEXT_CHARACTERS} characters", name)
        checked = attribute["options"] and self._store.unconfirmed.list_values_checked
        if checked and value not in attribute["options"]:
            raise invalid(f"Custom attribute '{name}' has no option of that value", name)

    def _find(self, model: str, name: str) -> Json | None:
        alike = (item for item in self._table.values() if item["name"] == name and item["model"] == model)
        return next((item for item in alike if not item["archived"]), None)

    def _refuse_taken(self, name: str, model: str) -> None:
        holder = next((item for item in self._table.values() if item["name"] == name), None)
        if holder is not None:
            theirs, ours = MODELS[holder["model"]], MODELS[model]
            raise invalid(
                f"You already have '{name}' in your {theirs} data. "
                f"To save this as new {ours} data, use a different name.",
                "name",
            )


def _served(attribute: Json) -> Json:
    return {key: value for key, value in attribute.items() if not key.startswith("_")}


def _options(body: Mapping[str, Any]) -> list[str]:
    given = body.get("options")
    values = [item.get("value") for item in given if isinstance(item, dict)] if isinstance(given, list) else []
    if len(values) < 2 or not all(isinstance(value, str) for value in values):
        raise invalid("The Data Attribute model field must have at least two options", "options")
    return [str(value) for value in values]


def _standard() -> list[Json]:
    """A few of Intercom's own attributes; they have no id and are not custom."""
    listed = []
    for name, data_type in STANDARD:
        attribute = new_attribute(0, name, data_type, 0, {"custom": False, "full_name": name})
        for key in ("id", "archived", "created_at", "updated_at", "admin_id"):
            del attribute[key]
        listed.append(attribute)
    return listed
