"""Facebook Messenger: messages to a Facebook page."""

from __future__ import annotations

from app.channels.messenger.adapter import MessengerAdapter

__all__ = ["MessengerAdapter"]
