"""What WhatsApp, Messenger and Instagram have in common: the signature, the test of the URL, the envelope."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pywa.utils import webhook_updates_validator

from app.channels.base import Account, Adapter, BadSignature, RawCall, UnreadableBody
from app.channels.instagram import InstagramAdapter
from app.channels.messenger import MessengerAdapter
from app.channels.meta import media_url
from app.channels.whatsapp import WhatsAppAdapter
from tests.channels.expected import CHANNELS, Sample, assert_as_expected, call, sample_call, samples, signature_vectors

ADAPTERS: dict[str, type[Adapter]] = {
    "whatsapp": WhatsAppAdapter,
    "messenger": MessengerAdapter,
    "instagram": InstagramAdapter,
}
ADDRESSES = {"whatsapp": "445201198870331", "messenger": "108822334455667", "instagram": "17841405512340987"}
VECTORS = [one for one in signature_vectors("chat")["vectors"] if one["channel"] in ADAPTERS]
OBJECTS = {"whatsapp": "whatsapp_business_account", "messenger": "page", "instagram": "instagram"}
HEADER = "X-Hub-Signature-256"


def adapter_of(slug: str, **secrets: str) -> Adapter:
    known = {"app_secret": signature_vectors("chat")["secrets"][slug], "verify_token": "kin-42"}
    return ADAPTERS[slug](Account(address=ADDRESSES[slug], secrets=known | secrets))


def body_of(vector: dict[str, str]) -> bytes:
    slug, name = vector["file"].split("/")
    return (CHANNELS / slug / "fixtures" / name).read_bytes()


def signed(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def handshake(**asked: str) -> RawCall:
    return call(method="GET", query=urlencode({f"hub.{name}": value for name, value in asked.items()}))


@pytest.fixture(params=sorted(ADAPTERS))
def adapter(request: pytest.FixtureRequest) -> Adapter:
    return adapter_of(request.param)


@pytest.mark.parametrize(
    ("slug", "given_sample"), [(slug, one) for slug in sorted(ADAPTERS) for one in samples(slug)], ids=str
)
def test_a_sample_call_gives_what_it_says(slug: str, given_sample: Sample) -> None:
    adapter = adapter_of(slug)
    parsed = adapter.parse(sample_call(given_sample))
    assert_as_expected(adapter, parsed, given_sample.expected)
    assert parsed.ignored == given_sample.expected["ignored_events"]
    assert all(one.to is not None and adapter.is_ours(one.to) for one in parsed.messages)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["file"])
def test_metas_signature_holds_over_the_raw_bytes_alone(vector: dict[str, Any]) -> None:
    adapter, body = adapter_of(vector["channel"]), body_of(vector)
    adapter.verify(call(body, headers={vector["header"]: vector["value"]}))
    for changed in (body + b"\n", json.dumps(json.loads(body)).encode(), b""):
        with pytest.raises(BadSignature):
            adapter.verify(call(changed, headers={vector["header"]: vector["value"]}))


@given(body=st.binary(), secret=st.text("0123456789abcdef", min_size=1, max_size=40), flip=st.booleans())
def test_a_body_passes_exactly_when_an_independent_library_lets_it_pass(body: bytes, secret: str, flip: bool) -> None:
    adapter, value = adapter_of("messenger", app_secret=secret), signed(body, secret + "x" * flip)
    passes = True
    try:
        adapter.verify(call(body, headers={HEADER: value}))
    except BadSignature:
        passes = False
    assert passes is webhook_updates_validator(secret, body, value)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: None,
        lambda value: "",
        lambda value: value.removeprefix("sha256="),
        lambda value: value.replace("sha256=", "sha1="),
        lambda value: value[:-1],
        lambda value: value + "0",
        lambda value: value.upper(),
        lambda value: "sha256=" + "\xff" * 64,
        lambda value: "sha256=",
        lambda value: value[:-1] + "ä",
    ],
)
def test_a_bad_or_missing_signature_is_refused(adapter: Adapter, spoil: Any) -> None:
    value = signed(b"{}", adapter.secret("app_secret"))
    adapter.verify(call(b"{}", headers={HEADER: value}))
    with pytest.raises(BadSignature):
        adapter.verify(call(b"{}", headers={HEADER: spoil(value)}))


def test_the_old_sha1_signature_is_not_accepted(adapter: Adapter) -> None:
    old = hmac.new(adapter.secret("app_secret").encode(), b"{}", hashlib.sha1).hexdigest()
    with pytest.raises(BadSignature):
        adapter.verify(call(b"{}", headers={"X-Hub-Signature": f"sha1={old}", HEADER: f"sha1={old}"}))


@pytest.mark.parametrize("several", ["first,second", " second , first", "first,"])
def test_any_of_several_app_secrets_may_sign(several: str) -> None:
    adapter = adapter_of("instagram", app_secret=several)
    adapter.verify(call(b"{}", headers={HEADER: signed(b"{}", "first")}))


@pytest.mark.parametrize("unset", ["", " ", ",", "real,"])
def test_an_empty_app_secret_signs_nothing(unset: str) -> None:
    adapter = adapter_of("whatsapp", app_secret=unset)
    with pytest.raises(BadSignature):
        adapter.verify(call(b"{}", headers={HEADER: signed(b"{}", "")}))


@given(value=st.text(), body=st.binary())
def test_no_header_makes_the_check_fail_otherwise(value: str, body: bytes) -> None:
    with pytest.raises(BadSignature):
        adapter_of("whatsapp").verify(call(body, headers={HEADER: value}))


def test_the_test_of_the_url_gets_its_challenge_back_as_plain_text(adapter: Adapter) -> None:
    reply = adapter.greet(handshake(mode="subscribe", challenge="1158201444", verify_token="kin-42"))
    assert reply is not None
    assert (reply.status, reply.body, reply.content_type) == (200, b"1158201444", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"mode": "subscribe", "challenge": "1"},
        {"mode": "subscribe", "challenge": "1", "verify_token": ""},
        {"mode": "subscribe", "challenge": "1", "verify_token": "kin-43"},
        {"mode": "subscribe", "challenge": "1", "verify_token": "kïn-42"},
        {"mode": "unsubscribe", "challenge": "1", "verify_token": "kin-42"},
        {"challenge": "1", "verify_token": "kin-42"},
        {"mode": "subscribe", "verify_token": "kin-42"},
    ],
)
def test_any_other_get_is_refused(adapter: Adapter, asked: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        adapter.greet(handshake(**asked))


def test_no_token_passes_where_none_is_set() -> None:
    with pytest.raises(BadSignature):
        adapter_of("whatsapp", verify_token="").greet(handshake(mode="subscribe", challenge="1", verify_token=""))


@given(query=st.text())
def test_no_query_makes_the_test_of_the_url_fail_otherwise(query: str) -> None:
    with pytest.raises(BadSignature):
        adapter_of("whatsapp").greet(call(method="GET", query=query))


def test_a_post_is_no_test_of_the_url(adapter: Adapter) -> None:
    assert adapter.greet(call(b"{}", query="hub.mode=subscribe&hub.challenge=1&hub.verify_token=kin-42")) is None


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[]", b"null", b"{", b"[" * 200_000, b"7" * 3_000_000])
def test_a_body_that_is_no_json_object_is_unreadable(adapter: Adapter, body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        adapter.parse(call(body))


@pytest.mark.parametrize("other", ["user", "", None, 7, ["page"]])
def test_what_is_not_about_this_channel_is_ignored(adapter: Adapter, other: Any) -> None:
    parsed = adapter.parse(call(json.dumps({"object": other, "entry": [{"messaging": [{}]}]}).encode()))
    assert (parsed.messages, parsed.poison, parsed.ignored) == ((), (), 1)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"id": "1"}, "it has no list of entry"),
        (["Ines +4915770012345"], "it has no fields, though it is one of entry"),
    ],
)
def test_a_broken_envelope_is_kept_for_an_operator(adapter: Adapter, entry: Any, reason: str) -> None:
    parsed = adapter.parse(call(json.dumps({"object": OBJECTS[adapter.slug], "entry": entry}).encode()))
    assert [one.reason for one in parsed.poison] == [reason]
    assert "Ines" not in repr(parsed)


@pytest.mark.parametrize(
    "url",
    [
        "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
        "https://scontent.xx.fbcdn.net/v/1.jpg",
        "https://scontent.cdninstagram.com/v/1.jpg",
    ],
)
def test_metas_own_media_hosts_may_be_asked(url: str) -> None:
    assert media_url(url) == url


@pytest.mark.parametrize("url", [None, "", "http://lookaside.fbsbx.com/a", "https://fbsbx.com.evil.example/a"])
def test_other_hosts_are_not_asked_for_media(url: str | None) -> None:
    assert media_url(url) is None


def test_the_secrets_say_where_they_are_and_which_are_needed(adapter: Adapter) -> None:
    assert [one.name for one in adapter.secrets] == ["app_secret", "verify_token", "access_token"]
    assert [one.required for one in adapter.secrets] == [True, False, False]
    assert all(one.hint for one in adapter.secrets)
