"""What is done with a conversation once a message is in it: the tag, who it is for, and that it was seen.

None of it is worth losing the message for, and none is a reason to bring it in again.
"""

from __future__ import annotations

import logging
from datetime import datetime

from app.intercom.errors import Disconnected, IntercomError, RateLimited
from app.usecases.bridge.delivery import Delivery
from app.usecases.bridge.post_message import SETTLES_WITHIN, not_yet
from app.usecases.bridge.steps import Looked

_ASSIGN = "assign"
"""The step: an assignment shows in the conversation, so it is made once."""
_ASSIGN_TRIES = 3
"""How often an outage may hold up a conversation that is to be assigned, and with it its sender's next messages."""

_log = logging.getLogger("kinbox.bridge")


def finish_conversation(delivery: Delivery, conversation_id: str) -> None:
    """Tag and assign a conversation that this message started; mark it as seen after every message, as chosen.

    Raises RateLimited, Disconnected, StillInDoubt, and for a few tries what an outage raises: the message waits then.
    """
    if delivery.steps.outcome("conversation") == conversation_id:
        _tag(delivery, conversation_id)
        _assign(delivery, conversation_id)
    _mark_seen(delivery, conversation_id)


def _tag(delivery: Delivery, conversation_id: str) -> None:
    settings = delivery.workspace.settings
    if not settings.tag_conversations or delivery.steps.outcome("tag"):
        return
    conversations, name = (
        delivery.intercom.conversations,
        settings.tag_of(delivery.channel.slug, delivery.channel.title),
    )
    try:
        admin_id = delivery.find_admin()
        delivery.hold.check()
        conversations.tag(conversation_id, conversations.tag_id(name), admin_id)
    except RateLimited:
        raise
    except IntercomError as error:
        _warn("conversation not tagged", delivery, error)


def _assign(delivery: Delivery, conversation_id: str) -> None:
    """To whom the workspace says, unless somebody was faster."""
    assignee = delivery.workspace.settings.assignee
    if assignee is None:
        return
    conversations = delivery.intercom.conversations

    def assign() -> bool:
        conversations.assign(conversation_id, assignee.kind, assignee.id, delivery.find_admin())
        return True

    def look(intended_at: datetime) -> Looked:
        if conversations.read(conversation_id).is_assigned:
            return Looked(found=True)
        return not_yet(delivery, intended_at, SETTLES_WITHIN)

    try:
        delivery.steps.once(_ASSIGN, assign, look)
    except (RateLimited, Disconnected):
        raise
    except IntercomError as error:
        if (error.retryable or error.maybe_done) and delivery.attempts < _ASSIGN_TRIES:
            raise
        _warn("conversation not assigned", delivery, error)


def _mark_seen(delivery: Delivery, conversation_id: str) -> None:
    """After each message, since each makes the conversation unread again. Doing it twice changes nothing."""
    if not delivery.workspace.settings.mark_as_seen:
        return
    try:
        delivery.hold.check()
        delivery.intercom.conversations.mark_seen(conversation_id)
    except RateLimited:
        raise
    except IntercomError as error:
        _warn("conversation not marked as seen", delivery, error)


def _warn(what: str, delivery: Delivery, error: IntercomError) -> None:
    _log.warning(what, extra={"event": delivery.event_id, "status": error.status, "code": error.code})
