"""Tags and notes by their own ids."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from app.sandbox.api.context import body, workspace

Json = dict[str, Any]

tags = Blueprint("tags", __name__)


@tags.get("/tags")
def list_tags() -> Json:
    return {"type": "list", "data": workspace().tagging.all_tags()}


@tags.post("/tags")
def create_tag() -> Json:
    return workspace().tagging.create(body())


@tags.get("/tags/<tag_id>")
def read_tag(tag_id: str) -> Json:
    return workspace().tagging.tag(tag_id)


@tags.delete("/tags/<tag_id>")
def delete_tag(tag_id: str) -> str:
    workspace().tagging.delete(tag_id)
    return ""


@tags.get("/notes/<note_id>")
def read_note(note_id: str) -> Json:
    return workspace().tagging.note(note_id)
