"""Intercom's clock and ours."""

from __future__ import annotations

from datetime import timedelta

CLOCKS_DIFFER_BY = timedelta(minutes=2)
"""A time that Intercom gave and one of ours, no further apart than this, may have been the other way round."""
