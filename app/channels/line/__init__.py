"""LINE official accounts, Messaging API."""

from app.channels.line.adapter import LineAdapter

__all__ = ["LineAdapter"]
