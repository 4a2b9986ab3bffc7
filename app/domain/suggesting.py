"""Which contacts a teammate may have meant, and why: a hint that is shown, never a merge by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.domain.answers import Suggestion
from app.domain.contact import Contact
from app.domain.merging import shared_identifiers

MAX_SUGGESTIONS = 8


def channel_attributes(contact: Contact, *, prefix: str) -> Mapping[str, str]:
    """The attributes that Kinbox keeps on a contact (`<prefix>_...`), without the empty ones."""
    return {
        name: str(value)
        for name, value in contact.custom_attributes.items()
        if name.startswith(f"{prefix}_") and isinstance(value, str | int) and str(value).strip()
    }


def channel_ids(contact: Contact, *, prefix: str) -> Mapping[str, str]:
    """The channel ids among them, by attribute name: `<prefix>_<channel>_id` -> id."""
    kept = channel_attributes(contact, prefix=prefix)
    return {name: value for name, value in kept.items() if name.endswith("_id")}


def reasons_for(this: Contact, other: Contact, *, country: str | None, prefix: str) -> tuple[str, ...]:
    """Why `other` may be the person in the panel, each as a few words. Empty when nothing is shared."""
    reasons = [f"same {shared.kind} {shared.value}" for shared in shared_identifiers(this, other, country=country)]
    mine, theirs = channel_ids(this, prefix=prefix), channel_ids(other, prefix=prefix)
    for name, value in mine.items():
        if theirs.get(name) == value:
            channel = name.removeprefix(f"{prefix}_").removesuffix("_id")
            reasons.append(f"same {channel.capitalize()} id {value}")
    return tuple(reasons)


def suggest(this: Contact, found: Iterable[Contact], *, country: str | None, prefix: str) -> tuple[Suggestion, ...]:
    """Rank the contacts that share something with `this`: those it can be merged with first, then newest first."""
    suggestions = []
    for other in found:
        reasons = reasons_for(this, other, country=country, prefix=prefix)
        if other.id != this.id and reasons:
            suggestions.append(Suggestion(other, reasons))
    suggestions.sort(key=lambda hint: (hint.contact.role == this.role, -len(hint.reasons), -_newest(hint.contact)))
    return tuple(suggestions[:MAX_SUGGESTIONS])


def _newest(contact: Contact) -> float:
    return contact.updated_at.timestamp() if contact.updated_at else 0.0
