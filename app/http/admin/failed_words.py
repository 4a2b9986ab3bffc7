"""Why an event failed, in words for an admin."""

from __future__ import annotations

from dataclasses import dataclass

from app.sidebar.reasons import failure
from app.storage.inbox import StoredEvent


@dataclass(frozen=True)
class Reason:
    """`line` for lists, `sentence` with what to do next."""

    line: str
    sentence: str


def reason(event: StoredEvent) -> Reason:
    """The words for the code under which the event was given up."""
    code = event.last_error or ""
    if "raw" in event.payload:
        return Reason(
            "The provider sent something unreadable",
            f"The call was authentic, but Kinbox could not read this part of it: {code or 'unreadable'}. Nothing is"
            " lost: it is stored as it came. Trying again helps only after an upgrade that can read it.",
        )
    return Reason(*failure(code))
