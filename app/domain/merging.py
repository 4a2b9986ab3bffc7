"""Who may be merged into whom, and what a teammate has to agree to first.

Intercom merges a lead into a user only and there is no undo (REST 2.16, POST /contacts/merge). The role matrix is
data per API version, because Intercom changes it by version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from app.domain.contact import Contact
from app.domain.phone import read_stored, same_number

API_VERSION = "2.16"
MIN_REASON_LENGTH = 5


class Verdict(Enum):
    """What Intercom makes of a pair of roles: the contact in the panel, and the other one."""

    MERGE_THIS = "this one goes into the other"
    MERGE_OTHER = "the other one goes into this"
    PROMOTE_FIRST = "one of the two must become a user first"
    MOVE_INSTEAD = "two users cannot be merged"


@dataclass(frozen=True)
class ApiRules:
    """What one version of Intercom's REST API allows."""

    roles: Mapping[tuple[str, str], Verdict]
    needs_shared_identifier: bool
    """Without a shared email or phone the merge needs `skip_duplicate_validation`."""


RULES: Mapping[str, ApiRules] = {
    "2.16": ApiRules(
        roles={
            ("lead", "user"): Verdict.MERGE_THIS,
            ("user", "lead"): Verdict.MERGE_OTHER,
            ("lead", "lead"): Verdict.PROMOTE_FIRST,
            ("user", "user"): Verdict.MOVE_INSTEAD,
        },
        needs_shared_identifier=True,
    ),
}


class Consent(StrEnum):
    """What a teammate agrees to, each with a tick of its own. The value is what is stored."""

    IRREVERSIBLE = "irreversible"
    NOTHING_SHARED = "nothing_shared"
    PROMOTION = "promotion"


@dataclass(frozen=True)
class SharedIdentifier:
    """An identifier that both contacts carry: `kind` is email or phone."""

    kind: str
    value: str = field(repr=False)


@dataclass(frozen=True)
class MergeAllowed:
    """`lead` may go into `user`, once the teammate has given every consent in `consents`."""

    lead: Contact
    user: Contact
    shared: tuple[SharedIdentifier, ...]
    consents: frozenset[Consent]
    lead_is_shown: bool
    """The panel shows the lead; otherwise it shows the user, and the other contact disappears."""


@dataclass(frozen=True)
class PromotionNeeded:
    """Both are leads: one must become a user before the other can go into it."""

    this: Contact
    other: Contact


@dataclass(frozen=True)
class MoveInstead:
    """Both are users: a channel identity can move, the contacts stay apart."""

    this: Contact
    other: Contact


class RefusalCode(StrEnum):
    SAME_CONTACT = "same_contact"
    UNKNOWN_ROLE = "unknown_role"
    TEAMMATE_NOT_ALLOWED = "teammate_not_allowed"


@dataclass(frozen=True)
class Refused:
    """Never sent to Intercom. `contact` is the one that stands in the way, where there is one."""

    code: RefusalCode
    contact: Contact | None = None


Decision = MergeAllowed | PromotionNeeded | MoveInstead | Refused


def judge(this: Contact, other: Contact, *, country: str | None, version: str = API_VERSION) -> Decision:
    """Decide what may happen between the contact in the panel and the one that the teammate named.

    `country` is the workspace's default region for phones stored without a country code.
    """
    if this.id == other.id:
        return Refused(RefusalCode.SAME_CONTACT, this)
    rules = RULES[version]
    verdict = rules.roles.get((this.role, other.role))
    if verdict is None:
        return Refused(RefusalCode.UNKNOWN_ROLE, other if this.role in {"lead", "user"} else this)
    if verdict is Verdict.PROMOTE_FIRST:
        return PromotionNeeded(this, other)
    if verdict is Verdict.MOVE_INSTEAD:
        return MoveInstead(this, other)
    lead, user = (this, other) if verdict is Verdict.MERGE_THIS else (other, this)
    shared = shared_identifiers(lead, user, country=country)
    consents = {Consent.IRREVERSIBLE}
    if rules.needs_shared_identifier and not shared:
        consents.add(Consent.NOTHING_SHARED)
    return MergeAllowed(lead, user, shared, frozenset(consents), lead_is_shown=lead is this)


def shared_identifiers(one: Contact, two: Contact, *, country: str | None) -> tuple[SharedIdentifier, ...]:
    """The email and phones that both contacts carry, compared as addresses and as E.164 numbers."""
    shared = []
    if one.email and two.email and one.email.casefold() == two.email.casefold():
        shared.append(SharedIdentifier("email", two.email))
    if one.phone and two.phone:
        ours = read_stored(one.phone, region=country)
        theirs = read_stored(two.phone, region=country)
        both = [mine.e164 for mine in ours if any(same_number(mine.e164, yours) for yours in theirs)]
        shared.extend(SharedIdentifier("phone", number) for number in dict.fromkeys(both))
    return tuple(shared)


def missing_consents(allowed: MergeAllowed, given: frozenset[Consent], reason: str) -> frozenset[Consent]:
    """The consents still owed. Merging contacts that share nothing also needs a typed reason."""
    owed = set(allowed.consents - given)
    if Consent.NOTHING_SHARED in allowed.consents and len(reason.strip()) < MIN_REASON_LENGTH:
        owed.add(Consent.NOTHING_SHARED)
    return frozenset(owed)
