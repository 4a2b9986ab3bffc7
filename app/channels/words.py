"""What a teammate reads in place of something that cannot be shown: a place, a card."""

from __future__ import annotations

from app.domain.message import Attachment, Kind


def place(*names: str | None, latitude: str | None, longitude: str | None) -> Attachment:
    """`Harbour Shop, Pier 3 (44.8178, 20.4569)`, of as much of it as there is."""
    named = ", ".join(name for name in names if name)
    point = f"{latitude}, {longitude}" if latitude and longitude else ""
    told = f"{named} ({point})" if named and point else named or point
    return Attachment(kind=Kind.LOCATION, description=told or None)


def card(*parts: str | None) -> Attachment:
    """A contact card: `Ana Jović, +381 60 1234567`, of as much of it as there is."""
    return Attachment(kind=Kind.CONTACT, description=", ".join(part for part in parts if part) or None)
