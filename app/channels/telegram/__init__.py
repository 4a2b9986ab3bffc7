"""Telegram bots, Bot API 10.1."""

from app.channels.telegram.adapter import TelegramAdapter

__all__ = ["TelegramAdapter"]
