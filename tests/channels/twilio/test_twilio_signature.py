"""Twilio's signature. Good ones come from Twilio's own library, its documentation, and ready vectors."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # it has no types

from app.channels.base import Account, BadSignature, RawCall
from app.channels.twilio import TwilioAdapter
from tests.channels.expected import FORM, call, sample, sample_call, signature_vectors, vector_call

VECTORS = signature_vectors("sms")
TOKEN = VECTORS["secrets"]["twilio_auth_token"]
URL = "https://bridge.example.com/hooks/twilio/ch_7?ws=acme"
PAIRS = {
    "MessageSid": "SM0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "AccountSid": "AC11112222333344445555666677778888",
    "From": "+14155550100",
    "To": "+14155550199",
    "Body": "  Hola ¿qué tal? 👋 ",
    "NumMedia": "0",
    "FromCity": "",
}


def adapter(token: str = TOKEN) -> TwilioAdapter:
    return TwilioAdapter(Account(address="+14155550199", secrets={"auth_token": token}))


def signed(url: str, pairs: dict[str, str], signature: str | None, **more: Any) -> RawCall:
    headers = {"Content-Type": FORM, "X-Twilio-Signature": signature}
    return call(urlencode(pairs).encode(), url=url, headers=headers, **more)


def by_twilio(url: str, pairs: dict[str, str] | None, token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, pairs))


@pytest.mark.parametrize("vector", [one for one in VECTORS["vectors"] if one["channel"] == "twilio"])
def test_a_ready_signature_holds(vector: dict[str, Any]) -> None:
    adapter().verify(vector_call(vector))


def test_the_fixed_vector_holds_with_blanks_and_empty_values() -> None:
    adapter().verify(signed(URL, PAIRS, "i01OpEXmpIN/KkgBDS0OCv+O7jE="))


@pytest.mark.parametrize(
    ("pairs", "url"),
    [
        ({**PAIRS, "Body": PAIRS["Body"].strip()}, URL),
        ({key: value for key, value in PAIRS.items() if value}, URL),
        ({**PAIRS, "New": "field"}, URL),
        (PAIRS, URL.replace("https", "http")),
        (PAIRS, URL.replace("?ws=acme", "")),
        (PAIRS, URL.replace("ch_7", "ch_8")),
        (PAIRS, URL.replace(".com", ".com:8443")),
    ],
)
def test_a_changed_call_is_refused(pairs: dict[str, str], url: str) -> None:
    with pytest.raises(BadSignature):
        adapter().verify(signed(url, pairs, "i01OpEXmpIN/KkgBDS0OCv+O7jE="))


@pytest.mark.parametrize(
    ("signed_url", "url"),
    [
        (URL, URL),
        (URL, URL.replace(".com", ".com:443")),
        (URL.replace(".com", ".com:443"), URL),
        (URL, URL + "#rc=3&rp=all"),
        (URL, URL.replace("https://", "https://user:password@")),
        ("http://bridge.example.com:80/x", "http://bridge.example.com/x"),
        ("https://bridge.example.com:8443/x/", "https://bridge.example.com:8443/x/"),
        ("https://bridge.example.com/x?", "https://bridge.example.com/x?"),
    ],
)
def test_the_url_counts_as_twilio_spells_it(signed_url: str, url: str) -> None:
    adapter().verify(signed(url, PAIRS, by_twilio(signed_url, PAIRS)))


def test_names_are_sorted_capitals_first() -> None:
    pairs = {"b": "1", "B": "2", "a": "3", "Ä": "4", "_": "5"}
    adapter().verify(signed(URL, pairs, by_twilio(URL, pairs)))


def test_a_get_is_signed_by_its_url() -> None:
    url = f"https://bridge.example.com/x?{urlencode(PAIRS)}"
    adapter().verify(call(method="GET", url=url, headers={"X-Twilio-Signature": by_twilio(url, None)}))


def test_the_signature_of_a_get_proves_no_posted_body() -> None:
    url = f"https://bridge.example.com/x?{urlencode(PAIRS)}"
    signature = by_twilio(url, None)
    for content_type in (FORM, "application/json", "text/plain", None):
        headers = {"X-Twilio-Signature": signature, "Content-Type": content_type}
        with pytest.raises(BadSignature):
            adapter().verify(call(urlencode(PAIRS).encode(), url=url, headers=headers))


def test_a_json_body_is_held_by_its_hash() -> None:
    body = b'{"MessageSid":"SM0f1e2d3c4b5a69788796a5b4c3d2e1f0","MessageStatus":"delivered"}'
    url = f"{URL}&bodySHA256={sha256(body).hexdigest()}"
    assert "c59b4322c2690e67501188697515354d110c6925ba71773b7506b5510f62b459" in url
    headers = {"Content-Type": "application/json", "X-Twilio-Signature": "adtQO4CYvb1GjRCj5IzNJL35oA4="}
    adapter().verify(call(body, url=url, headers=headers))
    with pytest.raises(BadSignature):
        adapter().verify(call(body + b" ", url=url, headers=headers))


def test_a_json_body_without_a_hash_is_refused() -> None:
    headers = {"Content-Type": "application/json", "X-Twilio-Signature": by_twilio(URL, None)}
    with pytest.raises(BadSignature):
        adapter().verify(call(b'{"MessageSid": "SM1"}', url=URL, headers=headers))


def test_twilios_documented_example_holds() -> None:
    pairs = {
        "Digits": "1234",
        "To": "+18005551212",
        "From": "+14158675310",
        "Caller": "+14158675310",
        "CallSid": "CA1234567890ABCDE",
    }
    url = "https://example.com/myapp.php?foo=1&bar=2"
    adapter("12345").verify(signed(url, pairs, "L/OH5YylLD5NRKLltdqwSvS0BnU="))


@pytest.mark.parametrize("token", ["old,new", "new, old"])
def test_while_a_token_is_rotated_both_hold(token: str) -> None:
    for one in ("old", "new"):
        adapter(token).verify(signed(URL, PAIRS, by_twilio(URL, PAIRS, one)))
    with pytest.raises(BadSignature):
        adapter(token).verify(signed(URL, PAIRS, by_twilio(URL, PAIRS, token)))


@pytest.mark.parametrize("signature", [None, "", " ", "\xff", "漢", "\ud83d", "=", "A" * 100_000, "sha1=abc"])
def test_an_odd_signature_is_refused(signature: str | None) -> None:
    with pytest.raises(BadSignature):
        adapter().verify(signed(URL, PAIRS, signature))


@pytest.mark.parametrize("token", ["", " ", ","])
def test_an_account_without_a_token_trusts_nobody(token: str) -> None:
    for guessed in {"", token}:
        with pytest.raises(BadSignature):
            adapter(token).verify(signed(URL, PAIRS, by_twilio(URL, PAIRS, guessed)))


def test_another_algorithm_is_refused_although_the_header_names_it() -> None:
    given = signed(URL, PAIRS, "mHxuMyQJDR2EWCmY94D1a/JcvdwAt9ZbqMB2Y699MfE=")
    with pytest.raises(BadSignature):
        adapter().verify(given)


def test_a_body_that_is_no_text_is_refused() -> None:
    for body in (b"Body=\xff", b"Body=%FF", b"a=1&" * 2000):
        with pytest.raises(BadSignature):
            adapter().verify(call(body, url=URL, headers={"Content-Type": FORM, "X-Twilio-Signature": "x"}))


def test_a_refusal_says_nothing_of_the_call() -> None:
    with pytest.raises(BadSignature) as caught:
        adapter().verify(sample_call(sample("twilio", "sms-basic.form"), headers={"X-Twilio-Signature": "nope"}))
    assert "4155550100" not in str(caught.value)
    assert TOKEN not in str(caught.value)
