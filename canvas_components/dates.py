"""Dates and times as Intercom wants them in the Inbox. Source: Inbox best practices, "Dates and times".

A canvas is never refreshed by itself, so relative times ("5 minutes ago") go wrong while they are looked at.
"""

from __future__ import annotations

from datetime import datetime, tzinfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def canvas_date(when: datetime, zone: tzinfo | None = None) -> str:
    """`Mar 4, 2026`, in `zone` when one is given, in English. Raises ValueError without a time zone."""
    local = _local(when, zone)
    return f"{_MONTHS[local.month - 1]} {local.day}, {local.year}"


def canvas_time(when: datetime, zone: tzinfo | None = None) -> str:
    """`9:05AM`, in `zone` when one is given. Raises ValueError without a time zone."""
    local = _local(when, zone)
    return f"{local.hour % 12 or 12}:{local.minute:02}{'AM' if local.hour < 12 else 'PM'}"


def canvas_datetime(when: datetime, zone: tzinfo | None = None) -> str:
    """`Mar 4, 2026 at 9:05AM`, in `zone` when one is given. Raises ValueError without a time zone."""
    local = _local(when, zone)
    return f"{canvas_date(local)} at {canvas_time(local)}"


def _local(when: datetime, zone: tzinfo | None) -> datetime:
    if when.utcoffset() is None:
        raise ValueError("a time without a zone cannot be shown: say which zone it is in")
    return when if zone is None else when.astimezone(zone)
