"""What can go wrong when Kinbox calls Intercom, named for the fault.

Two flags tell a caller what to do next: `retryable` (the same call may succeed later and does no harm) and
`maybe_done` (a write may have taken effect: look before doing it again).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from app.errors import AppError

MergeRefusal = Literal["roles", "no_shared_identifier", "other"]
RestoreRefusal = Literal["deleted", "merged", "blocked", "other"]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What an error answer said. `message` may name people, so it stays out of every text made here."""

    status: int | None = None
    code: str | None = None
    request_id: str | None = None
    message: str = field(default="", repr=False)

    def __str__(self) -> str:
        named = (("status", self.status), ("code", self.code), ("request", self.request_id))
        told = ", ".join(f"{name} {value}" for name, value in named if value is not None)
        return f" ({told})" if told else ""


NO_FACTS = Facts()


class IntercomError(AppError):
    """A call to Intercom that did not do what it should."""

    sentence: ClassVar[str] = "Intercom could not do what was asked."
    maybe_done: bool = False
    """A write was on its way and may have taken effect. Never true for a read."""

    def __init__(self, facts: Facts = NO_FACTS) -> None:
        super().__init__(f"{self.sentence}{facts}")
        self.facts = facts
        self.status = facts.status
        self.code = facts.code
        self.request_id = facts.request_id
        self.message = facts.message


class Refused(IntercomError):
    """A 4xx answer with no name of its own. Nothing was changed."""

    sentence = "Intercom refused the request."


class Disconnected(IntercomError):
    """401: the access token is wrong, revoked or expired. `code` tells which."""

    sentence = "Intercom no longer accepts this workspace's access token. Connect the workspace again."


class Forbidden(IntercomError):
    """403: the token is good, but the app lacks a permission or the workspace's plan lacks this."""

    sentence = "Intercom does not allow this app to do that. Check the app's permissions and the plan."


class NotServed(IntercomError):
    """404 on a contact: unknown, archived, deleted, blocked or of another workspace."""

    sentence = "Intercom does not serve this contact."


class ContactMerged(IntercomError):
    """410: the contact was merged away. `survivor_id` is None when the answer does not name it readably."""

    sentence = "This contact was merged into another one."

    def __init__(self, survivor_id: str | None, facts: Facts = NO_FACTS) -> None:
        super().__init__(facts)
        self.survivor_id = survivor_id


class Conflict(IntercomError):
    """409: another contact (`contact_id`, if the answer names it) holds this external id or email."""

    sentence = "Another contact already has this external id or email."

    def __init__(self, contact_id: str | None, facts: Facts = NO_FACTS, *, archived: bool) -> None:
        super().__init__(facts)
        self.contact_id = contact_id
        self.archived = archived


class InvalidMerge(IntercomError):
    """400 `invalid_merge`, one code of two meanings told apart by `reason`."""

    sentence = "Intercom does not merge these two contacts."

    def __init__(self, reason: MergeRefusal, facts: Facts = NO_FACTS) -> None:
        super().__init__(facts)
        self.reason = reason


class ExternalLead(IntercomError):
    """The lead came through one of Intercom's own channels; Intercom keeps apps from merging those."""

    sentence = "Intercom does not let apps merge leads of its own channels."


class FacebookContact(IntercomError):
    """A contact of Intercom's Facebook channel cannot be merged."""

    sentence = "Intercom does not merge Facebook contacts."


class NotRestorable(IntercomError):
    """The archived contact cannot come back, for `reason`."""

    sentence = "Intercom cannot restore this contact."

    def __init__(self, reason: RestoreRefusal, facts: Facts = NO_FACTS) -> None:
        super().__init__(facts)
        self.reason = reason


class RateLimited(IntercomError):
    """429. Nothing was changed; the same call may be sent again at `reset_at` (aware UTC)."""

    sentence = "Intercom's rate limit is reached."
    retryable = True

    def __init__(self, reset_at: datetime, facts: Facts = NO_FACTS) -> None:
        super().__init__(facts)
        self.reset_at = reset_at


class Unavailable(IntercomError):
    """A 5xx or 408 answer, or none at all. `sent` is False only when surely not one byte reached Intercom."""

    sentence = "Intercom is not available."

    def __init__(self, facts: Facts = NO_FACTS, *, sent: bool, write: bool) -> None:
        super().__init__(facts)
        self.sent = sent
        self.maybe_done = sent and write
        self.retryable = not self.maybe_done


class TimedOut(Unavailable):
    """Intercom did not answer within the time that the work has."""

    sentence = "Intercom did not answer in time."


class Unreadable(IntercomError):
    """A success answer that is not what Intercom documents: no JSON, too large, another contact."""

    sentence = "Intercom's answer could not be read."

    def __init__(self, facts: Facts = NO_FACTS, *, write: bool) -> None:
        super().__init__(facts)
        self.maybe_done = write
