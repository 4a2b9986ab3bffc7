"""A merge as Kinbox remembers it: who asked, for whom, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.domain.contact import Contact
from app.domain.merging import Consent
from app.domain.redaction import readable
from app.domain.teammate import Teammate

CLAIM_LASTS = timedelta(seconds=15)
"""After this a merge that was asked for but never sent belongs to a process that died."""

SENDING_LASTS = timedelta(seconds=8)
"""After this nobody is waiting for Intercom's answer any more: longer than any request may take."""

SETTLES_WITHIN = timedelta(seconds=30)
"""How long Intercom may still be working on a call whose answer never came."""


class MergeState(StrEnum):
    ASKED = "asked"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"


LIVE = frozenset({MergeState.ASKED, MergeState.SENT, MergeState.IN_DOUBT})
"""States in which no other merge of the same lead may begin."""


@dataclass(frozen=True, kw_only=True)
class MergeOrder:
    """What a teammate confirmed: put `lead_id` into `user_id`."""

    workspace_id: str
    lead_id: str
    user_id: str
    teammate: Teammate
    conversation_id: str | None
    consents: frozenset[Consent]
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class MergeRecord:
    """One stored merge. The snapshots are contacts as Intercom served them right before, empty once they are gone.

    A team may have chosen that some of their fields are not kept.
    """

    id: str
    workspace_id: str
    lead_id: str
    user_id: str
    state: MergeState
    teammate: Teammate
    conversation_id: str | None
    asked_at: datetime
    sent_at: datetime | None = None
    finished_at: datetime | None = None
    verified_at: datetime | None = None
    failure: str | None = None
    lead_before: Mapping[str, Any] = field(default_factory=dict, repr=False)
    user_before: Mapping[str, Any] = field(default_factory=dict, repr=False)
    user_after: Mapping[str, Any] = field(default_factory=dict, repr=False)
    consents: tuple[str, ...] = ()
    """What the teammate agreed to, as `Consent` names it."""
    reason: str | None = field(default=None, repr=False)
    """How the teammate knows that both are one person, where nothing else says so."""
    request_id: str | None = None
    """Intercom's, where it matters for asking them."""

    @property
    def lead(self) -> Contact:
        """The lead as it was, as far as it is kept; at least its id and role."""
        return Contact.from_json({"id": self.lead_id, "role": "lead", **readable(self.lead_before)})

    @property
    def user(self) -> Contact:
        """The user as it was, or likewise."""
        return Contact.from_json({"id": self.user_id, "role": "user", **readable(self.user_before)})

    def is_abandoned(self, now: datetime) -> bool:
        """Asked for, never sent, and nobody can still be working on it."""
        return self.state is MergeState.ASKED and now - self.asked_at > CLAIM_LASTS

    def may_be_settled(self, now: datetime) -> bool:
        """Sent without a known outcome, and nobody waits for the answer: Intercom has to be looked at."""
        if self.state is MergeState.IN_DOUBT:
            return True
        return self.state is MergeState.SENT and self.sent_at is not None and now - self.sent_at > SENDING_LASTS

    def may_still_happen(self, now: datetime) -> bool:
        """Intercom may still carry the call out, so that nothing may be sent again."""
        return self.sent_at is not None and now - self.sent_at <= SETTLES_WITHIN
