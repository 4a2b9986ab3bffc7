"""What was done, as a sentence that begins with who did it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.counting import count
from app.domain.setting_table import TITLES
from app.storage.audit import AuditEntry

OPERATOR = "An operator at the command line"
KINBOX = "Kinbox"

_SENTENCES: Mapping[str, str] = {
    "merged": "merged the lead {lead_id} into this contact{moved}.",
    "merge_followed": "noticed that Intercom merged {from_id} into this contact, and moved what was linked{moved}.",
    "promoted": "made this lead a user.",
    "promotion_in_doubt": "asked to make this lead a user; Intercom’s answer was lost.",
    "unarchived": "restored this contact from Intercom’s archive.",
    "identity_moved": "moved a linked channel from contact {from_id} to this one.",
    "identity_moved_back": "moved a linked channel back from contact {from_id} to this one.",
    "identity_unlinked": "took a channel’s link off this contact.",
    "identity_linked_again": "put a channel’s link back on this contact.",
    "message_retried": "let event {event_id}, which had failed, be tried again.",
    "event_replayed": "let event {event_id}, which had failed, be tried again.",
    "payload_read": "looked at what was sent in event {event_id}.",
    "person_erased": "erased everything that was kept about this person ({why}).",
    "person_exported": "took everything that is kept about this person away as a file.",
    "setting_changed": "changed the setting “{title}” from {old} to {new}.",
    "merges_exported": "took all merges away as a file.",
    "links_exported": "took all links away as a file.",
    "links_imported": "imported links: {rows} rows, {new} new, {replaced} linked to another contact.",
    "channel_added": "added the channel {name} ({channel}).",
    "channel_renamed": "renamed the channel {name} to {new_name}.",
    "channel_secrets_rotated": "gave the channel {name} other secrets: {secrets}.",
    "channel_paused": "paused the channel {name}.",
    "channel_resumed": "let the paused channel {name} go on.",
    "installed": "installed Kinbox.",
    "installed_again": "installed Kinbox again.",
    "connected": "connected the workspace with an access token.",
    "uninstalled": "noticed that it was uninstalled, and forgot its access token. Messages wait.",
    "token_refused": "noticed that Intercom no longer accepts its access token. Messages wait.",
    "token_accepted_again": "noticed that Intercom accepts its access token again. Messages go on.",
    "signed_in": "signed in.",
    "sign_in_refused": "tried to sign in and was not let in: {refused}.",
    "channel_removed": "removed the channel {name} ({channel}).",
}
_REFUSED = {
    "email_not_verified": "their email is not verified in Intercom",
    "not_an_admin": "they are no admin of this workspace",
    "disconnected": "this workspace is not connected",
    "unavailable": "Intercom did not answer",
}
_BY_ITSELF = frozenset({"merge_followed", "token_refused", "token_accepted_again", "uninstalled"})
"""Actions that Kinbox takes when nobody is at it."""


def sentence(entry: AuditEntry) -> str:
    """`Rosa paused the channel Shop.` Plain text: what is quoted in it comes from people and has to be escaped."""
    if entry.by is not None:
        who = entry.by.name or f"Admin {entry.by.id}"
    else:
        who = KINBOX if entry.action in _BY_ITSELF or _followed_a_deletion(entry) else OPERATOR
    words = _SENTENCES.get(entry.action)
    if words is None:
        return f"{who}: {entry.action.replace('_', ' ')}."
    return f"{who} {words.format_map(_Facts(entry.details))}"


def _followed_a_deletion(entry: AuditEntry) -> bool:
    """Somebody deleted the contact in Intercom, and Kinbox erased the person here."""
    return entry.action == "person_erased" and entry.details.get("why") == "deleted"


class _Facts(dict[str, str]):
    """An entry's details as words; what an older version did not keep is told as not known."""

    def __init__(self, details: Mapping[str, Any]) -> None:
        super().__init__({key: _told(value) for key, value in details.items()})
        key = str(details.get("key", ""))
        self["title"] = TITLES.get(key, key)
        why = str(details.get("why", ""))
        self["refused"] = _REFUSED.get(why, why.replace("_", " "))
        moved = details.get("identities")
        number = len(moved) if isinstance(moved, list) else moved
        self["moved"] = f", with {count(number, 'linked channel')}" if number else ""

    def __missing__(self, key: str) -> str:
        return "(not known)"


def _told(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "none"
    return "none" if value is None else str(value)
