"""Instagram messaging: direct messages to a professional account."""

from __future__ import annotations

from app.channels.instagram.adapter import InstagramAdapter

__all__ = ["InstagramAdapter"]
