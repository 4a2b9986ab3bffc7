"""Conversations: start, reply, read, list, search, manage, edit, delete, tag, and who takes part."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from app.sandbox.api.context import body, optional_body, paging, version, workspace
from app.sandbox.searching import page

Json = dict[str, Any]

conversations = Blueprint("conversations", __name__, url_prefix="/conversations")


def _served(record: Json) -> Json:
    plain = request.args.get("display_as") == "plaintext"
    return workspace().inbox.render(record, version(), plain=plain)


def _listed(found: Json) -> Json:
    rows = [workspace().inbox.render(record, version(), with_parts=False) for record in found.pop("data")]
    return {"type": "conversation.list", "conversations": rows, **found}


@conversations.get("")
def list_conversations() -> Json:
    return _listed(page(workspace().inbox.newest_first(), paging(), usual=20))


@conversations.post("")
def create_conversation() -> Json:
    return workspace().inbox.start(body(), version())


@conversations.get("/<conversation_id>")
def read_conversation(conversation_id: str) -> Json:
    return _served(workspace().inbox.find(conversation_id))


@conversations.put("/<conversation_id>")
def update_conversation(conversation_id: str) -> Json:
    return _served(workspace().managing.edit(conversation_id, body()))


@conversations.delete("/<conversation_id>")
def delete_conversation(conversation_id: str) -> Json:
    return workspace().managing.delete(conversation_id)


@conversations.post("/search")
def search_conversations() -> Json:
    records = workspace().inbox.table.values()
    return _listed(workspace().searching.conversations(records, body()))


@conversations.post("/<conversation_id>/reply")
def reply(conversation_id: str) -> Json:
    return _served(workspace().inbox.reply(conversation_id, body(), version()))


@conversations.post("/<conversation_id>/parts")
def manage(conversation_id: str) -> Json:
    return _served(workspace().managing.manage(conversation_id, body()))


@conversations.post("/<conversation_id>/customers")
def attach_contact(conversation_id: str) -> Json:
    return _served(workspace().managing.attach(conversation_id, body(), version()))


@conversations.delete("/<conversation_id>/customers/<contact_id>")
def detach_contact(conversation_id: str, contact_id: str) -> Json:
    return _served(workspace().managing.detach(conversation_id, contact_id, body()))


@conversations.post("/<conversation_id>/tags")
def attach_tag(conversation_id: str) -> Json:
    return workspace().tagging.tag_conversation(conversation_id, body())


@conversations.delete("/<conversation_id>/tags/<tag_id>")
def detach_tag(conversation_id: str, tag_id: str) -> Json:
    return workspace().tagging.untag_conversation(conversation_id, tag_id, optional_body())
