"""Searches that every version of Intercom's API answers."""

from __future__ import annotations

from app.intercom.answers import ContactPage
from app.intercom.client import Intercom
from app.intercom.errors import Refused
from app.intercom.queries import Query


def search_with_phone(intercom: Intercom, query: Query, without_formatted_phone: Query) -> ContactPage:
    """Search with `formatted_phone`, which older versions do not know: they answer 400 and are asked without it.

    Raises IntercomError.
    """
    try:
        return intercom.search_contacts(query)
    except Refused as refusal:
        if refusal.status != 400:
            raise
        return intercom.search_contacts(without_formatted_phone)
