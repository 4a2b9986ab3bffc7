"""Two contacts side by side: what a merge keeps, takes over, loses and moves.

Attributes that are empty on the user are taken over from the lead; where both have a value the user's stays and the
lead's is lost (REST 2.16 and Intercom's help on merging). Conversations, notes, tags and companies move.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from app.domain.contact import Contact
from app.domain.phone import read_stored, same_number

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_FIELDS = (("name", "Name"), ("email", "Email"), ("phone", "Phone"), ("external_id", "External id"))


@dataclass(frozen=True)
class Row:
    """One field of the two contacts. Values are text as a teammate would read it, None where empty."""

    label: str = field(repr=False)
    lead_value: str | None = field(repr=False)
    user_value: str | None = field(repr=False)
    certain: bool = True
    """False where Intercom does not say whether it takes the value over."""


@dataclass(frozen=True)
class Comparison:
    """`stays`: the user's value remains. `taken`: the lead's value fills a gap. `lost`: the lead's value goes."""

    lead: Contact
    user: Contact
    stays: tuple[Row, ...]
    taken: tuple[Row, ...]
    lost: tuple[Row, ...]
    conversations: int | None
    """Conversations of the lead that move; None when Intercom could not be asked in time."""
    notes: int
    tags: int
    companies: int


def compare(lead: Contact, user: Contact, *, conversations: int | None, country: str | None = None) -> Comparison:
    """Sort every field that either contact fills into what stays, what is taken over and what is lost.

    `country` is the workspace's region for phones without a country code: one number in two spellings is no loss.
    """
    rows = _rows(lead, user)
    return Comparison(
        lead=lead,
        user=user,
        stays=tuple(row for row in rows if row.user_value is not None),
        taken=tuple(row for row in rows if row.user_value is None),
        lost=tuple(row for row in rows if None not in (row.user_value, row.lead_value) and not _same(row, country)),
        conversations=conversations,
        notes=lead.note_count,
        tags=lead.tag_count,
        companies=lead.company_count,
    )


def _rows(lead: Contact, user: Contact) -> list[Row]:
    rows = []
    for name, label in _FIELDS:
        mine, yours = getattr(lead, name), getattr(user, name)
        if name == "external_id" and mine and _UUID.fullmatch(mine):
            mine = None  # Intercom gives every lead a UUID of its own: nothing that a teammate could lose
        # Intercom does not describe what happens to identifiers, only to attributes.
        rows.append(Row(label, mine, yours, certain=name not in {"email", "external_id"}))
    names = sorted({*lead.custom_attributes, *user.custom_attributes})
    rows += [Row(name, _shown(lead, name), _shown(user, name)) for name in names]
    return [row for row in rows if row.lead_value is not None or row.user_value is not None]


def _shown(contact: Contact, attribute: str) -> str | None:
    value: Any = contact.custom_attributes.get(attribute)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int | float):
        return str(value)
    return None  # null, or a linked object that is not a value of the contact


def _same(row: Row, country: str | None) -> bool:
    mine, yours = row.lead_value or "", row.user_value or ""
    if row.label == "Phone":
        ours, theirs = read_stored(mine, region=country), read_stored(yours, region=country)
        return any(same_number(one.e164, other) for one in ours for other in theirs)
    return mine.casefold() == yours.casefold()
