"""The adapter of TextMagic."""

from __future__ import annotations

from app.channels.base import Adapter, Parsed, RawCall, Reply, Secret
from app.channels.fields import FORM, JSON, MULTIPART, fields, one_message
from app.channels.numbers import same_number
from app.channels.textmagic.messages import is_message, message, message_id
from app.channels.textmagic.setup import SETUP
from app.channels.url_key import require_plausible

_TYPES = frozenset({FORM, JSON, MULTIPART})
_MAX_BYTES = 64 * 1024
"""Far more than the longest SMS, in the wordiest of the three formats."""


class TextMagicAdapter(Adapter):
    """One number at TextMagic, which signs nothing: the key in the URL is the proof.

    TextMagic has one address for all numbers of an account, so a message for another number is no forgery.
    """

    slug = "textmagic"
    title = "SMS"
    provider = "TextMagic"
    address_hint = "the number that customers text, as +E.164"
    setup = SETUP
    secrets = (
        Secret(name="username", hint="TextMagic, your user name; for replies", required=False),
        Secret(name="api_key", hint="TextMagic, Services, API; for replies", required=False),
    )
    identified_by = "phone"
    keeps_id = False

    def greet(self, call: RawCall) -> Reply | None:
        """TextMagic asks for the URL when it is saved, and switches callbacks off where that fails."""
        return Reply() if call.method in {"GET", "HEAD"} else None

    def verify(self, call: RawCall) -> None:
        require_plausible(call, types=_TYPES, max_bytes=_MAX_BYTES)

    def parse(self, call: RawCall) -> Parsed:
        values = fields(call)
        if not is_message(values):
            return Parsed(ignored=1)
        region, at = self.account.country, call.received_at
        return one_message(call, message_id(values), lambda: message(values, region=region, received_at=at))

    def is_ours(self, to: str) -> bool:
        return same_number(to, self.account.address, region=self.account.country)
