"""LINE official accounts, Messaging API."""

from app.channels.line.adapter import Line

__all__ = ["Line"]
