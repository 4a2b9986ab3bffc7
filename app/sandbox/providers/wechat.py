"""WeChat in safe mode. Source: WeChat Official Accounts, receiving messages, message encryption."""

from __future__ import annotations

import hashlib
import secrets as chance
import string
import time
from base64 import b64decode, b64encode
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from app.sandbox.providers.base import (
    Account,
    Asked,
    Desk,
    Draft,
    Message,
    Proof,
    Provider,
    Served,
    digits,
)

_FILES = "mmbiz.qpic.cn"
_BLOCK_BYTES = 32
_LETTERS = string.ascii_letters + string.digits


class WeChat(Provider):
    slug = "wechat"
    title = "WeChat"
    hosts = (_FILES,)
    known_by = "id"
    id_shape = r"o[A-Za-z0-9_-]{27}"
    names = "never"
    captions = False

    def new_secrets(self, address: str) -> dict[str, str]:  # noqa: ARG002
        return {
            "token": _letters(24),
            # 43 characters of base64 without the `=` at the end; the last one holds four bits.
            "encoding_aes_key": b64encode(chance.token_bytes(32)).decode()[:43],
            "app_id": f"wx{chance.token_hex(8)}",
            "app_secret": chance.token_hex(16),
        }

    def new_person_id(self) -> str:
        return f"o{_letters(27)}"

    def write(self, account: Account, message: Message) -> Draft:
        fields = {
            "ToUserName": account.address,
            "FromUserName": message.person.id,
            "CreateTime": str(message.at_s),
            "MsgType": "text",
            "Content": message.text,
            "MsgId": str(24890011223340000 + message.number),
        }
        if message.picture_id:
            del fields["Content"]
            url = f"http://{_FILES}/mmbiz_jpg/{message.picture_id}/0"
            fields |= {"MsgType": "image", "PicUrl": url, "MediaId": f"qYv1c8m2WkR0tXzL5bN7{message.picture_id}"}
        encrypted = _encrypt(_xml(fields), account.secrets["encoding_aes_key"], account.secrets["app_id"])
        return Draft(_xml({"ToUserName": account.address, "Encrypt": encrypted}), "text/xml")

    def prove(self, draft: Draft, account: Account, url: str) -> Proof:  # noqa: ARG002
        """SHA-1 of token, time and nonce, and with the encrypted text for the signature that counts in safe mode."""
        token, stamp, nonce = account.secrets["token"], str(int(time.time())), digits(10)
        encrypted = draft.body.decode().partition("<Encrypt>")[2].partition("</Encrypt>")[0]
        query = {"signature": _sha1(token, stamp, nonce), "timestamp": stamp, "nonce": nonce, "encrypt_type": "aes"}
        return Proof(query={**query, "msg_signature": _sha1(token, stamp, nonce, encrypted)})

    def serve(self, asked: Asked, desk: Desk) -> Served | None:
        parts = asked.path.split("/")
        return Served.picture(desk.picture(parts[1])) if parts[0] == "mmbiz_jpg" and len(parts) == 3 else None


def _letters(count: int) -> str:
    return "".join(chance.choice(_LETTERS) for _ in range(count))


def _sha1(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def _xml(fields: dict[str, str]) -> bytes:
    return f"<xml>{''.join(f'<{name}>{escape(value)}</{name}>' for name, value in fields.items())}</xml>".encode()


def _encrypt(xml: bytes, encoding_aes_key: str, app_id: str) -> str:
    """AES-256-CBC over 16 random bytes, the length, the XML and the app's id, padded to blocks of 32 bytes."""
    key = b64decode(encoding_aes_key + "=")
    plain = chance.token_bytes(16) + len(xml).to_bytes(4, "big") + xml + app_id.encode()
    missing = _BLOCK_BYTES - len(plain) % _BLOCK_BYTES
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return b64encode(encryptor.update(plain + bytes([missing]) * missing) + encryptor.finalize()).decode()
