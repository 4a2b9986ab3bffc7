"""The adapter of Twilio Programmable Messaging."""

from __future__ import annotations

from base64 import b64encode

from app.channels.base import Account, Adapter, Fetch, MediaPlan, Parsed, RawCall, Reply, Secret
from app.channels.fields import fields, one_message
from app.channels.hosts import https_at
from app.channels.numbers import is_number_of
from app.channels.twilio.messages import is_message, message, sid
from app.channels.twilio.setup import SETUP
from app.channels.twilio.signature import require_signature
from app.domain.message import Attachment, InboundMessage

_API = "api.twilio.com"
_MEDIA_HOSTS = frozenset({_API, "mms.twiliocdn.com", "s3-external-1.amazonaws.com"})
"""The API and where it redirects to. Source: Twilio's help on media with HTTP Basic authentication."""

_TITLES = {"whatsapp": "WhatsApp", "rcs": "RCS"}
"""By how the address of a sender begins; SMS has no such beginning."""


class TwilioAdapter(Adapter):
    """SMS, MMS and WhatsApp senders of one Twilio number.

    Only the auth token signs: calls signed with a webhook shared key (a public beta) are refused.
    """

    slug = "twilio"
    title = "SMS or WhatsApp"
    provider = "Twilio"
    address_hint = "the number that customers write to, as +E.164 or as a short code"
    setup = SETUP
    secrets = (
        Secret(name="auth_token", hint="Twilio Console, Account Info; while you rotate: new,old"),
        Secret(name="account_sid", hint="Twilio Console, Account Info, begins with AC; for pictures", required=False),
    )
    identified_by = "phone"
    keeps_id = False
    international_digits = False

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self._tokens = [token for one in self.secret("auth_token").split(",") if (token := one.strip())]

    def verify(self, call: RawCall) -> None:
        require_signature(call, self._tokens)

    def parse(self, call: RawCall) -> Parsed:
        pairs = fields(call)
        if not is_message(pairs):
            return Parsed(ignored=1)
        return one_message(call, sid(pairs), lambda: message(pairs, region=self.account.country))

    def is_ours(self, to: str) -> bool:
        return is_number_of(self.account, to)

    def title_of(self, message: InboundMessage) -> str:
        scheme = (message.to or "").partition(":")[0].lower()
        return _TITLES.get(scheme, "SMS")

    def accepted(self) -> Reply:
        """An empty TwiML answer: plain text would be sent to the customer, and other types are an error there."""
        return Reply(body=b"<Response/>", content_type="text/xml")

    def media(self, attachment: Attachment) -> MediaPlan | None:
        sid, token = self.secret("account_sid"), next(iter(self._tokens), "")
        if not (sid and token and attachment.url and https_at(attachment.url, {_API})):
            return None
        credentials = b64encode(f"{sid}:{token}".encode("utf-8", "surrogatepass")).decode("ascii")
        headers = {"Authorization": f"Basic {credentials}"}
        return MediaPlan(first=Fetch(url=attachment.url, hosts=_MEDIA_HOSTS, headers=headers))
