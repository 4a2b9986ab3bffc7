"""What the workbench sends to Kinbox is what Intercom would send."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from tests.workbench.small_workspace import CLIENT_SECRET, Shop
from tests.workbench.stub_kinbox import StubKinbox

Ask = Callable[..., Any]


def test_an_initialize_carries_the_fields_of_intercoms_guide(initialize: Ask, kinbox: StubKinbox, shop: Shop) -> None:
    initialize()
    [call] = kinbox.calls
    assert call.path == "/canvas/initialize"
    assert list(call.json) == ["workspace_id", "workspace_region", "admin", "conversation", "contact"]
    assert (call.json["workspace_id"], call.json["workspace_region"]) == (shop.workspace.app_id, "US")
    assert call.json["contact"] == shop.workspace.contact(shop.lead_id)
    assert call.json["conversation"] == shop.workspace.conversation(shop.conversation_id)
    assert call.json["admin"] == {"type": "admin", "id": "11", "name": "Rosa Byrne", "email": "rosa@shop.example"}


def test_a_submit_adds_the_click_the_values_and_the_canvas(submit: Ask, kinbox: StubKinbox) -> None:
    shown = {"content": {"components": []}, "stored_data": {"view": "home"}}
    submit("pick:7", input_values={"note": "same phone", "tags": ["a"]}, current_canvas=shown)
    [call] = kinbox.calls
    assert call.path == "/canvas/submit"
    assert call.json["component_id"] == "pick:7"
    assert call.json["input_values"] == {"note": "same phone", "tags": ["a"]}
    assert call.json["current_canvas"] == shown


def test_the_signature_is_an_hmac_of_the_bytes_that_arrived(initialize: Ask, kinbox: StubKinbox) -> None:
    initialize()
    [call] = kinbox.calls
    expected = hmac.new(CLIENT_SECRET.encode(), call.raw, hashlib.sha256).hexdigest()
    assert call.headers["x-body-signature"] == expected


def test_html_characters_arrive_escaped_so_that_a_redumped_body_fails(initialize: Ask, kinbox: StubKinbox) -> None:
    initialize()
    [call] = kinbox.calls
    assert b"\\u003cp\\u003eHello" in call.raw
    assert b"\\u0026" in call.raw
    assert "café".encode() in call.raw
    assert not set(b"<>&") & set(call.raw)
    for redumped in (json.dumps(call.json), json.dumps(call.json, ensure_ascii=False, separators=(",", ":"))):
        redone = hmac.new(CLIENT_SECRET.encode(), redumped.encode(), hashlib.sha256).hexdigest()
        assert redone != call.headers["x-body-signature"]


def test_the_person_can_be_sent_under_either_name_or_both(initialize: Ask, kinbox: StubKinbox, shop: Shop) -> None:
    for name in ("contact", "customer", "both"):
        initialize(contact_name=name)
    names = [sorted({"contact", "customer"} & call.json.keys()) for call in kinbox.calls]
    assert names == [["contact"], ["customer"], ["contact", "customer"]]
    assert {call.json.get("customer", {"id": shop.lead_id})["id"] for call in kinbox.calls} == {shop.lead_id}


def test_the_other_teammate_can_be_the_one_who_clicks(initialize: Ask, kinbox: StubKinbox) -> None:
    initialize(admin_id="12")
    assert kinbox.calls[0].json["admin"]["name"] == "Sean Daly"


def test_after_a_merge_an_initialize_is_about_the_survivor(initialize: Ask, kinbox: StubKinbox, shop: Shop) -> None:
    shop.merge_lead_into_user()
    initialize()
    assert kinbox.calls[0].json["contact"]["id"] == shop.user_id


def test_after_a_merge_a_click_still_comes_from_the_panel_that_shows_the_lead(
    submit: Ask, kinbox: StubKinbox, shop: Shop
) -> None:
    shop.merge_lead_into_user()
    submit()
    contact = kinbox.calls[0].json["contact"]
    assert contact["id"] == shop.lead_id
    assert not [name for name in contact if name.startswith("_")]


def test_nobody_is_asked_about_a_contact_that_is_not_served(initialize: Ask, kinbox: StubKinbox, shop: Shop) -> None:
    shop.remove(shop.lead_id, "archive")
    assert "no longer serves this contact" in initialize()["error"]
    assert kinbox.calls == []
