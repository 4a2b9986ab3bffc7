"""What a teammate does in Intercom itself, without Kinbox, to a contact or a conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify

from app.sandbox.problems import ApiError
from app.sandbox.workbench.asked import json_object, text
from app.sandbox.workbench.refusals import Refused
from app.sandbox.workspace import Workspace

Json = dict[str, Any]

SNOOZE_S = 24 * 3600
_EDITABLE = ("name", "email", "phone")
_PARTS: dict[str, Json] = {
    "close": {"message_type": "close", "type": "admin"},
    "open": {"message_type": "open"},
    "snooze": {"message_type": "snoozed"},
}


def add_acts(api: Blueprint, here: Callable[[], Workspace]) -> None:
    @api.post("/contacts/<contact_id>/acts")
    def act_on_contact(contact_id: str) -> Response:
        return jsonify(done=_carry_out(here(), _on_contact, contact_id, json_object()))

    @api.post("/conversations/<conversation_id>/acts")
    def act_on_conversation(conversation_id: str) -> Response:
        return jsonify(done=_carry_out(here(), _on_conversation, conversation_id, json_object()))


def _carry_out(
    workspace: Workspace, act: Callable[[Workspace, str, Mapping[str, Any]], str], about: str, body: Mapping[str, Any]
) -> str:
    """What was done, in a sentence. Raises Refused with Intercom's own words when it refuses."""
    try:
        with workspace.store.change():
            return act(workspace, about, body)
    except ApiError as error:
        raise Refused(400, f"Intercom refuses: {error.message}") from None


def _on_contact(workspace: Workspace, contact_id: str, body: Mapping[str, Any]) -> str:
    lifecycle, act = workspace.lifecycle, body.get("act")
    if act == "archive":
        lifecycle.archive(contact_id)
        return "Archived. Intercom hides the contact from search and from apps."
    if act == "unarchive":
        lifecycle.unarchive(contact_id)
        return "Back from the archive, under the same id."
    if act == "delete":
        lifecycle.delete(contact_id)
        return "Deleted. Intercom serves this id to nobody any more."
    if act == "block":
        lifecycle.block(contact_id)
        return "Blocked, and its conversations are closed. No webhook tells of a block."
    if act == "merge":
        pair = {"from": contact_id, "into": text(body, "into"), "skip_duplicate_validation": True}
        survivor = workspace.merging.merge(pair)
        return f"Merged into {survivor['name'] or survivor['email'] or survivor['id']}."
    if act == "edit":
        values = {name: text(body, name, optional=True).strip() or None for name in _EDITABLE if name in body}
        workspace.directory.update(contact_id, values)
        return "Saved."
    raise Refused(400, "Intercom has no such button.")


def _on_conversation(workspace: Workspace, conversation_id: str, body: Mapping[str, Any]) -> str:
    act = body.get("act")
    if act == "delete":
        workspace.managing.delete(conversation_id)
        return "The conversation is deleted."
    if act not in _PARTS:
        raise Refused(400, "Intercom has no such button.")
    fields = {**_PARTS[str(act)], "admin_id": text(body, "admin_id")}
    if act == "snooze":
        fields["snoozed_until"] = workspace.store.clock_s() + SNOOZE_S
    record = workspace.managing.manage(conversation_id, fields)
    return f"The conversation is {record['state']}."
