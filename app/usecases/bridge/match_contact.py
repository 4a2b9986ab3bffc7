"""Find the contact of a sender: the stored link, what we know lately, then one search. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from app.domain import matching
from app.domain.channel import Channel
from app.domain.contact import Contact
from app.domain.identity import Match
from app.domain.matching import Found
from app.domain.workspace import Workspace
from app.intercom.client import Intercom
from app.intercom.errors import ContactMerged, NotServed, Refused
from app.intercom.queries import Query, attribute_query, exact_phone_query, phone_query
from app.storage import contact_states, known_contacts, redirects
from app.storage.database import transaction
from app.storage.lanes import Person
from app.storage.senders import KnownSender
from app.usecases.searching import search_with_phone

MOST_CANDIDATES = 5
"""How many may turn out to carry another phone or id by now before nobody is taken for the sender."""


def stored_link(workspace_id: str, known: KnownSender) -> Found | None:
    """The contact that this identity is linked to, redirects followed; None when they lead to one that was erased."""
    if known.contact_id is None:
        return None
    with transaction() as connection:
        contact_id = redirects.survivor(connection, workspace_id, known.contact_id)
        if contact_id != known.contact_id and contact_states.erased(connection, workspace_id, [contact_id]):
            return None
    return Found(contact_id, known.match or Match("stored"))


def find(
    intercom: Intercom,
    workspace: Workspace,
    channel: Channel,
    person: Person,
    *,
    since: datetime,
    without: Collection[str] = (),
    before_call: Callable[[], None] = lambda: None,
) -> Found | None:
    """Who the sender is, if nobody linked them: known since then, or else found by a search. Raises IntercomError.

    What was made or seen lately may have been edited meanwhile, and what was edited within the search's lag the search
    may not show yet: either is read from Intercom before it is believed. `without` names contacts that are out.
    """
    out = frozenset(without)
    for _ in range(MOST_CANDIDATES):
        found = known_lately(workspace, channel, person, since, without=out)
        is_fresh = False
        if found is None:
            before_call()
            found = search(intercom, workspace, channel, person, without=out)
            is_fresh = found is None or not _was_seen(workspace, found, since)
        if found is None or is_fresh:
            return found
        before_call()
        if _still_carries(intercom, workspace, channel, person, found):
            return found
        out |= {found.contact_id}
    return None


def _was_seen(workspace: Workspace, found: Found, since: datetime) -> bool:
    with transaction() as connection:
        return known_contacts.is_known(connection, workspace.id, found.contact_id, since)


def _still_carries(intercom: Intercom, workspace: Workspace, channel: Channel, person: Person, found: Found) -> bool:
    try:
        contact = intercom.contact(found.contact_id)
    except NotServed:
        return False
    except ContactMerged:
        return True  # whoever it was merged into is the same person
    return _choose(workspace, channel, person, (contact,), rule=found.match.rule) is not None


def known_lately(
    workspace: Workspace, channel: Channel, person: Person, since: datetime, *, without: Collection[str] = ()
) -> Found | None:
    """A contact that we made or saw since then: Intercom's search may not show it yet."""
    with transaction() as connection:
        if channel.identified_by == "phone":
            seen = known_contacts.with_phone(connection, workspace.id, person.phone, since) if person.phone else ()
        else:
            name = matching.id_attribute(workspace.settings.cda_prefix, channel.slug)
            seen = known_contacts.with_attribute(connection, workspace.id, name, person.sender_id, since)
    return _choose(workspace, channel, person, seen, rule="known_contact", without=without)


def search(
    intercom: Intercom, workspace: Workspace, channel: Channel, person: Person, *, without: Collection[str] = ()
) -> Found | None:
    """One search in Intercom, every hit checked here. `without` names contacts that are out. Raises IntercomError."""
    if channel.identified_by == "id":
        name = matching.id_attribute(workspace.settings.cda_prefix, channel.slug)
        found = _search_attribute(intercom, attribute_query(name, person.sender_id))
        return _choose(workspace, channel, person, found, rule="channel_id", without=without)
    if person.phone is None:
        return None
    phone = person.phone
    page = search_with_phone(intercom, phone_query(phone), phone_query(phone, formatted_phone=False))
    chosen = _choose(workspace, channel, person, page.contacts, rule="phone", without=without)
    if chosen is None and page.total > len(page.contacts):
        # Too wide a question for this number (repeated digits): the exact spellings decide.
        exact = intercom.search_contacts(exact_phone_query(phone)).contacts
        return _choose(workspace, channel, person, exact, rule="phone", without=without)
    return chosen


def search_new_lead(intercom: Intercom, name: str, prefix: str, channel: Channel) -> tuple[Contact, ...]:
    """Leads that were made for this channel under this name: for senders with nothing else to be found by."""
    query = {
        "operator": "AND",
        "value": [
            {"field": "name", "operator": "=", "value": name},
            {"field": "role", "operator": "=", "value": "lead"},
        ],
    }
    attribute = matching.channel_attribute(prefix)
    found = intercom.search_contacts(query).contacts
    return tuple(one for one in found if one.custom_attributes.get(attribute) == channel.slug and not one.phone)


def looked_for(channel: Channel, person: Person) -> str:
    """What was looked for, in words."""
    if channel.identified_by == "id":
        return f"no contact carries this {channel.title} id"
    return "no contact has this phone number" if person.phone else "this sender has no phone number to look for"


def _choose(
    workspace: Workspace,
    channel: Channel,
    person: Person,
    found: tuple[Contact, ...],
    *,
    rule: str,
    without: Collection[str] = (),
) -> Found | None:
    settings = workspace.settings
    with transaction() as connection:
        without = {*without, *contact_states.erased(connection, workspace.id, {one.id for one in found})}
    found = tuple(one for one in found if one.id not in without)
    if channel.identified_by == "phone":
        if person.phone is None:
            return None
        return matching.by_phone(person.phone, found, country=settings.country, priority=settings.priority, rule=rule)
    name = matching.id_attribute(settings.cda_prefix, channel.slug)
    return matching.by_channel_id(name, person.sender_id, found, priority=settings.priority, rule=rule)


def _search_attribute(intercom: Intercom, query: Query) -> tuple[Contact, ...]:
    try:
        return intercom.search_contacts(query).contacts
    except Refused as refusal:
        if refusal.status in {400, 422}:
            return ()  # the attribute does not exist yet, so nobody can carry it
        raise
