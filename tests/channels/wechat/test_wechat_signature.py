"""WeChat: what proves a call, in plain and in encrypted mode."""

from __future__ import annotations

import dataclasses
from base64 import b64decode, b64encode
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.utils import check_signature  # type: ignore[import-untyped]  # it has no types

from app.channels.base import BadSignature, RawCall
from app.channels.wechat.cipher import decrypt
from tests.channels.arbitrary import any_bodies, header_values
from tests.channels.expected import call, sample
from tests.channels.wechat.calls import (
    APP_ID,
    KEY,
    SENT,
    TOKEN,
    VECTORS,
    account,
    plain_call,
    safe_account,
    safe_call,
    signature,
    vector_call,
    xml,
)

OTHER_KEY = "a" * 42 + "A"


def body_of(vector: dict[str, Any]) -> bytes:
    return sample("wechat", vector["file"].removeprefix("wechat/")).body


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: str(one["file"]))
def test_a_ready_signature_holds(vector: dict[str, Any]) -> None:
    receiver = safe_account() if "encrypt_type" in vector["query"] else account()
    receiver.verify(vector_call(vector, body_of(vector)))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: str(one["file"]))
def test_wechatpy_judges_as_we_do(vector: dict[str, Any]) -> None:
    query = vector["query"]
    check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])


def refused(receiver: Any, given_call: RawCall) -> None:
    with pytest.raises(BadSignature):
        receiver.verify(given_call)


@pytest.mark.parametrize(
    "query",
    [
        {"signature": None},
        {"signature": ""},
        {"signature": "df65f350"},
        {"signature": signature("another token", str(SENT), "1372623149")},
        {"signature": signature(TOKEN, str(SENT), "1372623149").upper()},
        {"signature": "ünïcode"},
        {"nonce": None},
        {"nonce": "1"},
        {"timestamp": None},
        {"timestamp": str(SENT + 1)},
    ],
    ids=str,
)
def test_any_other_query_proves_nothing(query: dict[str, Any]) -> None:
    refused(account(), plain_call(xml(), **query))


def test_a_plain_call_is_taken_for_ten_minutes_only_for_its_signature_fits_any_body() -> None:
    account().verify(plain_call(xml(Content="replayed"), after_s=590))
    account().verify(plain_call(xml(), after_s=-590))
    refused(account(), plain_call(xml(Content="replayed"), after_s=610))
    refused(account(), plain_call(xml(), after_s=-610))


def test_an_encrypted_call_is_taken_later_too_for_its_signature_fits_one_body() -> None:
    safe_account().verify(safe_call(xml(), after_s=86_400))


def test_a_time_that_is_no_time_proves_nothing_even_signed() -> None:
    refused(account(), plain_call(xml(), timestamp="soon", signature=signature(TOKEN, "soon", "1372623149")))


def test_an_account_without_a_token_refuses_what_anybody_can_sign() -> None:
    refused(account(token=""), plain_call(xml(), token=""))


@pytest.mark.parametrize("query", ["signature=%ff", "%", "&" * 2000, "a=\udcff"])
def test_a_garbled_query_proves_nothing(query: str) -> None:
    refused(account(), call(xml(), query=query))
    with pytest.raises(BadSignature):
        account().greet(call(method="GET", query=f"echostr=1&{query}"))


def test_an_account_in_safe_mode_refuses_a_plain_body() -> None:
    refused(safe_account(), plain_call(xml()))
    refused(safe_account(), plain_call(xml(), encrypt_type="raw"))


def test_the_plain_signature_does_not_help_an_encrypted_body() -> None:
    whole = safe_call(xml())
    refused(safe_account(), dataclasses.replace(whole, query=whole.query.replace("msg_signature", "other")))


def test_a_changed_encrypted_body_is_refused() -> None:
    one, other = safe_call(xml(Content="one")), safe_call(xml(Content="other"))
    refused(safe_account(), dataclasses.replace(one, body=other.body))


@pytest.mark.parametrize(
    "given_call",
    [
        safe_call(xml(), app_id="wx0000000000000000"),
        safe_call(xml(), key=OTHER_KEY),
        safe_call(xml(), token="another token"),
        plain_call(b"", encrypt_type="aes", msg_signature="x"),
        plain_call(b"<xml></xml>", encrypt_type="aes", msg_signature=signature(TOKEN, str(SENT), "1372623149", "")),
        plain_call(b"not xml", encrypt_type="aes", msg_signature="x"),
    ],
    ids=["another app", "another key", "another token", "no body", "nothing encrypted", "no XML"],
)
def test_what_cannot_be_deciphered_is_refused(given_call: RawCall) -> None:
    refused(safe_account(), given_call)


def test_an_encrypted_call_to_an_account_without_a_key_says_what_is_missing() -> None:
    with pytest.raises(BadSignature, match="encoding_aes_key"):
        account().verify(safe_call(xml()))


def test_a_key_that_is_none_refuses_and_does_not_break() -> None:
    refused(safe_account(encoding_aes_key="short"), safe_call(xml()))
    refused(safe_account(encoding_aes_key="ключ"), safe_call(xml()))


def test_without_a_stored_appid_any_is_taken() -> None:
    safe_account(app_id="").verify(safe_call(xml(), app_id="wx0000000000000000"))


def encrypted(plain: bytes) -> str:
    key = b64decode(KEY + "=")
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"\0" * 32,
        b"r" * 31 + b"\x21",
        b"r" * 30 + b"\x01\x02",
        b"\x20" * 32,
        b"r" * 16 + b"\xff\xff\xff\xff" + b"x" * 11 + b"\x01",
        b"r" * 16 + b"\0\0\0\0" + APP_ID.encode()[:10] + b"\x02\x02",
    ],
    ids=["empty", "no padding", "padding over 32", "uneven padding", "padding alone", "length too long", "no XML"],
)
def test_a_deciphered_text_of_another_form_is_refused(plain: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # every way of being wrong
        decrypt(encrypted(plain), encoding_aes_key=KEY, app_id="")


@given(st.text(max_size=60) | st.binary(max_size=64).map(lambda raw: b64encode(raw).decode()))
def test_whatever_is_deciphered_it_is_right_or_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # every way of being wrong
        decrypt(text, encoding_aes_key=KEY, app_id=APP_ID)


def test_the_test_of_the_url_gets_its_own_text_back_in_every_mode() -> None:
    greeting = dataclasses.replace(plain_call(b"", echostr="5173829104=<b>"), method="GET")
    for receiver in (account(), safe_account()):
        reply = receiver.greet(greeting)
        assert reply is not None
        assert (reply.status, reply.body) == (200, b"5173829104=<b>")
        assert reply.content_type.startswith("text/plain")


def test_a_test_of_the_url_that_anybody_made_is_refused() -> None:
    with pytest.raises(BadSignature):
        account().greet(call(method="GET", query="echostr=1&signature=x&timestamp=1&nonce=2"))


def test_a_message_is_no_test_of_the_url() -> None:
    assert account().greet(plain_call(xml(), echostr="1")) is None
    assert account().greet(dataclasses.replace(plain_call(b""), method="GET")) is None


@given(header_values, any_bodies)
def test_whatever_the_query_is_it_is_right_or_wrong(query: str, body: bytes) -> None:
    safe = f"encrypt_type=aes&msg_signature={quote(query)}"
    refused(account(), call(body, query=query))
    refused(safe_account(), call(body, query=safe))
