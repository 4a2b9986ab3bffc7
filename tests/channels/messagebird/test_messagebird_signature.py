"""MessageBird's signatures. Good ones come from PyJWT, MessageBird's own library agrees, and ready vectors."""

from __future__ import annotations

import base64
import hmac
import json
import warnings
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import jwt
import pytest
from messagebird.signed_request import SignedRequest  # type: ignore[import-untyped]  # it has no types

from app.channels.base import Account, BadSignature, RawCall
from app.channels.messagebird import MessageBirdAdapter
from tests.channels.expected import call, signature_vectors, vector_call

VECTORS = signature_vectors("sms")
KEY = "mb_signing_key_for_tests_0123456789abcdef"
BIRD_KEY = "bird_subscription_key"
PLATFORM_KEY = "whsec_YnJpZGdlLXN0YW5kYXJkLXdlYmhvb2sta2V5LTAwMDE="
STAMP = 1795166142
AT = datetime.fromtimestamp(STAMP, UTC)
URL = "https://bridge.example.com/hooks/messagebird/ch_9"
BODY = b"id=5f7c&recipient=31970123&originator=31612345678&body=Hallo&createdDatetime=2026-11-20T09%3A15%3A42%2B00%3A00"


def adapter(key: str = KEY) -> MessageBirdAdapter:
    return MessageBirdAdapter(Account(address="31970123", secrets={"signing_key": key}))


def refused(given: RawCall, key: str = KEY) -> bool:
    try:
        adapter(key).verify(given)
    except BadSignature:
        return True
    return False


@pytest.mark.parametrize("vector", [one for one in VECTORS["vectors"] if one["channel"] == "messagebird"])
def test_a_ready_signature_holds(vector: dict[str, Any]) -> None:
    key = VECTORS["secrets"][vector["secret"]]
    assert not refused(vector_call(vector), key)
    assert refused(vector_call(vector), key + "x")
    assert refused(vector_call({**vector, "headers": {}}), key)


# Classic, current


def token(key: str = KEY, algorithm: str = "HS256", **claims: Any) -> str:
    held = {
        "iss": "MessageBird",
        "nbf": STAMP,
        "exp": STAMP + 60,
        "jti": "1",
        "url_hash": "a514bd2b8be2eed4d5d49bf65a46ba3b28808d1bb1e6e4619359a1974f1d9717",
        "payload_hash": "913b247375034b3bbf3df737e6aaaa3d832729f202bed320cbe9304bea825b3f",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", jwt.InsecureKeyLengthWarning)
        return jwt.encode({k: v for k, v in {**held, **claims}.items() if v is not None}, key, algorithm=algorithm)


def classic(given: str | None, *, url: str = URL, body: bytes = BODY, seconds: float = 3) -> RawCall:
    at = AT + timedelta(seconds=seconds)
    return call(body, url=url, headers={"MessageBird-Signature-JWT": given}, received_at=at)


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_a_token_of_an_allowed_algorithm_holds(algorithm: str) -> None:
    assert not refused(classic(token(algorithm=algorithm)))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "Vonage"},
        {"iss": None},
        {"nbf": None},
        {"exp": None},
        {"exp": True},
        {"url_hash": None},
        {"url_hash": 7},
        {"url_hash": "0" * 64},
        {"payload_hash": None},
        {"payload_hash": ""},
        {"payload_hash": "0" * 64},
    ],
)
def test_a_token_without_each_of_its_claims_is_refused(claims: dict[str, Any]) -> None:
    assert refused(classic(token(**claims)))


def test_another_url_or_body_is_refused() -> None:
    assert refused(classic(token(), url=URL + "?x=1"))
    assert refused(classic(token(), url=URL.replace("https", "http")))
    assert refused(classic(token(), body=BODY + b" "))
    assert refused(classic(token(), body=b""))


@pytest.mark.parametrize(("seconds", "holds"), [(-30, False), (-4, True), (0, True), (64, True), (70, False)])
def test_a_token_holds_for_a_minute(seconds: float, holds: bool) -> None:
    assert refused(classic(token(), seconds=seconds)) is not holds


def test_a_token_of_another_key_or_algorithm_is_refused() -> None:
    assert refused(classic(token("another key")))
    unsigned = jwt.encode({"iss": "MessageBird"}, "", algorithm="none")
    assert refused(classic(unsigned))
    head = base64.urlsafe_b64encode(json.dumps({"alg": "RS256"}).encode()).rstrip(b"=").decode()
    assert refused(classic(".".join([head, *token().split(".")[1:]])))


@pytest.mark.parametrize(
    "odd",
    [None, "", ".", "..", "...", "a.b.c", "\xff.\xff.\xff", "漢", "\ud83d..", "A" * 9000, "W10.W10.W10", "e30.e30."],
)
def test_an_odd_token_is_refused(odd: str | None) -> None:
    assert refused(classic(odd))


@pytest.mark.parametrize("key", [KEY, PLATFORM_KEY])
def test_a_call_without_any_signature_is_refused(key: str) -> None:
    assert refused(call(BODY, url=URL), key)


def test_an_account_without_a_key_trusts_nobody() -> None:
    assert refused(classic(token("x").rsplit(".", 1)[0] + "."), "")
    for key in ("", "whsec_"):
        signed = base64.b64encode(hmac.digest(b"", b"1.1." + BODY, "sha256")).decode()
        headers = {"webhook-id": "1", "webhook-timestamp": "1", "webhook-signature": f"v1,{signed}"}
        assert refused(call(BODY, headers=headers, received_at=datetime.fromtimestamp(1, UTC)), key)


# Classic, deprecated

OLD_QUERY = "id=e8077d&recipient=31612345678&status=delivered&statusDatetime=2026-11-20T09%3A15%3A42%2B00%3A00"


def old(*, query: str = OLD_QUERY, seconds: float = 3, signature: str | None = None) -> RawCall:
    headers = {
        "MessageBird-Signature": signature or "sd4/kZgtJ9Ur5Koe/BIw2G7fyhUzdbxrx8vV02z3R50=",
        "MessageBird-Request-Timestamp": str(STAMP),
    }
    return call(method="GET", url=URL, query=query, headers=headers, received_at=AT + timedelta(seconds=seconds))


def test_the_deprecated_signature_holds_in_any_order_of_the_query_for_a_minute() -> None:
    assert not refused(old())
    assert not refused(old(query="&".join(reversed(OLD_QUERY.split("&")))))
    assert refused(old(query=OLD_QUERY.replace("delivered", "failed")))
    assert refused(old(seconds=61))
    assert refused(old(seconds=-61))


def test_messagebirds_own_library_agrees_on_the_deprecated_signature() -> None:
    query = {"b": "2 ä", "a": "", "c": "x&y"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        payload = SignedRequest("", STAMP, "", query)._build_payload()
    signature = base64.b64encode(hmac.digest(KEY.encode(), payload.encode("latin-1"), "sha256")).decode()
    assert not refused(old(query="b=2+%C3%A4&a=&c=x%26y", signature=signature))


# Bird Channels

BIRD_URL = "https://bridge.example.com/hooks/bird/ch_11"
BIRD_BODY = b'{"service":"channels","event":"sms.inbound"}'


def bird(*, url: str = BIRD_URL, body: bytes = BIRD_BODY, stamp: str = str(STAMP), seconds: float = 3) -> RawCall:
    headers = {
        "messagebird-signature": "9jgXY/6u+mulL0Lvar9HBDX/xNf1vHGZcnnzSWHERtQ=",
        "messagebird-request-timestamp": stamp,
    }
    return call(body, url=url, headers=headers, received_at=AT + timedelta(seconds=seconds))


def test_a_channels_signature_holds_url_body_and_time() -> None:
    assert not refused(bird(), BIRD_KEY)
    assert refused(bird(url=BIRD_URL + "?x=1"), BIRD_KEY)
    assert refused(bird(body=BIRD_BODY + b" "), BIRD_KEY)
    assert refused(bird(stamp=str(STAMP + 1)), BIRD_KEY)
    assert refused(bird(), "another key")


@pytest.mark.parametrize(("hours", "holds"), [(8, True), (23.9, True), (24.1, False), (-0.05, True), (-0.1, False)])
def test_bird_repeats_for_hours_with_the_first_time(hours: float, holds: bool) -> None:
    assert refused(bird(seconds=hours * 3600), BIRD_KEY) is not holds


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1e9", "٣", "9" * 400, "\xff"])
def test_an_odd_time_is_refused_also_when_signed(stamp: str) -> None:
    signed = f"{stamp}\n{BIRD_URL}\n".encode() + sha256(BIRD_BODY).digest()
    signature = base64.b64encode(hmac.digest(BIRD_KEY.encode(), signed, "sha256")).decode()
    headers = {"messagebird-signature": signature, "messagebird-request-timestamp": stamp}
    assert refused(call(BIRD_BODY, url=BIRD_URL, headers=headers, received_at=AT), BIRD_KEY)


# Bird platform

PLATFORM_BODY = (
    b'{"type":"sms.received","timestamp":"2026-11-20T09:15:42Z","data":{"sms_id":"sms_01kahq3v7xe5s7t44vh8rt9mga"}}'
)
PLATFORM_SIGNATURE = "v1,r18guWZIED3Vf1GQLoBatI4hU58M0Qs80pxEuYeq0CQ="


def platform(signature: str | None = PLATFORM_SIGNATURE, *, seconds: float = 3, **more: Any) -> RawCall:
    headers = {"webhook-id": "evt_1", "webhook-timestamp": str(STAMP), "webhook-signature": signature}
    body = more.pop("body", PLATFORM_BODY)
    return call(
        body, headers={**headers, **more.pop("headers", {})}, received_at=AT + timedelta(seconds=seconds), **more
    )


def test_a_platform_signature_holds_id_time_and_body() -> None:
    assert not refused(platform(), PLATFORM_KEY)
    assert not refused(platform(f"v1,old v2,new {PLATFORM_SIGNATURE}"), PLATFORM_KEY)
    assert refused(platform(body=PLATFORM_BODY + b" "), PLATFORM_KEY)
    assert refused(platform(headers={"webhook-id": "evt_2"}), PLATFORM_KEY)
    nameless = base64.b64encode(
        hmac.digest(b"bridge-standard-webhook-key-0001", f".{STAMP}.".encode() + PLATFORM_BODY, "sha256")
    )
    assert refused(platform(f"v1,{nameless.decode()}", headers={"webhook-id": None}), PLATFORM_KEY)
    assert refused(platform(headers={"webhook-timestamp": str(STAMP + 1)}), PLATFORM_KEY)


def test_a_platform_signature_proves_no_query() -> None:
    assert refused(platform(method="GET", query="id=1&originator=31612345678&body=forged"), PLATFORM_KEY)


@pytest.mark.parametrize(("seconds", "holds"), [(300, True), (301, False), (-300, True), (-301, False)])
def test_a_platform_call_is_recent(seconds: float, holds: bool) -> None:
    assert refused(platform(seconds=seconds), PLATFORM_KEY) is not holds


@pytest.mark.parametrize("odd", [None, "", "v1,", "v1", "v1a,\xff", "漢", "v2," + PLATFORM_SIGNATURE[3:], "x " * 999])
def test_an_odd_platform_signature_is_refused(odd: str | None) -> None:
    assert refused(platform(odd), PLATFORM_KEY)


def test_a_platform_account_takes_no_older_signature() -> None:
    assert refused(classic(token(PLATFORM_KEY)), PLATFORM_KEY)


def test_a_key_that_is_no_platform_key_checks_no_platform_call() -> None:
    assert refused(platform(), KEY)
