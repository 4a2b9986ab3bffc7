"""Twilio. Source: Twilio's request to your webhook URL, webhooks security, MMS media."""

from __future__ import annotations

import hmac
import secrets as chance
from base64 import b64encode
from urllib.parse import parse_qsl, urlencode

from app.sandbox.providers.base import (
    Account,
    Asked,
    Desk,
    Draft,
    Message,
    Proof,
    Provider,
    Served,
    new_phone,
    picture_in,
)

_API, _FILES = "api.twilio.com", "mms.twiliocdn.com"


class Twilio(Provider):
    slug = "twilio"
    title = "SMS (Twilio)"
    hosts = (_API, _FILES)
    known_by = "phone"
    names = "never"

    def new_secrets(self, address: str) -> dict[str, str]:  # noqa: ARG002
        return {"auth_token": chance.token_hex(16), "account_sid": f"AC{chance.token_hex(16)}"}

    def new_person_id(self) -> str:
        return new_phone()

    def write(self, account: Account, message: Message) -> Draft:
        sid = f"{'MM' if message.picture_id else 'SM'}{message.number:032x}"
        account_sid = account.secrets["account_sid"]
        pairs = {"MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": account_sid}
        pairs |= {"From": message.person.id, "To": account.address, "Body": message.text, "SmsStatus": "received"}
        pairs |= {"NumSegments": "1", "NumMedia": "0", "ApiVersion": "2010-04-01", "FromCity": "", "FromZip": ""}
        if message.picture_id:
            media = f"2010-04-01/Accounts/{account_sid}/Messages/{sid}/Media/ME{message.picture_id.zfill(32)}"
            pairs |= {"NumMedia": "1", "MediaUrl0": f"https://{_API}/{media}", "MediaContentType0": "image/png"}
        return Draft(urlencode(pairs).encode(), "application/x-www-form-urlencoded")

    def prove(self, draft: Draft, account: Account, url: str) -> Proof:
        """HMAC-SHA1 of the URL and, sorted by name, the form's names and values, in base64."""
        pairs = sorted(parse_qsl(draft.body.decode(), keep_blank_values=True))
        signed = url + "".join(name + value for name, value in pairs)
        digest = hmac.new(account.secrets["auth_token"].encode(), signed.encode(), "sha1").digest()
        return Proof({"X-Twilio-Signature": b64encode(digest).decode()})

    def serve(self, asked: Asked, desk: Desk) -> Served | None:
        """The API wants the account's name and password, and sends on to where the files are."""
        account = desk.account(self.slug)
        if account is None:
            return None
        picture_id = picture_in(asked.path)
        if asked.host == _FILES:
            return Served.picture(desk.picture(picture_id))
        sid = account.secrets["account_sid"]
        credentials = b64encode(f"{sid}:{account.secrets['auth_token']}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {credentials}":
            return Served.json({"code": 20003, "message": "Authenticate", "status": 401}, 401)
        if desk.picture(picture_id) is None:
            return Served.json({"code": 20404, "message": "The requested resource was not found", "status": 404}, 404)
        return Served(b"", 307, "text/plain", {"Location": f"https://{_FILES}/{sid}/ME{picture_id.zfill(32)}"})
