"""MessageBird, now Bird: the classic account, the Channels API and the platform of 2026."""

from app.channels.messagebird.adapter import MessageBirdAdapter

__all__ = ["MessageBirdAdapter"]
