"""Times that providers write as text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from app.channels.reading import believed

_LOST_PLUS = re.compile(r"(?<=[\d.]) (?=\d\d:?\d\d$)")
"""The plus of an offset that arrived as a blank, for it was not escaped in a query. A time of day has seconds."""
_DIGITS = re.compile(r"\d{14}", re.ASCII)


def written_instant(value: Any, *, received_at: datetime) -> datetime | None:
    """An ISO 8601 or `YYYYMMDDhhmmss` text as aware UTC, read as UTC where it names no zone.

    None when unreadable or over a day ahead.
    """
    if not isinstance(value, str) or len(value) > 40:
        return None
    text = value.strip()
    try:
        if _DIGITS.fullmatch(text):
            return believed(datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC), received_at=received_at)
        repaired = _LOST_PLUS.sub("+", text) if text.count(":") >= 2 and "T" in text else text
        return believed(datetime.fromisoformat(repaired), received_at=received_at)
    except (ValueError, OverflowError):
        return None
