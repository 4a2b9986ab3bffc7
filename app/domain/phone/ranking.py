"""Which of several contacts with one number comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.domain.contact import Contact
from app.domain.phone.stored import StoredPhone, read_stored, same_number


@dataclass(frozen=True)
class PhoneMatch:
    """A contact that holds the sender's number, and how it holds it."""

    contact: Contact
    stored: StoredPhone
    how: Literal["exact", "alias"]


def phone_matches(
    sender_e164: str, contacts: Iterable[Contact], *, region: str | None, priority: str = "latest"
) -> tuple[PhoneMatch, ...]:
    """The contacts that really hold the number, best first. What a search found proves nothing by itself.

    Exact before alias, without extension before with one, own country code before the workspace's; then the
    workspace's priority (`latest`, `user` or `lead`), and at last the oldest, so the answer never varies.
    """
    found = [match for contact in contacts if (match := _match(sender_e164, contact, region))]
    return tuple(sorted(found, key=lambda match: (*_closeness(match), *_preference(match.contact, priority))))


def _match(sender_e164: str, contact: Contact, region: str | None) -> PhoneMatch | None:
    formatted = contact.record.get("formatted_phone")
    phones = read_stored(
        contact.phone or "", region=region, formatted=formatted if isinstance(formatted, str) else None
    )
    held = [PhoneMatch(contact, phone, how) for phone in phones if (how := same_number(sender_e164, phone)) is not None]
    return min(held, key=_closeness, default=None)


def _closeness(match: PhoneMatch) -> tuple[bool, bool, bool]:
    return match.how != "exact", match.stored.has_extension, not match.stored.had_country_code


def _preference(contact: Contact, priority: str) -> tuple[bool, float, float, str]:
    unwanted = priority not in {"latest", contact.role}
    newest_first = -_seconds(contact.updated_at) if priority == "latest" else 0.0
    return unwanted, newest_first, _seconds(contact.created_at), contact.id


def _seconds(instant: datetime | None) -> float:
    return instant.timestamp() if instant else 0.0
