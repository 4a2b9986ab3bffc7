"""Fetches what a channel's plan names, and nothing else: an attachment's bytes, a sender's name."""

from __future__ import annotations

from app.fetching.fetch import MAX_MEDIA_BYTES, Fetched, fetch, fetch_name
from app.fetching.refused import Reason, Refused

__all__ = ["MAX_MEDIA_BYTES", "Fetched", "Reason", "Refused", "fetch", "fetch_name"]
