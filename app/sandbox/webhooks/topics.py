"""Which changes Intercom notifies an app of. Source: developer documentation, webhook models."""

from __future__ import annotations

PING = "ping"
"""Always on."""
WANTED = frozenset(
    {
        "contact.merged",
        "contact.deleted",
        "contact.archived",
        "contact.unarchive",
        "contact.user.created",
        "contact.lead.created",
        "contact.user.updated",
        "contact.lead.updated",
        "contact.lead.signed_up",
        "conversation.admin.closed",
        "conversation.admin.opened",
        "conversation.admin.snoozed",
        "conversation.deleted",
        "conversation.contact.attached",
        "conversation.contact.detached",
    }
)
"""What Kinbox follows."""
KNOWN = WANTED | {
    PING,
    "contact.lead.added_email",
    "contact.email.updated",
    "contact.user.tag.created",
    "contact.user.tag.deleted",
    "contact.lead.tag.created",
    "contact.lead.tag.deleted",
    "conversation.user.created",
    "conversation.user.replied",
    "conversation.admin.replied",
    "conversation.admin.noted",
    "conversation.admin.assigned",
    "conversation.admin.unsnoozed",
    "conversation.read",
}
"""All that the sandbox can send."""
