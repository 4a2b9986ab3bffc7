"""Conversations as the page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.sandbox.problems import ApiError
from app.sandbox.workbench import files, people
from app.sandbox.workbench.plain_body import plain_body
from app.sandbox.workbench.refusals import Refused
from app.sandbox.workspace import Workspace

Json = dict[str, Any]

CHANNELS = {
    "conversation": "Chat",
    "email": "Email",
    "facebook": "Messenger",
    "instagram": "Instagram",
    "line": "LINE",
    "messenger": "Messenger",
    "phone_call": "Phone",
    "phone_switch": "Phone",
    "sms": "SMS",
    "telegram": "Telegram",
    "viber": "Viber",
    "wechat": "WeChat",
    "whatsapp": "WhatsApp",
}
_BRIDGED = frozenset(CHANNELS.values())
"""How bridges tag the conversations that they start."""
_SPOKEN = {"comment", "note", "quick_reply", "open", "assignment", "close"}
_EVENTS = {
    "close": "closed the conversation",
    "open": "opened the conversation",
    "snoozed": "snoozed the conversation",
    "unsnoozed": "unsnoozed the conversation",
    "assignment": "assigned the conversation",
    "away_mode_assignment": "assigned the conversation",
    "participant_added": "added somebody to the conversation",
    "participant_removed": "removed somebody from the conversation",
}


def find(workspace: Workspace, query: str, state: str) -> list[Json]:
    """The conversations in that state ("" for all) that hold `query` in a name or a message, newest first."""
    wanted = query.casefold()
    people_shown: dict[str, Json] = {}
    found = []
    for conversation in workspace.list_conversations():
        if state in {"", conversation["state"]} and _holds(workspace, conversation, wanted, people_shown):
            found.append(_summary(workspace, conversation, people_shown))
    return found


def read(workspace: Workspace, conversation_id: str) -> Json:
    """One conversation with its thread and participants. Raises Refused 404."""
    conversation = get(workspace, conversation_id)
    owners = people.owners(workspace)
    shown = [people.participant(workspace, contact_id, owners) for contact_id in contact_ids(conversation)]
    summary = _summary(workspace, conversation, {contact["id"]: contact for contact in shown})
    assignee = owners.get(str(conversation.get("admin_assignee_id")))
    return summary | {
        "participants": shown,
        "assignee": assignee,
        "parts": [_part(message, first=index == 0) for index, message in enumerate(_messages(conversation))],
    }


def get(workspace: Workspace, conversation_id: str) -> Json:
    """The REST object. Raises Refused 404."""
    try:
        return workspace.conversation(conversation_id)
    except ApiError:
        raise Refused(404, f"There is no conversation {conversation_id} in this sandbox.") from None


def contact_ids(conversation: Mapping[str, Any]) -> list[str]:
    return [str(contact["id"]) for contact in conversation["contacts"]["contacts"]]


def _summary(workspace: Workspace, conversation: Json, known: dict[str, Json]) -> Json:
    ids = contact_ids(conversation)
    spoken = [text for message in _messages(conversation) if (text := plain_body(message["body"]))]
    return {
        "id": conversation["id"],
        "channel": _channel(conversation),
        "state": conversation["state"],
        "updated_at": conversation["updated_at"],
        "snippet": spoken[-1].replace("\n", " ")[:160] if spoken else "",
        "contact": _known(workspace, ids[0], known) if ids else {"id": "", "label": "Nobody", "role": ""},
    }


def _channel(conversation: Json) -> str:
    """What Intercom calls a chat may have come over a bridge: then a tag names the channel."""
    kind = conversation["source"]["type"]
    tags = [str(tag["name"]) for tag in conversation["tags"]["tags"]]
    bridged = next((name for name in tags if name in _BRIDGED), None) if kind == "conversation" else None
    return bridged or CHANNELS.get(kind, kind)


def _known(workspace: Workspace, contact_id: str, known: dict[str, Json]) -> Json:
    if contact_id not in known:
        known[contact_id] = people.participant(workspace, contact_id, {})
    return known[contact_id]


def _holds(workspace: Workspace, conversation: Json, wanted: str, known: dict[str, Json]) -> bool:
    if not wanted:
        return True
    shown = [_known(workspace, contact_id, known) for contact_id in contact_ids(conversation)]
    names = [contact.get(name) for contact in shown for name in ("label", "email", "phone")]
    texts = [plain_body(message["body"]) for message in _messages(conversation)]
    return any(wanted in str(text or "").casefold() for text in (*names, *texts))


def _messages(conversation: Json) -> list[Json]:
    """The first message and the parts after it, oldest first."""
    source = {**conversation["source"], "part_type": "comment", "created_at": conversation["created_at"]}
    parts: list[Json] = conversation["conversation_parts"]["conversation_parts"]
    return [source, *parts]


def _part(message: Json, *, first: bool) -> Json:
    author, kind = message["author"], str(message["part_type"])
    text = plain_body(message["body"])
    attachments = [files.attachment(item) for item in message["attachments"]]
    spoken = first or kind in {"comment", "note", "quick_reply"} or bool(text and kind in _SPOKEN)
    by_teammate = author["type"] in {"admin", "bot", "team"}
    return {
        "kind": "note" if kind == "note" else "message" if spoken or attachments else "event",
        "from": "admin" if by_teammate else "contact",
        "author": {"id": str(author.get("id") or ""), "label": people.label(author | {"role": author["type"]})},
        "text": text if spoken else _EVENTS.get(kind, kind.replace("_", " ")),
        "at": message["created_at"],
        "attachments": attachments,
    }
