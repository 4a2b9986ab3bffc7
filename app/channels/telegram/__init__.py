"""Telegram bots, Bot API 10.1."""

from app.channels.telegram.adapter import Telegram

__all__ = ["Telegram"]
