"""TextMagic, API v2."""

from app.channels.textmagic.adapter import TextMagicAdapter

__all__ = ["TextMagicAdapter"]
