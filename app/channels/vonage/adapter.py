"""The adapter of Vonage."""

from __future__ import annotations

from app.channels.base import Adapter, Fetch, MediaPlan, Parsed, RawCall, Secret
from app.channels.fields import fields, one_message
from app.channels.hosts import https_at
from app.channels.numbers import is_number_of
from app.channels.reading import text_of
from app.channels.vonage.messages_api import is_message, looks_like_messages_api, message
from app.channels.vonage.setup import SETUP
from app.channels.vonage.signature import is_method, require_signature
from app.channels.vonage.sms import is_sms, sms
from app.domain.message import Attachment

_MEDIA_HOSTS = frozenset({".nexmo.com", ".vonage.com"})


class VonageAdapter(Adapter):
    """One number at Vonage. The SMS API hands over long texts in parts, the Messages API whole."""

    slug = "vonage"
    title = "SMS"
    provider = "Vonage"
    address_hint = "the number that customers text, as +E.164"
    setup = SETUP
    secrets = (
        Secret(name="signature_secret", hint="Vonage dashboard, API settings, Signature secret"),
        Secret(
            name="signature_method",
            hint="the method beside the signature secret: md5hash, md5, sha1, sha256 or sha512; for the SMS API",
            required=False,
            fits=is_method,
            shape="one of md5hash, md5, sha1, sha256 and sha512",
        ),
        Secret(name="api_key", hint="Vonage dashboard, API settings; for replies", required=False),
        Secret(name="api_secret", hint="Vonage dashboard, API settings; for replies", required=False),
    )
    identified_by = "phone"
    keeps_id = False

    def verify(self, call: RawCall) -> None:
        require_signature(call, self.secret("signature_secret"), self.secret("signature_method"))

    def parse(self, call: RawCall) -> Parsed:
        values = fields(call)
        region, at = self.account.country, call.received_at
        if looks_like_messages_api(values):
            if not is_message(values):
                return Parsed(ignored=1)
            event_id = text_of(values, "message_uuid")
            return one_message(call, event_id, lambda: message(values, region=region, received_at=at))
        if not is_sms(values):
            return Parsed(ignored=1)
        return one_message(call, text_of(values, "messageId"), lambda: sms(values, region=region, received_at=at))

    def is_ours(self, to: str) -> bool:
        return is_number_of(self.account, to)

    def media(self, attachment: Attachment) -> MediaPlan | None:
        """Vonage keeps media for 48 hours at a URL that cannot be guessed.

        Applications with secure inbound media need a token of their private key, which is not among our secrets.
        """
        if not attachment.url or not https_at(attachment.url, _MEDIA_HOSTS):
            return None
        return MediaPlan(first=Fetch(url=attachment.url, hosts=_MEDIA_HOSTS))
