"""One teammate's click: the workspace, the connection to Intercom and the time that is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from app.deadline import Deadline
from app.domain.answers import Done, Gone, GoneReason, IntercomTrouble
from app.domain.contact import Contact
from app.domain.teammate import Teammate
from app.domain.workspace import Workspace
from app.intercom.client import Intercom
from app.intercom.errors import (
    ContactMerged,
    Disconnected,
    Forbidden,
    IntercomError,
    NotServed,
    RateLimited,
    TimedOut,
    Unavailable,
    Unreadable,
)
from app.intercom.regions import profile_url


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything that a use case behind the sidebar works with. One is made for each click."""

    workspace: Workspace
    intercom: Intercom
    teammate: Teammate
    conversation_id: str | None
    deadline: Deadline
    now: Callable[[], datetime] = utc_now

    def profile_url(self, contact_id: str) -> str:
        return profile_url(self.workspace.region, self.workspace.id, contact_id)

    def read(self, contact_id: str, *, is_panel_contact: bool = False) -> Contact | Gone | IntercomTrouble:
        """Read a contact from Intercom now, or say why it cannot be had."""
        try:
            return self.intercom.contact(contact_id)
        except ContactMerged as merged:
            return self.gone(contact_id, GoneReason.MERGED, merged.survivor_id, is_panel_contact=is_panel_contact)
        except NotServed:
            return self.gone(contact_id, GoneReason.NOT_SERVED, is_panel_contact=is_panel_contact)
        except IntercomError as error:
            return trouble(error)

    def read_pair(self, this_id: str, other_id: str) -> tuple[Contact, Contact] | Gone | IntercomTrouble:
        """Read the contact in the panel and the other one, or say which cannot be had."""
        this = self.read(this_id, is_panel_contact=True)
        if not isinstance(this, Contact):
            return this
        other = self.read(other_id)
        return (this, other) if isinstance(other, Contact) else other

    def gone(
        self, contact_id: str, reason: str, survivor_id: str | None = None, *, is_panel_contact: bool = False
    ) -> Gone:
        return Gone(
            contact_id=contact_id,
            reason=reason,
            survivor_id=survivor_id,
            survivor_url=self.profile_url(survivor_id) if survivor_id else None,
            is_panel_contact=is_panel_contact,
        )


def trouble(error: IntercomError) -> IntercomTrouble:
    """What a teammate should know about a call that failed."""
    if isinstance(error, RateLimited):
        return IntercomTrouble(code="rate_limited", wait_until=error.reset_at)
    return IntercomTrouble(code=trouble_code(error), done=Done.MAYBE if error.maybe_done else Done.NOTHING)


def trouble_code(error: IntercomError) -> str:
    codes: tuple[tuple[type[IntercomError], str], ...] = (
        (RateLimited, "rate_limited"),
        (Disconnected, "disconnected"),
        (Forbidden, "forbidden"),
        (TimedOut, "slow"),
        (Unavailable, "failing"),
        (Unreadable, "unreadable"),
    )
    return next((code for kind, code in codes if isinstance(error, kind)), "refused")
