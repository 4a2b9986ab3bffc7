"""WeChat: one message a call, its signature in the query; the message may be encrypted."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.channels.base import Adapter, BadSignature, MediaPlan, Parsed, RawCall, Reply, Secret, UnreadableBody
from app.channels.reading import pairs
from app.channels.wechat.body import fields
from app.channels.wechat.cipher import decrypt
from app.channels.wechat.files import plan_download
from app.channels.wechat.messages import read_fields
from app.channels.wechat.setup import SETUP
from app.channels.wechat.signature import require_fresh, require_signed
from app.domain.message import Attachment


class WeChatAdapter(Adapter):
    slug = "wechat"
    title = "WeChat"
    provider = "WeChat Official Account"
    address_hint = "the account's original id: gh_ and 12 hex digits"
    setup = SETUP
    secrets = (
        Secret(name="token", hint="Official Accounts console, Basic configuration, Token"),
        Secret(
            name="encoding_aes_key",
            hint="same page, EncodingAESKey; in safe and mixed mode only: with it plain messages are refused",
            required=False,
            fits=lambda key: re.fullmatch(r"[A-Za-z0-9+/]{43}", key) is not None,
            shape="43 letters and digits",
        ),
        Secret(name="app_id", hint="same page, AppID; checked in encrypted messages", required=False),
        Secret(
            name="app_secret",
            hint="same page, AppSecret; only to fetch voice and video, and only if nothing else uses this account's "
            "API: each fetch takes a new access token, which ends the last one",
            required=False,
        ),
    )
    identified_by = "id"
    keeps_id = True

    def greet(self, call: RawCall) -> Reply | None:
        """WeChat tests the URL with a signed GET and wants its `echostr` back, in every mode."""
        if call.method != "GET":
            return None
        query = _query(call)
        if "echostr" not in query:
            return None
        require_signed(self.secret("token"), query, query.get("signature", ""))
        return Reply(body=query["echostr"].encode("utf-8", "replace"))

    def verify(self, call: RawCall) -> None:
        """The encrypted part is what is signed where there is one. Without it only the query is, for a short time."""
        query = _query(call)
        if self.secret("encoding_aes_key"):
            self._verify_encrypted(call, query)
        elif query.get("encrypt_type") == "aes":
            raise BadSignature("the call is encrypted, and this channel account has no encoding_aes_key")
        else:
            require_signed(self.secret("token"), query, query.get("signature", ""))
            require_fresh(query, received_at=call.received_at)

    def _verify_encrypted(self, call: RawCall, query: Mapping[str, str]) -> None:
        """`Encrypt` has to be read before it can be checked: nothing else of the body is looked at."""
        if query.get("encrypt_type") != "aes":
            raise BadSignature("the call is plain, and this channel account takes encrypted ones only")
        try:
            encrypted = fields(call.body).get("Encrypt", "")
            require_signed(self.secret("token"), query, query.get("msg_signature", ""), encrypted)
            self._decrypt(encrypted)
        except (UnreadableBody, ValueError) as error:
            raise BadSignature("the call cannot be deciphered: check encoding_aes_key and app_id") from error

    def parse(self, call: RawCall) -> Parsed:
        found = fields(call.body)
        if self.secret("encoding_aes_key"):
            try:
                found = fields(self._decrypt(found.get("Encrypt", "")))
            except ValueError as error:
                raise UnreadableBody("the message cannot be deciphered") from error
        return read_fields(found, received_at=call.received_at)

    def accepted(self) -> Reply:
        """Anything else makes WeChat tell the customer that the account is out of service."""
        return Reply(body=b"success")

    def media(self, attachment: Attachment) -> MediaPlan | None:
        return plan_download(attachment, app_id=self.secret("app_id"), app_secret=self.secret("app_secret"))

    def _decrypt(self, encrypted: str) -> bytes:
        """Raises ValueError."""
        key, app_id = self.secret("encoding_aes_key"), self.secret("app_id")
        return decrypt(encrypted, encoding_aes_key=key, app_id=app_id)


def _query(call: RawCall) -> dict[str, str]:
    try:
        return pairs(call.query)
    except UnreadableBody as error:
        raise BadSignature("the query is not urlencoded text") from error
