"""Bring one stored message into the Intercom Inbox, on the right contact, once."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

from app.domain import matching
from app.domain.work import Dead, Done, Outcome, WaitUntil
from app.intercom.errors import (
    ContactMerged,
    Disconnected,
    Forbidden,
    IntercomError,
    NotServed,
    RateLimited,
    Refused,
)
from app.storage import conversation_links, senders
from app.storage.database import transaction
from app.storage.lanes import sender_of_lane
from app.usecases.bridge.afterwards import finish_conversation
from app.usecases.bridge.delivery import Delivery
from app.usecases.bridge.find_contact import write_attributes
from app.usecases.bridge.follow_merge import follow_merge
from app.usecases.bridge.link_contact import Linked, alias_of, link_contact, moved_to
from app.usecases.bridge.post_message import MediaNotReady, Prepared, post_message, prepare
from app.usecases.bridge.steps import StillInDoubt
from app.usecases.connection import wait_for_token

_MEDIA_WAIT = timedelta(seconds=10)
_MOST_DETOURS = 3
"""How often a contact may turn out to be gone within one delivery."""

_log = logging.getLogger("kinbox.bridge")


def deliver(delivery: Delivery) -> Outcome:
    """Match, link, post, and keep what was learnt. Retryable trouble becomes a wait; nothing is sent twice."""
    try:
        prepared = prepare(delivery)
        linked, conversation_id = _posted(delivery, prepared)
        finish_conversation(delivery, conversation_id)
        _keep(delivery, linked)
        _name(delivery, linked)
    except MediaNotReady:
        return WaitUntil(at=delivery.now() + _MEDIA_WAIT, code="media_not_ready")
    except StillInDoubt as doubt:
        return WaitUntil(at=doubt.at, code="in_doubt", counts=False)
    except RateLimited as limit:
        return WaitUntil(at=limit.reset_at, code="rate_limited", counts=False)
    except Disconnected:
        return wait_for_token(delivery.now())
    except (Refused, Forbidden) as refusal:
        _log.warning("message refused", extra={"event": delivery.event_id, "status": refusal.status})
        return Dead(f"intercom_{refusal.status}_{refusal.code or 'refused'}")
    return Done()


def _posted(delivery: Delivery, prepared: Prepared) -> tuple[Linked, str]:
    """Post, and find the way when the contact or the conversation is gone meanwhile."""
    linked = link_contact(delivery)
    for _ in range(_MOST_DETOURS):
        try:
            return linked, post_message(delivery, linked, prepared)
        except (Refused, NotServed, ContactMerged) as gone:
            if gone.status not in {404, 410}:
                raise
            linked = _found_again(delivery, linked)
    return linked, post_message(delivery, linked, prepared)


def _found_again(delivery: Delivery, linked: Linked) -> Linked:
    """Follow a merged contact, replace one that is no longer served, or leave a conversation that is gone."""
    try:
        contact = delivery.intercom.contact(linked.contact_id)
    except ContactMerged as merged:
        if merged.survivor_id is not None:
            follow_merge(delivery, linked.contact_id, merged.survivor_id)
            return moved_to(linked, write_attributes(delivery, merged.survivor_id) or merged.survivor_id)
        return link_contact(delivery, former=linked.contact_id)
    except NotServed:
        return link_contact(delivery, former=linked.contact_id)
    with transaction(write=True) as connection:
        conversation_links.leave(connection, linked.identity_id)
    delivery.steps.forget("conversation", "files", "reply")
    return replace(linked, role=contact.role)  # a lead may have become a user since we knew it


def _keep(delivery: Delivery, linked: Linked) -> None:
    """What the sidebar shows of the identity: its name, and when it wrote."""
    message = delivery.message
    with transaction(write=True) as connection:
        senders.heard_from(
            connection,
            linked.identity_id,
            at=delivery.written_at,
            display_name=message.sender_name,
            handle=message.sender_handle,
            phone=message.phone,
            bsuid=alias_of(message, sender_of_lane(delivery.lane)),
        )
        delivery.hold.secure(connection)


def _name(delivery: Delivery, linked: Linked) -> None:
    """A real name that came late replaces our own fallback, and never a name that a person typed."""
    name = delivery.message.sender_name
    if not name or not linked.nameless:
        return
    fallback = matching.fallback_name(delivery.channel.title, delivery.message.sender_id)
    try:
        if delivery.intercom.contact(linked.contact_id).name == fallback:
            delivery.intercom.update_contact(linked.contact_id, {"name": name})
    except IntercomError as error:
        _log.warning("name not written", extra={"event": delivery.event_id, "status": error.status})
