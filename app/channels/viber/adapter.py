"""Viber: one event a call, signed with the bot's auth token. Nothing in a call names the bot."""

from __future__ import annotations

from app.channels.base import Adapter, BadSignature, Fetch, MediaPlan, Parsed, RawCall, Secret, UnreadableBody
from app.channels.hosts import https_at
from app.channels.reading import json_object, pairs
from app.channels.signing import hmac_sha256, require_same
from app.channels.viber.events import read_event
from app.channels.viber.setup import SETUP
from app.domain.message import Attachment

MEDIA_HOSTS = frozenset({".viber.com"})


class ViberAdapter(Adapter):
    slug = "viber"
    title = "Viber"
    provider = "Viber bot"
    address_hint = "the bot's id: pa: and digits, from POST /pa/get_account_info"
    setup = SETUP
    secrets = (Secret(name="auth_token", hint="partners.viber.com, the bot's settings"),)
    identified_by = "id"
    keeps_id = True

    def verify(self, call: RawCall) -> None:
        """Viber sends the signature in a header; its own Node library also takes it from the query."""
        wanted = hmac_sha256(self.secret("auth_token"), call.body).hex()
        require_same(wanted, call.header("x-viber-content-signature") or _signature_in(call.query))

    def parse(self, call: RawCall) -> Parsed:
        return read_event(json_object(call.body), account_id=self.account.address, received_at=call.received_at)

    def media(self, attachment: Attachment) -> MediaPlan | None:
        """Viber's links need no token and live about an hour."""
        if attachment.url is None or not https_at(attachment.url, MEDIA_HOSTS):
            return None
        return MediaPlan(first=Fetch(url=attachment.url, hosts=MEDIA_HOSTS))


def _signature_in(query: str) -> str:
    try:
        return pairs(query).get("sig", "")
    except UnreadableBody as error:
        raise BadSignature("the query is not urlencoded text") from error
