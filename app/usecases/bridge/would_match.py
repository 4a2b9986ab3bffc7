"""Who would match, for an operator who asks: the rules of the bridge in their order. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.domain.channel import Channel
from app.domain.matching import Found, Nobody
from app.domain.workspace import Workspace
from app.intercom.client import Intercom
from app.intercom.errors import ContactMerged, NotServed
from app.storage import senders
from app.storage.database import transaction
from app.storage.lanes import Person, identity_of
from app.usecases.bridge import match_contact


@dataclass(frozen=True)
class WouldMatch:
    """The answer to `who_would_match`, and the step that gave it.

    For a stored link `found.match` says how it came about. `left` is a stored link's contact that Intercom no longer
    serves, so that the sender would be matched anew.
    """

    found: Found | Nobody
    step: Literal["stored_link", "known_contact", "search"]
    left: str | None = None

    def rule(self, channel: Channel) -> str:
        """The rule that found somebody, in plain words. Empty when nobody was found."""
        if not isinstance(self.found, Found):
            return ""
        match = self.found.match
        if self.step == "stored_link":
            return f"stored link. This sender is linked to the contact already (rule then: {match.rule})."
        of = f"the {channel.title} id" if channel.identified_by == "id" else "the phone"
        if self.step == "known_contact":
            return f"known contact. Kinbox made or saw a contact with {of} {match.value} a moment ago."
        return f"{match.rule}. The contact has {of} {match.value}."


def who_would_match(
    intercom: Intercom,
    workspace: Workspace,
    channel: Channel,
    person: Person,
    *,
    account_id: int | None,
    now: datetime,
    lag: timedelta,
) -> WouldMatch:
    """The whole rule in order, for an operator who asks. Changes nothing. Raises IntercomError.

    Without an account it is answered for one that nobody has written to yet.
    """
    linked = _linked(workspace, account_id, person)
    served = _served(intercom, linked) if linked else None
    if served is not None:
        return WouldMatch(served, "stored_link")
    left = linked.contact_id if linked else None
    out = {left} if left else set()
    found = match_contact.find(intercom, workspace, channel, person, since=now - lag, without=out)
    if found is not None and found.match.rule == "known_contact":
        return WouldMatch(_served(intercom, found) or found, "known_contact", left)
    return WouldMatch(found or Nobody(match_contact.looked_for(channel, person)), "search", left)


def _linked(workspace: Workspace, account_id: int | None, person: Person) -> Found | None:
    if account_id is None:
        return None
    with transaction() as connection:
        identity_id = identity_of(connection, account_id, person)
        known = senders.get(connection, identity_id) if identity_id is not None else None
    return match_contact.stored_link(workspace.id, known) if known else None


def _served(intercom: Intercom, found: Found) -> Found | None:
    """The contact as Intercom has it now, or the one that it was merged into; None when it serves neither."""
    try:
        contact = intercom.contact(found.contact_id)
    except NotServed:
        return None
    except ContactMerged as merged:
        return Found(merged.survivor_id, found.match, "user") if merged.survivor_id else None
    return Found(contact.id, found.match, contact.role)
