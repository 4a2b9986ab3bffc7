"""The adapter of MessageBird, now Bird."""

from __future__ import annotations

from app.channels.base import Adapter, Fetch, MediaPlan, Parsed, RawCall, Reply, Secret
from app.channels.fields import fields, one_message
from app.channels.hosts import https_at
from app.channels.messagebird.channels_api import (
    channels_message,
    inner,
    is_channels_message,
    looks_like_channels_api,
)
from app.channels.messagebird.classic import ClassicFields
from app.channels.messagebird.platform import (
    is_platform_message,
    looks_like_platform,
    platform_id,
    platform_message,
)
from app.channels.messagebird.setup import SETUP
from app.channels.messagebird.signature import require_signature
from app.channels.numbers import is_number_of
from app.channels.reading import text_of
from app.domain.message import Attachment

_MEDIA_HOSTS = frozenset({".messagebird.com", ".bird.com"})


class MessageBirdAdapter(Adapter):
    """One number of a classic MessageBird account, of Bird's Channels API, or of Bird's platform of 2026."""

    slug = "messagebird"
    title = "SMS"
    provider = "MessageBird / Bird"
    address_hint = "the number that customers text, as +E.164"
    setup = SETUP
    secrets = (
        Secret(
            name="signing_key",
            hint="MessageBird dashboard, Developers, Settings; at Bird the signing key or whsec_ secret of the webhook",
        ),
    )
    identified_by = "phone"
    keeps_id = False

    def verify(self, call: RawCall) -> None:
        require_signature(call, self.secret("signing_key"))

    def parse(self, call: RawCall) -> Parsed:
        named = fields(call)
        region, at = self.account.country, call.received_at
        if looks_like_channels_api(named):
            if not is_channels_message(named):
                return Parsed(ignored=1)
            event_id = text_of(inner(named), "id")
            return one_message(call, event_id, lambda: channels_message(named, region=region, received_at=at))
        if looks_like_platform(named):
            if not is_platform_message(named):
                return Parsed(ignored=1)
            return one_message(call, platform_id(named), lambda: platform_message(named, region=region, received_at=at))
        classic = ClassicFields(named)
        if not classic.is_message:
            return Parsed(ignored=1)
        return one_message(call, classic.get("id"), lambda: classic.message(region=region, received_at=at))

    def is_ours(self, to: str) -> bool:
        return is_number_of(self.account, to)

    def accepted(self) -> Reply:
        return Reply(body=b"OK")

    def media(self, attachment: Attachment) -> MediaPlan | None:
        """Only URLs that need no key: none for media is among the secrets."""
        if not attachment.url or not https_at(attachment.url, _MEDIA_HOSTS):
            return None
        return MediaPlan(first=Fetch(url=attachment.url, hosts=_MEDIA_HOSTS))
