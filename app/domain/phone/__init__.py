"""Phone numbers: read what providers send and what contacts hold, and tell whether two are the same.

A number is E.164 text everywhere. Its length decides whether it is one; known ranges only decide between two
readings of the same digits: new and fictitious ranges are numbers too.
"""

from __future__ import annotations

from app.domain.phone.aliases import aliases
from app.domain.phone.ranking import PhoneMatch, phone_matches
from app.domain.phone.sender import read_sender
from app.domain.phone.stored import StoredPhone, read_stored, same_number

__all__ = [
    "PhoneMatch",
    "StoredPhone",
    "aliases",
    "phone_matches",
    "read_sender",
    "read_stored",
    "same_number",
]
