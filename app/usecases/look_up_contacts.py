"""Look whom Intercom serves: many contacts with one search, and each that it does not show by reading it alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.contact import Contact
from app.domain.reconciling import Code
from app.intercom.client import Intercom
from app.intercom.errors import ContactMerged, NotServed, Refused, Unreadable
from app.intercom.queries import ids_query

MOST_HOPS = 20
"""How long a chain of merges is followed; Intercom itself names the survivor of three."""
_NO_SUCH_QUERY = frozenset({400, 422})


@dataclass(frozen=True)
class Seen:
    """What became of a contact. `end_id` is who it is part of now: itself when it was merged into nobody.

    `merged` are the ids that were found merged away on the way to `end_id`, its own first. `contact` is the one at the
    end as Intercom serves it; where there is none, `code` says why.
    """

    end_id: str
    merged: tuple[str, ...] = ()
    contact: Contact | None = field(default=None, repr=False)
    code: Code | None = None


def search_by_id(intercom: Intercom, contact_ids: Sequence[str]) -> Mapping[str, Contact] | None:
    """Those of these contacts that Intercom's search shows, as it knows them: minutes old. None when it refuses."""
    try:
        found = intercom.search_contacts(ids_query(contact_ids), per_page=len(contact_ids)).contacts
    except Unreadable:
        return {}
    except Refused as refusal:
        if refusal.status not in _NO_SUCH_QUERY:
            raise
        return None
    return {contact.id: contact for contact in found}


def look(intercom: Intercom, contact_id: str, known_survivor: Callable[[str], str]) -> Seen:
    """Read one contact, and go along its merges until somebody is served.

    `known_survivor` is asked where Intercom does not say into whom a contact was merged; it answers the same id when
    nobody knows. Raises IntercomError.
    """
    current, merged = contact_id, list[str]()
    while len(merged) < MOST_HOPS:
        code: Code
        try:
            return Seen(current, tuple(merged), intercom.contact(current))
        except ContactMerged as gone:
            following, code = gone.survivor_id or known_survivor(current), "merged_nowhere"
        except NotServed:
            following, code = known_survivor(current), "not_served"
        if following == current:
            return Seen(current, tuple(merged), code=code)
        if following in {contact_id, *merged}:
            break
        merged.append(current)
        current = following
    return Seen(contact_id, code="merge_loop")
