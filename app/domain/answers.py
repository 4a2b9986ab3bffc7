"""What the use cases behind the sidebar answer. `app.sidebar` turns each into a canvas.

Whatever names a person is kept out of every repr: those end up in logs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.comparison import Comparison
from app.domain.contact import Contact
from app.domain.identity import LinkedIdentity
from app.domain.merging import Consent, MergeAllowed, MoveInstead, PromotionNeeded, Refused


@dataclass(frozen=True, kw_only=True)
class PastMerge:
    """A line of the merge history of a contact, or a merge that is still under way."""

    lead_id: str
    user_id: str
    state: str
    lead_label: str = field(repr=False)
    user_label: str = field(repr=False)
    by: str = field(repr=False)
    at: datetime


@dataclass(frozen=True)
class FailedLately:
    """How many messages could not be brought in. `code` is why, None where there are several reasons."""

    number: int
    code: str | None


@dataclass(frozen=True, kw_only=True)
class Home:
    """Everything the first screen tells about the contact in the panel."""

    contact: Contact
    profile_url: str | None
    timezone: str
    identities: tuple[LinkedIdentity, ...] = ()
    history: tuple[PastMerge, ...] = ()
    open_merge: PastMerge | None = None
    """A merge of this contact whose outcome is not known yet."""
    survivor_id: str | None = None
    """The contact that this one was merged into."""
    survivor_url: str | None = None
    survivor_label: str | None = field(default=None, repr=False)
    may_merge: bool = True
    connected: bool = True
    """False while the workspace has no access token that Intercom accepts."""
    has_channels: bool = True
    """False as long as nobody has added one; looked at only where no channel is linked."""
    failed: FailedLately | None = None
    gone: str | None = None
    """Why Intercom does not serve the contact any more: archived, blocked, deleted; or erased here. None: it does."""


@dataclass(frozen=True)
class Suggestion:
    """Somebody the teammate may have meant, and the reasons why we think so ("same phone +353 ...")."""

    contact: Contact
    reasons: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class MergeForm:
    """`suggestions` is what kept Intercom from telling them, when it could not be asked."""

    contact: Contact
    suggestions: tuple[Suggestion, ...] | IntercomTrouble


@dataclass(frozen=True)
class SeveralFound:
    """What the teammate typed fits more than one contact."""

    typed: str = field(repr=False)
    candidates: tuple[Suggestion, ...]


@dataclass(frozen=True)
class NobodyFound:
    """What the teammate typed fits no contact. `why` is a sentence; `missing_id` an Intercom id that is not served."""

    typed: str = field(repr=False)
    why: str


class GoneReason:
    """Why a contact cannot be used, as far as Intercom lets us know."""

    NOT_SERVED = "not_served"
    UNKNOWN = "unknown"
    DELETED = "deleted"
    BLOCKED = "blocked"
    MERGED = "merged"


@dataclass(frozen=True, kw_only=True)
class Gone:
    """Intercom does not serve this contact. `survivor_id` is where it went, when it was merged away."""

    contact_id: str
    reason: str
    survivor_id: str | None = None
    survivor_url: str | None = None
    is_panel_contact: bool = False


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Both contacts, read from Intercom just now, and what their merge would do."""

    allowed: MergeAllowed
    comparison: Comparison
    lead_url: str
    user_url: str


@dataclass(frozen=True)
class ConsentOwed:
    """The merge was not sent: the teammate has not agreed to everything that it needs."""

    allowed: MergeAllowed
    owed: frozenset[Consent]
    reason: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Merged:
    """The lead is part of the user now. `repaired` names the fields that Kinbox wrote because Intercom dropped them."""

    lead_label: str = field(repr=False)
    user_label: str = field(repr=False)
    user_id: str
    user_url: str
    by: str = field(repr=False)
    at: datetime
    verified: bool
    already: bool = False
    """It had been done before this click."""
    repaired: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    """Fields of the lead that the workspace does not keep, so that nobody knows whether they should have come along."""


@dataclass(frozen=True, kw_only=True)
class MergeUnderWay:
    """Another click, or another teammate, is sending this merge right now."""

    by: str = field(repr=False)
    same_pair: bool


@dataclass(frozen=True, kw_only=True)
class MergeInDoubt:
    """Intercom was asked and did not say how it ended. Nothing is sent again before that is known."""

    by: str = field(repr=False)
    since: datetime


@dataclass(frozen=True, kw_only=True)
class MergeFailed:
    """Nothing was merged. `code` says why; `retryable` whether trying again makes sense."""

    code: str
    retryable: bool
    wait_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PromotionOffered:
    """Two leads. Each may become the user; `email` and `external_id` say with which identifier it could."""

    needed: PromotionNeeded


@dataclass(frozen=True, kw_only=True)
class PromotionRefused:
    """The lead was not made a user. `holder_id` is the user who already has the identifier."""

    needed: PromotionNeeded
    promote_id: str
    code: str
    typed: str = field(default="", repr=False)
    holder_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class MoveOffered:
    """Two users: the identities of this one that could move to the other."""

    pair: MoveInstead
    identities: tuple[LinkedIdentity, ...]


@dataclass(frozen=True, kw_only=True)
class IdentityMoved:
    """A channel identity now belongs to another contact. It can be moved back."""

    identity: LinkedIdentity
    to_contact: Contact
    from_contact_id: str
    undone: bool = False


@dataclass(frozen=True)
class IdentityNotMoved:
    """Somebody moved it first; nothing was changed."""


class Done(StrEnum):
    """What had been changed when the trouble struck."""

    NOTHING = "nothing"
    MAYBE = "maybe"
    """A change was sent, and Intercom did not say whether it was made."""
    RESTORED = "restored"
    PROMOTED = "promoted"


@dataclass(frozen=True, kw_only=True)
class IntercomTrouble:
    """Intercom could not be asked, for the reason `code`."""

    code: str
    wait_until: datetime | None = None
    done: Done = Done.NOTHING


NamedContact = Compared | PromotionOffered | MoveOffered | SeveralFound | NobodyFound | Gone | Refused | IntercomTrouble
"""Where naming the other contact can lead."""

MergeOutcome = Merged | MergeUnderWay | MergeInDoubt | MergeFailed | ConsentOwed | Gone | Refused | IntercomTrouble
"""Where confirming a merge can lead."""
