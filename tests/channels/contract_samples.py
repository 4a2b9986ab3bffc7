"""Every provider as the contract suite plays it: how it writes a message, how it signs, and what it never sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.channels import contract_messages as messages
from tests.channels import contract_signing as signing

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """`message(number, to, **more)` is the body of one text message; `more` are further or other fields of it.

    `proof` names the header, or after a `?` the query parameter, that proves the caller; None where nothing is signed.
    """

    slug: str
    address: str
    secrets: Mapping[str, str]
    message: Callable[..., bytes]
    sign: signing.Sign
    proof: str | None
    content_type: str = JSON
    covers_body: bool = True
    signs_any_body: bool = True
    """Not so where the signature is made of what the body says, or where the shape of a call is part of its proof."""
    stranger: str | None = "999000999000"
    """An address that is nobody's; None where the body does not name the account."""
    odd_type: Mapping[str, Any] | None = None
    """What makes a message one of a type that nobody knows."""
    no_message: bytes = b"{}"
    """An event of a kind that nobody knows."""
    max_bytes: int = 5 * 1024 * 1024
    """Larger calls cannot be this provider's."""

    def __str__(self) -> str:
        return self.slug


_META_SECRETS = {"app_secret": signing.SECRET, "verify_token": "v3rify-me"}
PROVIDERS = (
    Provider(
        slug="twilio",
        signs_any_body=False,
        address="+14155550100",
        secrets={"auth_token": signing.SECRET},
        message=messages.twilio,
        sign=signing.twilio,
        proof="X-Twilio-Signature",
        content_type=FORM,
        stranger="+14155550199",
        odd_type={"MessageType": "hologram", "Body": ""},
        no_message=messages.form_body(EventType="onUnheardOf", AccountSid="AC" + "0" * 32),
    ),
    Provider(
        slug="messagebird",
        address="+3197010240001",
        secrets={"signing_key": signing.SECRET},
        message=messages.messagebird,
        sign=signing.messagebird,
        proof="MessageBird-Signature-JWT",
        content_type=FORM,
        stranger="3197010240999",
        no_message=messages.form_body(type="unheard.of", id="1"),
    ),
    Provider(
        slug="vonage",
        address="447700900222",
        secrets={"signature_secret": signing.SECRET},
        message=messages.vonage,
        sign=signing.vonage,
        proof="Authorization",
        stranger="447700900999",
        odd_type={"message_type": "hologram", "text": None},
        no_message=messages.json_body({"event": "unheard.of", "id": "1"}),
    ),
    Provider(
        slug="textmagic",
        signs_any_body=False,
        address="447700900300",
        secrets={},
        message=messages.textmagic,
        sign=signing.nothing,
        proof=None,
        stranger="447700900999",
        no_message=messages.json_body({"event": "unheard.of"}),
        max_bytes=64 * 1024,
    ),
    Provider(
        slug="africastalking",
        signs_any_body=False,
        address="22384",
        secrets={},
        message=messages.africastalking,
        sign=signing.nothing,
        proof=None,
        content_type=FORM,
        stranger="99999",
        no_message=messages.form_body(event="unheard.of"),
        max_bytes=16 * 1024,
    ),
    Provider(
        slug="whatsapp",
        address="445201198870331",
        secrets=_META_SECRETS,
        message=messages.whatsapp,
        sign=signing.meta,
        proof="X-Hub-Signature-256",
        odd_type={"type": "hologram"},
        no_message=messages.json_body(
            {"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "unheard_of", "value": {}}]}]}
        ),
    ),
    Provider(
        slug="messenger",
        address="104512345678901",
        secrets=_META_SECRETS,
        message=messages.page("page"),
        sign=signing.meta,
        proof="X-Hub-Signature-256",
        odd_type={"message": {"mid": "m_odd", "attachments": [{"type": "hologram", "payload": {}}]}},
        no_message=messages.json_body(
            {"object": "page", "entry": [{"id": "104512345678901", "messaging": [{"unheard_of": {}}]}]}
        ),
    ),
    Provider(
        slug="instagram",
        address="17841405512340987",
        secrets=_META_SECRETS,
        message=messages.page("instagram"),
        sign=signing.meta,
        proof="X-Hub-Signature-256",
        odd_type={"message": {"mid": "m_odd", "attachments": [{"type": "hologram", "payload": {}}]}},
        no_message=messages.json_body(
            {"object": "instagram", "entry": [{"id": "17841405512340987", "messaging": [{"unheard_of": {}}]}]}
        ),
    ),
    Provider(
        slug="telegram",
        address="710012345",
        secrets={"secret_token": signing.SECRET},
        message=messages.telegram,
        sign=signing.telegram,
        proof="X-Telegram-Bot-Api-Secret-Token",
        covers_body=False,
        stranger=None,
        odd_type={"hologram": {"file_id": "x"}},
        no_message=messages.json_body({"update_id": 1, "unheard_of": {}}),
    ),
    Provider(
        slug="line",
        address="U5b1c9e0f7a2d4836b5c0d1e2f3a49586",
        secrets={"channel_secret": signing.SECRET},
        message=messages.line,
        sign=signing.line,
        proof="x-line-signature",
        stranger="U" + "9" * 32,
        odd_type={"message": {"type": "hologram", "id": "1"}},
        no_message=messages.json_body(
            {"destination": "U5b1c9e0f7a2d4836b5c0d1e2f3a49586", "events": [{"type": "unheardOf"}]}
        ),
    ),
    Provider(
        slug="viber",
        address="pa:4912345678901234567",
        secrets={"auth_token": signing.SECRET},
        message=messages.viber,
        sign=signing.viber,
        proof="X-Viber-Content-Signature",
        stranger=None,
        odd_type={"message": {"type": "hologram"}},
        no_message=messages.json_body(
            {"event": "unheard_of", "timestamp": messages.WRITTEN * 1000, "message_token": 1}
        ),
    ),
    Provider(
        slug="wechat",
        address="gh_7a1c9e0f2b3d",
        secrets={"token": signing.SECRET},
        message=messages.wechat,
        sign=signing.wechat,
        proof="?signature",
        content_type="text/xml",
        covers_body=False,
        stranger="gh_999999999999",
        odd_type={"MsgType": "hologram"},
        no_message=(
            b"<xml><ToUserName>gh_7a1c9e0f2b3d</ToUserName><FromUserName>o1</FromUserName>"
            b"<CreateTime>1795166142</CreateTime><MsgType>event</MsgType><Event>UNHEARD_OF</Event></xml>"
        ),
    ),
)
