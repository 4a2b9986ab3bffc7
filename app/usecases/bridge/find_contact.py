"""Find who a new sender is: known lately or found by a search, served by Intercom, and now with our attributes."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from app.domain import matching
from app.domain.matching import Found
from app.intercom.errors import IntercomError
from app.storage.lanes import Person
from app.usecases import contact_attributes
from app.usecases.bridge import match_contact
from app.usecases.bridge.delivery import Delivery
from app.usecases.bridge.follow_merge import follow_merge

_log = logging.getLogger("kinbox.bridge")


def find_contact(delivery: Delivery, person: Person, former: str | None) -> Found | None:
    """Somebody whom Intercom serves. `former` names a contact that it does not serve any more."""
    without = frozenset({former} if former else ())
    for _ in range(match_contact.MOST_CANDIDATES):
        found = match_contact.find(
            delivery.intercom,
            delivery.workspace,
            delivery.channel,
            person,
            since=delivery.now() - delivery.search_lag,
            without=without,
            before_call=delivery.hold.check,
        )
        if found is None:
            return None
        contact_id = write_attributes(delivery, found.contact_id)
        if contact_id is not None and contact_id not in without:
            return found if contact_id == found.contact_id else replace(found, contact_id=contact_id, role="user")
        without |= {found.contact_id}
    return None


def attributes_of(delivery: Delivery) -> Mapping[str, str]:
    prefix = delivery.workspace.settings.cda_prefix
    return matching.kept_attributes(prefix, delivery.channel, delivery.message.sender_id)


def write_attributes(delivery: Delivery, contact_id: str) -> str | None:
    """Write what Kinbox keeps on the contact, or on the one that it was merged into: the id of who has it now.

    None when Intercom serves neither.
    """
    written = contact_attributes.write_attributes(
        delivery.intercom,
        contact_id,
        attributes_of(delivery),
        check=delivery.hold.check,
        follow=partial(follow_merge, delivery),
    )
    if written.refused is not None:
        tell_refused(delivery, written.refused)
    return written.contact_id


def tell_refused(delivery: Delivery, refusal: IntercomError) -> None:
    """An attribute that was archived, or may not be made, is an aid less: the message comes first."""
    _log.warning("attributes not written", extra={"event": delivery.event_id, "status": refusal.status})
