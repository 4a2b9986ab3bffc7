"""Link a sender to their contact, and make a lead when nobody is found. One sender never yields two leads."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from app.domain import matching
from app.domain.clocks import CLOCKS_DIFFER_BY
from app.domain.contact import Contact
from app.domain.identity import Match
from app.domain.matching import Found
from app.domain.message import InboundMessage
from app.errors import AppError
from app.intercom.attributes import with_attributes
from app.intercom.errors import Forbidden, Refused
from app.storage import contact_states, identities, known_contacts, lanes, redirects, senders
from app.storage.database import transaction
from app.storage.lanes import Person, sender_of_lane
from app.storage.senders import KnownSender
from app.usecases.bridge import match_contact
from app.usecases.bridge.delivery import Delivery
from app.usecases.bridge.find_contact import attributes_of, find_contact, tell_refused, write_attributes
from app.usecases.bridge.steps import Looked, StillInDoubt

_log = logging.getLogger("kinbox.bridge")
_LOOK_AGAIN = timedelta(seconds=15)


@dataclass(frozen=True)
class Linked:
    """The identity, its contact, the contact's role where it is known, and whether the sender had no name so far."""

    identity_id: int
    contact_id: str
    role: str | None
    nameless: bool = False


def person_of(message: InboundMessage) -> Person:
    return Person(sender_id=message.sender_id, aliases=message.aliases, phone=message.phone)


def link_contact(delivery: Delivery, *, former: str | None = None) -> Linked:
    """The contact of this message's sender. `former` names a contact that Intercom no longer serves."""
    try:
        return _link_contact(delivery, former)
    except _ErasedMeanwhile as gone:
        return _link_contact(delivery, gone.contact_id)


class _ErasedMeanwhile(AppError):
    """The contact that was found was erased before the sender was linked to it: deleted in Intercom, or on request."""

    retryable = True

    def __init__(self, contact_id: str) -> None:
        super().__init__("The contact was erased while a message was on its way to it.")
        self.contact_id = contact_id


def _link_contact(delivery: Delivery, former: str | None) -> Linked:
    began_at = delivery.now()
    person = person_of(delivery.message)
    known = _sender(delivery, person)
    linked = match_contact.stored_link(delivery.workspace.id, known)
    if linked is not None and former is None:
        return _linked_before(delivery, known, linked)
    found = find_contact(delivery, person, former)
    return _save(delivery, known, found or _new_lead(delivery, person, former), began_at)


def _sender(delivery: Delivery, person: Person) -> KnownSender:
    """The row of who wrote. It is missing when the person was erased while this message was on its way in."""
    with transaction() as connection:
        known = senders.with_sender_id(connection, delivery.account_id, sender_of_lane(delivery.lane))
    if known is not None:
        return known
    kept_id = sender_of_lane(delivery.lane)
    stranger = replace(person, sender_id=kept_id, aliases=tuple(one for one in person.ids if one != kept_id))
    with transaction(write=True) as connection:
        lanes.remember(connection, delivery.workspace.id, delivery.account_id, stranger, delivery.now())
        delivery.hold.secure(connection)
    return _sender(delivery, person)


def _linked_before(delivery: Delivery, known: KnownSender, found: Found) -> Linked:
    """No search: but a contact who was last heard on another channel, or lost its channel id, gets it written down."""
    with transaction() as connection:
        carried = known_contacts.carried_by(connection, delivery.workspace.id, found.contact_id)
        last_channel = senders.last_channel(connection, delivery.workspace.id, found.contact_id)
    linked = Linked(known.id, found.contact_id, found.role or carried.role, nameless=not known.named)
    lost = any(carried.attributes.get(name, "") is None for name in attributes_of(delivery))
    if last_channel in {None, delivery.channel.slug} and not lost:
        return linked
    contact_id = write_attributes(delivery, found.contact_id)
    if lost and contact_id is not None:
        _written_again(delivery, contact_id)
    # One that is gone shows again when the message is posted, and is replaced then.
    return linked if contact_id in {None, found.contact_id} else moved_to(linked, str(contact_id))


def _written_again(delivery: Delivery, contact_id: str) -> None:
    with transaction(write=True) as connection:
        known_contacts.saw(
            connection,
            delivery.workspace.id,
            contact_id,
            role=None,
            phone=None,
            attributes=attributes_of(delivery),
            at=delivery.now(),
        )


def _new_lead(delivery: Delivery, person: Person, former: str | None) -> Found:
    name = delivery.message.sender_name or delivery.fetch_name(person.sender_id)
    fields = matching.lead_fields(
        name=name or matching.fallback_name(delivery.channel.title, person.sender_id),
        phone=person.phone,
        attributes=attributes_of(delivery),
    )

    def create() -> str:
        try:
            return with_attributes(delivery.intercom, fields, lambda: delivery.intercom.create_contact(fields)).id
        except (Refused, Forbidden) as refusal:
            tell_refused(delivery, refusal)
            bare = {key: value for key, value in fields.items() if key != "custom_attributes"}
            return delivery.intercom.create_contact(bare).id

    def look(intended_at: datetime) -> Looked:
        return _look_for_lead(delivery, person, str(delivery.steps.facts(step).get("name")), intended_at)

    step = f"lead instead of {former}" if former else "lead"
    contact_id = delivery.steps.once(step, create, look, facts={"name": fields["name"]})
    value = "the contact before is no longer served by Intercom" if former else None
    return Found(str(contact_id), Match("new_lead", value), "lead")


def _look_for_lead(delivery: Delivery, person: Person, name: str, intended_at: datetime) -> Looked:
    """A lead that may have been made appears in the search within its lag; until then nothing may be made again."""
    for contact in _candidates(delivery, person, name):
        if _could_be_ours(contact, intended_at):
            return Looked(contact.id)
    until = intended_at + delivery.search_lag
    now = delivery.now()
    if now < until:
        raise StillInDoubt(min(until, now + _LOOK_AGAIN))
    return Looked(None)


def _candidates(delivery: Delivery, person: Person, name: str) -> tuple[Contact, ...]:
    """By phone or channel id; somebody without either (a WhatsApp user name) by what the lead was called."""
    intercom, workspace, channel = delivery.intercom, delivery.workspace, delivery.channel
    if person.phone is None and channel.identified_by == "phone":
        return match_contact.search_new_lead(intercom, name, workspace.settings.cda_prefix, channel)
    found = match_contact.search(intercom, workspace, channel, person)
    return (intercom.contact(found.contact_id),) if found else ()


def _could_be_ours(contact: Contact, intended_at: datetime) -> bool:
    made_at = contact.created_at
    return contact.is_lead and made_at is not None and made_at >= intended_at - CLOCKS_DIFFER_BY


def _save(delivery: Delivery, known: KnownSender, found: Found, began_at: datetime) -> Linked:
    """Link the sender. What became of the contact since it was found is looked at in the same transaction.

    Raises Superseded when the sender was erased, and this message with them.
    """
    message, now = delivery.message, delivery.now()
    sender = identities.Sender(
        account_id=delivery.account_id,
        sender_id=known.sender_id,
        phone=message.phone,
        bsuid=alias_of(message, known.sender_id),
        handle=message.sender_handle,
        display_name=message.sender_name,
    )
    attributes: dict[str, Any] = dict(attributes_of(delivery))
    workspace_id = delivery.workspace.id
    with transaction(write=True) as connection:
        contact_id = redirects.settled(connection, workspace_id, found.contact_id)
        state = contact_states.get(connection, workspace_id, contact_id)
        if state is not None and _forbids(state, began_at):
            raise _ErasedMeanwhile(contact_id)
        contact_states.clear(connection, workspace_id, contact_id)
        identity_id = identities.link(
            connection,
            workspace_id,
            sender,
            contact_id,
            match=found.match.to_json(),
            at=now,
        )
        known_contacts.saw(
            connection,
            workspace_id,
            contact_id,
            role=found.role,
            phone=message.phone,
            attributes=attributes,
            at=now,
        )
        delivery.hold.secure(connection)
    linked = Linked(identity_id, found.contact_id, found.role)
    return linked if contact_id == found.contact_id else moved_to(linked, contact_id)


def _forbids(state: contact_states.State, began_at: datetime) -> bool:
    """Whether nobody may be linked to a contact that was found with a look that began then."""
    return state.state == contact_states.ERASED or (state.is_for_good and state.is_newer_than(began_at))


def alias_of(message: InboundMessage, kept_id: str) -> str | None:
    """The sender's other lasting id, beside the one under which they are kept; None where it is only the phone."""
    digits = (message.phone or "").lstrip("+")
    others = (one for one in (message.sender_id, *message.aliases) if one != kept_id)
    return next((one for one in others if not digits or not one.endswith(digits)), None)


def moved_to(linked: Linked, contact_id: str) -> Linked:
    """The same identity after its contact was merged into another; only users survive a merge."""
    return replace(linked, contact_id=contact_id, role="user")
