"""A signed message on every channel ends in the Inbox: on the right contact, with its attributes, tag and reason."""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from wechatpy.crypto import PrpCrypto, WeChatCrypto  # type: ignore[import-untyped]  # it has no types

from tests.bridge.conftest import Bridge, Json, bodies
from tests.bridge.providers import Caller, connect
from tests.channels.contract_samples import FORM
from tests.channels.contract_signing import SECRET, Signed
from tests.channels.wechat.calls import APP_ID, KEY, signature

BSUID = "DE.70213344556677889900"


@dataclass(frozen=True, kw_only=True)
class Route:
    """A channel, what its sample message is written as, and who then is its sender."""

    slug: str
    sender: str
    phone: str | None = None
    name: str | None = None
    tag: str = "SMS"
    more: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    also: str = ""

    def __str__(self) -> str:
        return f"{self.slug} {self.also}".strip()

    @property
    def attributes(self) -> Json:
        kept = {} if self.phone else {f"kinbox_{self.slug}_id": self.sender}
        return {"kinbox_channel": self.slug, **kept}


ON_WHATSAPP = {
    "From": "whatsapp:+14155550123",
    "To": "whatsapp:+14155550100",
    "WaId": "14155550123",
    "ProfileName": "Ines",
}
ROUTES = (
    Route(slug="twilio", sender="+14155550123", phone="+14155550123"),
    Route(
        slug="twilio",
        also="WhatsApp",
        tag="WhatsApp",
        sender="whatsapp:+14155550123",
        phone="+14155550123",
        name="Ines",
        more=ON_WHATSAPP,
    ),
    Route(slug="messagebird", sender="31612345678", phone="+31612345678"),
    Route(slug="vonage", sender="447700900111", phone="+447700900111"),
    Route(slug="textmagic", sender="447700900145", phone="+447700900145"),
    Route(slug="africastalking", sender="+254711000042", phone="+254711000042"),
    Route(slug="whatsapp", sender=BSUID, phone="+4915770012345", name="Ines", tag="WhatsApp"),
    Route(slug="messenger", sender="5012345678", tag="Messenger"),
    Route(slug="instagram", sender="5012345678", tag="Instagram"),
    Route(slug="telegram", sender="5012345678", name="Maya", tag="Telegram"),
    Route(slug="line", sender="U0f1e2d3c4b5a69788796a5b4c3d2e1f0", tag="LINE"),
    Route(slug="viber", sender="q7RkT2mXw9bLzY4eHnVs8Q==", name="Marko", tag="Viber"),
    Route(slug="wechat", sender="oQx7Kt9ZbWm3Lr5Ys8Vc1Hd6Nf2E", tag="WeChat"),
    Route(
        slug="wechat",
        also="encrypted",
        sender="oQx7Kt9ZbWm3Lr5Ys8Vc1Hd6Nf2E",
        tag="WeChat",
        secrets={"encoding_aes_key": KEY, "app_id": APP_ID},
    ),
)
on_every_route = pytest.mark.parametrize("route", ROUTES, ids=str)


def post(caller: Caller, route: Route, body: bytes) -> int:
    if route.also == "encrypted":
        body, signed = encrypted(body)
        return caller.post(body, signed).status_code
    return caller.post(body).status_code


def encrypted(inside: bytes) -> tuple[bytes, Signed]:
    """As WeChat's safe mode wraps and signs a message, by a library of others."""
    sealed = PrpCrypto(WeChatCrypto(SECRET, KEY, APP_ID).key).encrypt(inside, APP_ID).decode()
    at, nonce = str(int(time.time())), "1372623149"
    signed = {"signature": signature(SECRET, at, nonce), "msg_signature": signature(SECRET, at, nonce, sealed)}
    body = f"<xml><ToUserName>gh_7a1c9e0f2b3d</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    return body.encode(), Signed(query={**signed, "timestamp": at, "nonce": nonce, "encrypt_type": "aes"})


def deliver(bridge: Bridge, route: Route) -> tuple[Caller, bytes]:
    """The route's sample message, in at the webhook and worked off."""
    caller = connect(bridge, route.slug, **route.secrets)
    body = caller.write(**route.more)
    assert post(caller, route, body) == 200
    bridge.work()
    assert bridge.events() == [("done", None)]
    return caller, body


def tags(conversation: Json) -> list[str]:
    return [one["name"] for one in conversation["tags"]["tags"]]


@on_every_route
def test_somebody_new_becomes_a_lead(route: Route, bridged: Bridge) -> None:
    deliver(bridged, route)
    [lead] = bridged.workspace.contacts()
    fallback = f"{route.tag} user {route.sender[-4:]}"
    assert (lead["role"], lead["phone"], lead["name"]) == ("lead", route.phone, route.name or fallback)
    assert lead["custom_attributes"] == route.attributes
    [conversation] = bridged.workspace.list_conversations()
    assert bodies(conversation) == ["<p>Hi</p>"]
    assert (conversation["source"]["author"]["id"], tags(conversation)) == (lead["id"], [route.tag])
    assert bridged.linked() == [(route.sender, lead["id"], {"rule": "new_lead", "value": None, "runners_up": []})]


@on_every_route
def test_somebody_known_to_intercom_is_found(route: Route, bridged: Bridge) -> None:
    fields: Json = {"role": "user", "external_id": "u1", "name": "Typed by a teammate"}
    if route.phone:
        fields["phone"] = route.phone
    else:
        bridged.intercom.create_data_attribute(f"kinbox_{route.slug}_id", "")
        fields["custom_attributes"] = {f"kinbox_{route.slug}_id": route.sender}
    user = bridged.intercom.create_contact(fields).id
    deliver(bridged, route)
    [contact] = bridged.workspace.contacts()
    assert (contact["id"], contact["name"], contact["custom_attributes"]) == (
        user,
        "Typed by a teammate",
        route.attributes,
    )
    [conversation] = bridged.workspace.list_conversations()
    assert (conversation["source"]["author"]["id"], tags(conversation)) == (user, [route.tag])
    rule, value = ("phone", route.phone) if route.phone else ("channel_id", route.sender)
    assert bridged.linked() == [(route.sender, user, {"rule": rule, "value": value, "runners_up": []})]


@on_every_route
def test_a_message_that_comes_again_shows_once(route: Route, bridged: Bridge) -> None:
    caller, body = deliver(bridged, route)
    for _ in range(2):
        assert post(caller, route, body) == 200
        bridged.work()
    assert bridged.threads() == [["<p>Hi</p>"]]


@on_every_route
def test_the_next_message_goes_on_in_the_same_conversation(route: Route, bridged: Bridge) -> None:
    caller, _ = deliver(bridged, route)
    assert post(caller, route, caller.write(**route.more)) == 200
    bridged.work()
    assert bridged.threads() == [["<p>Hi</p>", "<p>Hi</p>"]]
    assert len(bridged.workspace.contacts()) == 1


# WhatsApp: one person under several ids


def whatsapp(caller: Caller, edit: Callable[[Json, Json], None], **more: Any) -> None:
    """One message, after `edit` had its way with its `contacts` entry and itself."""
    whole = json.loads(caller.write(**more))
    value = whole["entry"][0]["changes"][0]["value"]
    edit(value["contacts"][0], value["messages"][0])
    assert caller.post(json.dumps(whole).encode()).status_code == 200


def by_both(_contact: Json, _message: Json) -> None:
    """With the phone and the user id, as most people write."""


def by_phone_only(contact: Json, message: Json) -> None:
    del contact["user_id"], message["from_user_id"]


def by_user_id_only(contact: Json, message: Json) -> None:
    """Somebody who took a user name: the phone is hidden from then on."""
    del contact["wa_id"], message["from"]
    contact["profile"]["username"] = "@ines"


@pytest.mark.parametrize(
    "order", [(by_both, by_phone_only, by_user_id_only), (by_phone_only, by_both, by_user_id_only)]
)
@pytest.mark.parametrize("worked", ["after each", "in the end"])
def test_a_person_on_whatsapp_is_one_contact_under_all_their_ids(
    worked: str, order: tuple[Callable[[Json, Json], None], ...], bridged: Bridge
) -> None:
    caller = connect(bridged, "whatsapp")
    for edit in order:
        whatsapp(caller, edit)
        if worked == "after each":
            bridged.work()
    bridged.work()
    [lead] = bridged.workspace.contacts()
    assert bridged.threads() == [["<p>Hi</p>"] * 3]
    assert [contact_id for _, contact_id, _ in bridged.linked()] == [lead["id"]]


def test_a_user_name_without_a_phone_is_linked_here_and_nowhere_else(bridged: Bridge) -> None:
    caller = connect(bridged, "whatsapp")
    whatsapp(caller, by_user_id_only)
    bridged.work()
    [lead] = bridged.workspace.contacts()
    assert (lead["phone"], lead["custom_attributes"]) == (None, {"kinbox_channel": "whatsapp"})
    assert not any(path == "/contacts/search" for _, path in bridged.calls())
    whatsapp(caller, by_user_id_only)
    bridged.work()
    assert bridged.threads() == [["<p>Hi</p>"] * 2]
    assert [(sender, contact_id) for sender, contact_id, _ in bridged.linked()] == [(BSUID, lead["id"])]


def test_a_new_number_on_whatsapp_stays_the_same_person(bridged: Bridge) -> None:
    caller = connect(bridged, "whatsapp")
    whatsapp(caller, by_phone_only)

    def moves(contact: Json, message: Json) -> None:
        by_phone_only(contact, message)
        del message["text"]
        message["type"] = "system"
        message["system"] = {"type": "user_changed_number", "wa_id": "4915770099999", "body": "Ines changed"}

    whatsapp(caller, moves)

    def from_the_new_one(contact: Json, message: Json) -> None:
        by_phone_only(contact, message)
        contact["wa_id"] = message["from"] = "4915770099999"

    whatsapp(caller, from_the_new_one)
    bridged.work()
    assert len(bridged.workspace.contacts()) == 1
    assert bridged.threads() == [["<p>Hi</p>"] * 2]


# Vonage: one text in several calls


def sms_part(caller: Caller, number: int, text: str) -> int:
    """A part of a long text as Vonage's SMS API posts it, signed over its values."""
    values = {
        "msisdn": "447700900111",
        "to": caller.address,
        "messageId": f"0C000000217B7F{number:02d}",
        "text": text,
        "type": "text",
        "message-timestamp": "2026-11-20 09:15:42",
        "timestamp": str(int(time.time())),
        "concat": "true",
        "concat-ref": "17",
        "concat-total": "3",
        "concat-part": str(number),
    }
    signed = "".join(f"&{name}={values[name]}" for name in sorted(values))
    values["sig"] = hmac.new(SECRET.encode(), signed.encode(), "sha256").hexdigest()
    answer = caller.bridge.app.test_client().post(caller.path, data=urlencode(values), content_type=FORM)
    return answer.status_code


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 2, 3, 1, 1)])
def test_a_long_text_in_parts_is_one_message(order: tuple[int, ...], bridged: Bridge) -> None:
    caller = connect(bridged, "vonage")
    texts = {1: "Where is ", 2: "my order, ", 3: "please?"}
    for number in order:
        assert bridged.threads() == []
        assert sms_part(caller, number, texts[number]) == 200
        if {1, 2, 3} - set(order[: order.index(number) + 1]):
            bridged.work()
    bridged.work()
    assert bridged.threads() == [["<p>Where is my order, please?</p>"]]
