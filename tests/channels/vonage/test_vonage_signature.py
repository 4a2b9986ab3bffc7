"""Vonage's signatures. Good ones come from PyJWT, from fixed values of Vonage's old library, and ready vectors."""

from __future__ import annotations

import base64
import hmac
import json
import warnings
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest

from app.channels.base import Account, BadSignature, RawCall
from app.channels.vonage import VonageAdapter
from tests.channels.expected import FORM, JSON, call, sample, sample_call, signature_vectors, vector_call

VECTORS = signature_vectors("sms")
SECRET = "vonage_signature_secret_1"
STAMP = 1795166142
AT = datetime.fromtimestamp(STAMP, UTC)
PAIRS = {
    "msisdn": "447700900111",
    "to": "447700900222",
    "messageId": "0C000000217B7F02",
    "text": "a=b & c",
    "type": "text",
    "keyword": "A=B",
    "message-timestamp": "2026-11-20 09:15:42",
    "timestamp": str(STAMP),
    "nonce": "8f6c1c9a-1b7e-4e5e-9f0f-5c7b2f1f0a11",
    "api-key": "abcd1234",
}
SIGS = {
    "md5hash": "f97cf482a1cb9954cc8f29903c29a6ef",
    "md5": "2b48c6c19f973f82b47ffe23e395bbb0",
    "sha1": "ad2006cd3b9c7429e32c3cfd7ce1f02504768186",
    "sha256": "610bf1c9667b9367e6302b72bd8fcc87a2b28d182fa3386887711a29e17a37d2",
}


def refused(given: RawCall, *, secret: str = SECRET, method: str = "") -> bool:
    secrets = {"signature_secret": secret, "signature_method": method}
    try:
        VonageAdapter(Account(address="447700900222", secrets=secrets)).verify(given)
    except BadSignature:
        return True
    return False


def form(pairs: dict[str, str], *, seconds: float = 3, **more: Any) -> RawCall:
    at = AT + timedelta(seconds=seconds)
    return call(urlencode(pairs).encode(), headers={"Content-Type": FORM}, received_at=at, **more)


@pytest.mark.parametrize("vector", [one for one in VECTORS["vectors"] if one["channel"] == "vonage"])
def test_a_ready_signature_holds(vector: dict[str, Any]) -> None:
    secret = VECTORS["secrets"].get(vector["secret"], vector["secret"])
    assert not refused(vector_call(vector), secret=secret, method="sha256")
    assert refused(vector_call(vector), secret=secret + "x", method="sha256")


# SMS API


@pytest.mark.parametrize("method", sorted(SIGS))
def test_each_method_holds_where_it_is_the_accounts(method: str) -> None:
    assert not refused(form({**PAIRS, "sig": SIGS[method]}), method=method)
    assert not refused(form({**PAIRS, "sig": SIGS[method].upper()}), method=method.upper())
    for other in set(SIGS) - {method}:
        assert refused(form({**PAIRS, "sig": SIGS[other]}), method=method)


@pytest.mark.parametrize("method", ["SHA-256", "sha256 hmac", "SHA256 HMAC signature"])
def test_a_method_is_known_as_the_dashboard_spells_it(method: str) -> None:
    assert not refused(form({**PAIRS, "sig": SIGS["sha256"]}), method=method)


def test_a_method_that_nobody_knows_holds_nothing() -> None:
    assert all(refused(form({**PAIRS, "sig": sig}), method="crc32") for sig in SIGS.values())


def test_an_account_that_names_no_method_takes_them_all() -> None:
    assert not any(refused(form({**PAIRS, "sig": sig})) for sig in SIGS.values())


def test_the_signature_holds_in_each_transport() -> None:
    signed = {**PAIRS, "sig": SIGS["sha256"]}
    assert not refused(call(method="GET", query=urlencode(signed), received_at=AT), method="sha256")
    body = json.dumps({**signed, "timestamp": STAMP}).encode()
    assert not refused(call(body, headers={"Content-Type": JSON}, received_at=AT), method="sha256")


def test_the_query_proves_no_posted_body() -> None:
    signed, forged = {**PAIRS, "sig": SIGS["sha256"]}, {**PAIRS, "text": "forged"}
    assert refused(form(forged, query=urlencode(signed)), method="sha256")


@pytest.mark.parametrize(
    "change",
    [
        {"text": "a=b & d"},
        {"msisdn": "447700900112"},
        {"new": ""},
        {"timestamp": str(STAMP + 1)},
        {"sig": ""},
        {"sig": "\xff"},
        {"sig": "漢"},
        {"sig": SIGS["sha256"][:-1]},
    ],
)
def test_a_changed_call_is_refused(change: dict[str, str]) -> None:
    assert refused(form({**PAIRS, "sig": SIGS["sha256"], **change}), method="sha256")


def test_a_call_without_a_signature_is_refused() -> None:
    assert refused(form(PAIRS))
    assert refused(sample_call(sample("vonage", "sms-api-inbound.json")))
    assert refused(sample_call(sample("vonage", "sms-api-inbound-get.form")))


@pytest.mark.parametrize(("hours", "holds"), [(23.9, True), (24.1, False), (-0.05, True), (-0.1, False)])
def test_a_call_may_be_repeated_for_a_day(hours: float, holds: bool) -> None:
    given = form({**PAIRS, "sig": SIGS["sha256"]}, seconds=hours * 3600)
    assert refused(given, method="sha256") is not holds


def test_an_account_without_a_secret_trusts_nobody() -> None:
    assert refused(form({**PAIRS, "sig": SIGS["sha256"]}), secret="")
    signed = token().rpartition(".")[0]
    forged = base64.urlsafe_b64encode(hmac.digest(b"", signed.encode(), "sha256")).rstrip(b"=").decode()
    assert refused(message(f"{signed}.{forged}"), secret="")


@pytest.mark.parametrize("body", [b"\xff", b"{", b"[]", b"", b"a=1&" * 2000])
def test_a_body_that_cannot_be_read_is_refused(body: bytes) -> None:
    assert refused(call(body, headers={"Content-Type": JSON}))
    assert refused(call(body, headers={"Content-Type": FORM}))


# Messages API

BODY = b'{"message_uuid": "1", "message_type": "text", "text": "Hello"}'


def token(*, secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    held = {"iat": STAMP, "jti": "1", "iss": "Vonage", "payload_hash": sha256(BODY).hexdigest(), "api_key": "abcd1234"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", jwt.InsecureKeyLengthWarning)
        kept = {name: value for name, value in {**held, **claims}.items() if value is not None}
        return jwt.encode(kept, secret, algorithm=algorithm)


def message(given: str | None, *, scheme: str = "Bearer ", body: bytes = BODY, seconds: float = 3) -> RawCall:
    headers = {"Content-Type": JSON, "Authorization": None if given is None else scheme + given}
    return call(body, headers=headers, received_at=AT + timedelta(seconds=seconds))


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "Bearer  "])
def test_a_token_holds(scheme: str) -> None:
    assert not refused(message(token(), scheme=scheme))


def test_a_changed_body_is_refused() -> None:
    assert refused(message(token(), body=BODY + b" "))
    assert refused(message(token(), body=b""))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "MessageBird"},
        {"iss": None},
        {"iat": None},
        {"payload_hash": None},
        {"payload_hash": ""},
        {"payload_hash": sha256(b"").hexdigest()},
    ],
)
def test_a_token_without_each_of_its_claims_is_refused(claims: dict[str, Any]) -> None:
    assert refused(message(token(**claims)))


@pytest.mark.parametrize(("hours", "holds"), [(23.9, True), (24.1, False), (-0.05, True), (-0.1, False)])
def test_a_token_holds_for_a_day(hours: float, holds: bool) -> None:
    assert refused(message(token(), seconds=hours * 3600)) is not holds


def test_a_token_of_another_secret_or_algorithm_is_refused() -> None:
    assert refused(message(token(secret="another secret")))
    assert refused(message(token(algorithm="HS512")))
    assert refused(message(jwt.encode({"iss": "Vonage"}, "", algorithm="none")))
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    assert refused(message(".".join([unsigned, token().split(".")[1], ""])))


@pytest.mark.parametrize("odd", [None, "", "..", "a.b.c", "\xff.\xff.\xff", "漢.漢.漢", "A" * 9000, "e30.e30.e30"])
def test_an_odd_token_is_refused(odd: str | None) -> None:
    assert refused(message(odd))


def test_a_token_proves_no_query() -> None:
    headers = {"Authorization": "Bearer " + token(payload_hash=sha256(b"").hexdigest())}
    assert refused(call(method="GET", query=urlencode(PAIRS), headers=headers, received_at=AT))
