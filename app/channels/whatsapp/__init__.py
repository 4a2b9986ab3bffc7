"""WhatsApp through Meta's Cloud API."""

from __future__ import annotations

from app.channels.whatsapp.adapter import WhatsAppAdapter

__all__ = ["WhatsAppAdapter"]
