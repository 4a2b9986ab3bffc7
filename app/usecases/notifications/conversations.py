"""A conversation was closed, opened, snoozed, deleted, or somebody was taken out of it: keep the link to it true."""

from __future__ import annotations

from app.domain.work import Done, Outcome
from app.intercom.conversations import Conversation
from app.intercom.errors import Refused
from app.storage import conversation_links, redirects
from app.storage.conversation_links import ConversationOf
from app.storage.database import transaction
from app.usecases.notifications.case import Case
from app.usecases.notifications.standing import settle


def settle_conversation(case: Case, conversation_id: str) -> Outcome:
    """Read the conversation, and keep whether it is open, and whether its people are still in it."""
    began_at = case.now()
    case.hold.check()
    try:
        conversation = case.intercom.conversations.read(conversation_id)
    except Refused as refusal:
        if refusal.status != 404:
            raise
        with transaction(write=True) as connection:
            conversation_links.leave_all(connection, case.workspace.id, conversation_id)
        return Done()
    with transaction() as connection:
        links = conversation_links.of_conversation(connection, case.workspace.id, conversation_id)
    left = [link.identity_id for link in links if not _takes_part(case, link, conversation)]
    with transaction(write=True) as connection:
        for identity_id in left:
            conversation_links.leave(connection, identity_id, conversation_id=conversation_id)
        conversation_links.saw_state(
            connection,
            case.workspace.id,
            conversation_id,
            state=conversation.state,
            closed_at=conversation.closed_at if conversation.state == "closed" else None,
            unless_after=began_at,
        )
    return Done()


def _takes_part(case: Case, link: ConversationOf, conversation: Conversation) -> bool:
    """Whether the contact, or the one that it was merged into, is in the conversation. In doubt it is."""
    if conversation.contact_ids is None or link.contact_id in conversation.contact_ids:
        return True
    with transaction() as connection:
        known = redirects.survivor(connection, case.workspace.id, link.contact_id)
    if known in conversation.contact_ids:
        return True
    # Its merge may not have been told here yet.
    return settle(case, known).end_id in conversation.contact_ids
