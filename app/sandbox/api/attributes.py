"""Data attributes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from app.sandbox.api.context import body, flag, workspace

Json = dict[str, Any]

attributes = Blueprint("attributes", __name__, url_prefix="/data_attributes")


@attributes.get("")
def list_attributes() -> Json:
    listed = workspace().attributes.all(request.args.get("model"), archived=flag("include_archived"))
    return {"type": "list", "data": listed}


@attributes.post("")
def create_attribute() -> Json:
    return workspace().attributes.create(body())


@attributes.put("/<attribute_id>")
def update_attribute(attribute_id: str) -> Json:
    return workspace().attributes.update(attribute_id, body())
