"""Where Telegram keeps files. Every URL holds the bot's token and must be shown to nobody."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from app.channels.base import Fetch, MediaPlan
from app.domain.message import Attachment

MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024
"""Bots may fetch no larger files. Source: Bot API, getFile (20 MB, the larger reading of it)."""
_HOSTS = frozenset({"api.telegram.org"})


def plan_download(attachment: Attachment, bot_token: str) -> MediaPlan | None:
    """getFile, then the path that it names. None without a token, and for files that Telegram would refuse."""
    too_large = (attachment.size_bytes or 0) > MAX_DOWNLOAD_BYTES
    if not bot_token or not attachment.media_id or too_large:
        return None
    token = quote(bot_token, safe=":")
    url = f"https://api.telegram.org/bot{token}/getFile?file_id={quote(attachment.media_id, safe='')}"
    return MediaPlan(first=Fetch(url=url, hosts=_HOSTS), then=lambda answer: _file(token, answer))


def _file(token: str, answer: Any) -> Fetch:
    path = answer["result"]["file_path"]
    if not isinstance(path, str) or ".." in path.split("/"):
        raise ValueError("Telegram's answer names no file")
    return Fetch(url=f"https://api.telegram.org/file/bot{token}/{quote(path)}", hosts=_HOSTS)
