"""Look for contacts that share a phone, an email or a channel id with the one in the panel."""

from __future__ import annotations

from app.domain.answers import IntercomTrouble, MergeForm, Suggestion
from app.domain.contact import Contact
from app.domain.phone import read_stored
from app.domain.suggesting import channel_ids, suggest
from app.intercom.errors import IntercomError
from app.intercom.queries import Query, any_of, attribute_query, email_query, phone_query
from app.usecases.desk import Desk, trouble
from app.usecases.searching import search_with_phone


def suggest_contacts(desk: Desk, contact: Contact) -> MergeForm:
    """The merge form with what one search finds. Without an answer in time the form still works by hand."""
    queries = _queries(desk, contact, formatted_phone=True)
    if not queries:
        return MergeForm(contact, ())
    simpler = _queries(desk, contact, formatted_phone=False)
    return MergeForm(contact, _search(desk, contact, queries, simpler))


def _queries(desk: Desk, contact: Contact, *, formatted_phone: bool) -> list[Query]:
    settings = desk.workspace.settings
    queries = []
    if contact.phone:
        readings = read_stored(contact.phone, region=settings.country)[:1]
        queries += [phone_query(phone.e164, formatted_phone=formatted_phone) for phone in readings]
    if contact.email:
        queries.append(email_query(contact.email))
    ids = channel_ids(contact, prefix=settings.cda_prefix)
    queries += [attribute_query(name, value) for name, value in ids.items()]
    return queries


def _search(
    desk: Desk, contact: Contact, queries: list[Query], simpler: list[Query]
) -> tuple[Suggestion, ...] | IntercomTrouble:
    settings = desk.workspace.settings
    try:
        page = search_with_phone(desk.intercom, any_of(*queries), any_of(*simpler))
    except IntercomError as error:
        return trouble(error)
    return suggest(contact, page.contacts, country=settings.country, prefix=settings.cda_prefix)
