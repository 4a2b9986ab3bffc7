"""Contacts as the page shows them, also those that Intercom no longer serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.sandbox.contact_records import render_contact
from app.sandbox.problems import ApiError
from app.sandbox.workspace import Workspace

Json = dict[str, Any]

_SHOWN = ("name", "email", "phone", "external_id", "created_at", "updated_at", "last_seen_at", "custom_attributes")
_SEARCHED = ("id", "name", "email", "phone", "external_id")
_GONE = {
    "archived": "It was archived. Intercom keeps it, but hides it from search and from apps.",
    "deleted": "It was deleted and cannot come back under this id.",
    "blocked": "It was blocked, so its messages no longer arrive.",
    "merged": "It was merged into another contact.",
}


def label(contact: Mapping[str, Any]) -> str:
    """The shortest text that tells who this is."""
    known = contact.get("name") or contact.get("email") or contact.get("phone")
    return str(known or f"Unnamed {contact.get('role', 'contact')}")


def person(contact: Mapping[str, Any], owners: Mapping[str, str] | None = None) -> Json:
    """A served contact for the page."""
    shown = {name: contact.get(name) for name in _SHOWN} | {"state": contact.get("_state", "active")}
    owner = (owners or {}).get(str(contact.get("owner_id")))
    return shown | {
        "id": contact["id"],
        "label": label(contact),
        "role": contact["role"],
        "owner": owner,
        "gone": None,
    }


def served(workspace: Workspace, contact_id: str) -> Json | None:
    """The contact as REST serves it, or None when it is not served."""
    try:
        return workspace.contact(contact_id)
    except ApiError:
        return None


def last_known(workspace: Workspace, contact_id: str) -> Json | None:
    """The contact as a panel that nobody reloaded still shows it: served or not."""
    raw = workspace.raw_contact(contact_id)
    return served(workspace, contact_id) or (None if raw is None else render_contact(raw))


def participant(workspace: Workspace, contact_id: str, owners: Mapping[str, str]) -> Json:
    """A participant for the page; `gone` says in a sentence why one is not served."""
    contact = served(workspace, contact_id)
    if contact is not None:
        return person(contact, owners)
    raw = workspace.raw_contact(contact_id) or {"id": contact_id, "role": "contact"}
    return person(raw) | {"gone": _GONE.get(str(raw.get("_state")), "Intercom knows nobody with this id.")}


def find(workspace: Workspace, query: str) -> list[Json]:
    """The served contacts that hold `query` in a name, email, phone or id, newest first."""
    wanted = query.casefold()
    return [person(contact) for contact in workspace.contacts() if _holds(contact, wanted)]


def _holds(contact: Mapping[str, Any], wanted: str) -> bool:
    return any(wanted in str(contact.get(name) or "").casefold() for name in _SEARCHED)


def owners(workspace: Workspace) -> dict[str, str]:
    return {str(admin["id"]): str(admin["name"]) for admin in workspace.admins()}
