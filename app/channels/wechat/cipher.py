"""What WeChat encrypts in safe and mixed mode: AES-256-CBC with the account's EncodingAESKey."""

from __future__ import annotations

import hmac
from base64 import b64decode

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

_RANDOM_BYTES = 16
_LENGTH_BYTES = 4
_MAX_PADDING = 32
"""Blocks of 32 bytes, twice those of AES."""


def decrypt(encrypted: str, *, encoding_aes_key: str, app_id: str) -> bytes:
    """The XML inside: 16 random bytes, its length, the XML, the AppID. Raises ValueError, for another's AppID too.

    Without an `app_id` of ours any is taken: the key is the account's own.
    """
    plain = _without_padding(_decipher(b64decode(encrypted), _key(encoding_aes_key)))[_RANDOM_BYTES:]
    length = int.from_bytes(plain[:_LENGTH_BYTES], "big")
    xml, sent_to = plain[_LENGTH_BYTES:][:length], plain[_LENGTH_BYTES:][length:]
    if len(xml) != length or not xml:
        raise ValueError("the deciphered text is shorter than it says")
    if app_id and not hmac.compare_digest(sent_to, app_id.encode()):
        raise ValueError("the message is for another app")
    return xml


def _key(encoding_aes_key: str) -> bytes:
    key = b64decode(encoding_aes_key + "=")
    if len(key) != 32:
        raise ValueError("an EncodingAESKey has 43 characters")
    return key


def _decipher(data: bytes, key: bytes) -> bytes:
    decryptor = Cipher(AES(key), CBC(key[:16])).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def _without_padding(padded: bytes) -> bytes:
    count = padded[-1] if padded else 0
    if not 1 <= count <= _MAX_PADDING or padded[-count:] != bytes([count]) * count:
        raise ValueError("the deciphered text is not padded as WeChat pads")
    return padded[:-count]
