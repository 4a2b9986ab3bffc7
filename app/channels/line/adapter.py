"""LINE: many events of many people in one call, signed with the channel secret."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import quote

from app.channels.base import Adapter, Fetch, MediaPlan, Parsed, ProfilePlan, RawCall, Secret
from app.channels.line.events import read_events
from app.channels.line.setup import SETUP
from app.channels.reading import json_object, obj, text_of
from app.channels.signing import hmac_sha256, require_same
from app.domain.message import Attachment


class LineAdapter(Adapter):
    slug = "line"
    title = "LINE"
    provider = "LINE Messaging API"
    address_hint = "the bot's own user id: U and 32 hex digits, from GET /v2/bot/info"
    setup = SETUP
    secrets = (
        Secret(name="channel_secret", hint="LINE Developers console, Basic settings"),
        Secret(
            name="channel_access_token",
            hint="LINE Developers console, Messaging API; needed for names and files",
            required=False,
        ),
    )
    identified_by = "id"
    keeps_id = True

    def verify(self, call: RawCall) -> None:
        wanted = b64encode(hmac_sha256(self.secret("channel_secret"), call.body)).decode("ascii")
        require_same(wanted, call.header("x-line-signature"))

    def parse(self, call: RawCall) -> Parsed:
        return read_events(json_object(call.body), received_at=call.received_at)

    def media(self, attachment: Attachment) -> MediaPlan | None:
        """LINE answers 202 without the file while it still converts a video or a voice message."""
        if not attachment.media_id:
            return None
        fetch = self._get("api-data.line.me", f"message/{quote(attachment.media_id, safe='')}/content")
        return MediaPlan(first=fetch) if fetch else None

    def profile(self, sender_id: str) -> ProfilePlan | None:
        fetch = self._get("api.line.me", f"profile/{quote(sender_id, safe='')}")
        return ProfilePlan(fetch=fetch, name=_display_name) if fetch else None

    def _get(self, host: str, path: str) -> Fetch | None:
        """None where the operator gave no token."""
        token = self.secret("channel_access_token")
        if not token:
            return None
        headers = {"Authorization": f"Bearer {token}"}
        return Fetch(url=f"https://{host}/v2/bot/{path}", hosts=frozenset({host}), headers=headers)


def _display_name(answer: Any) -> str | None:
    name = text_of(obj(answer), "displayName")
    return name if name and name.strip() else None
