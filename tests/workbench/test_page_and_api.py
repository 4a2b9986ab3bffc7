"""The page, and the JSON that it is made from."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.workbench.small_workspace import CLIENT_SECRET, Shop
from tests.workbench.stub_kinbox import StubKinbox


def listed(page: FlaskClient, query: str = "") -> list[str]:
    answer = page.get(f"/workbench/api/conversations{query}").get_json()
    return [conversation["contact"]["label"] for conversation in answer["conversations"]]


def test_the_page_forbids_everything_but_its_own_files(page: FlaskClient) -> None:
    response = page.get("/")
    policy = response.headers["Content-Security-Policy"]
    assert response.status_code == 200
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "https:" not in policy
    assert "<script>" not in response.text
    assert "style=" not in response.text


def test_pictures_from_elsewhere_load_only_when_the_address_asks(page: FlaskClient) -> None:
    policy = page.get("/?pictures=load").headers["Content-Security-Policy"]
    assert "img-src 'self' https:;" in policy
    assert "script-src 'self';" in policy


def test_the_secrets_of_the_workspace_stay_off_the_page(page: FlaskClient, shop: Shop) -> None:
    answer = page.get("/workbench/api/workspace")
    assert answer.get_json()["admins"] == [{"id": "11", "name": "Rosa Byrne"}, {"id": "12", "name": "Sean Daly"}]
    assert CLIENT_SECRET not in answer.text
    assert shop.workspace.token not in answer.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ivy Stone", "Ivy"]),
        ("?q=WOBBLES", ["Ivy Stone"]),
        ("?q=carpenter", ["Ivy Stone"]),
        ("?q=555 0123", ["Ivy"]),
        ("?q=nobody", []),
        ("?state=open", ["Ivy Stone", "Ivy"]),
        ("?state=closed", []),
    ],
)
def test_conversations_are_found_by_name_phone_and_message(page: FlaskClient, query: str, found: list[str]) -> None:
    assert sorted(listed(page, query)) == sorted(found)


def test_a_thread_is_plain_text_with_its_authors(page: FlaskClient, shop: Shop) -> None:
    answer = page.get(f"/workbench/api/conversations/{shop.other_conversation_id}").get_json()
    parts = answer["conversation"]["parts"]
    told = [(part["kind"], part["from"], part["author"]["label"], part["text"]) for part in parts]
    assert told == [
        ("message", "contact", "Ivy Stone", "The oak table wobbles."),
        ("note", "admin", "Rosa Byrne", "Ask the carpenter."),
    ]


@pytest.mark.parametrize(("how", "word"), [("archive", "archived"), ("delete", "deleted"), ("block", "blocked")])
def test_a_participant_who_is_gone_is_named_with_the_reason(page: FlaskClient, shop: Shop, how: str, word: str) -> None:
    shop.remove(shop.lead_id, how)
    answer = page.get(f"/workbench/api/conversations/{shop.conversation_id}").get_json()
    [person] = answer["conversation"]["participants"]
    assert (person["label"], word in person["gone"]) == ("Ivy", True)


def test_after_a_merge_the_conversation_shows_the_survivor(page: FlaskClient, shop: Shop) -> None:
    shop.merge_lead_into_user()
    assert listed(page) == ["Ivy Stone", "Ivy Stone"]
    lead = page.get(f"/workbench/api/contacts/{shop.lead_id}").get_json()["contact"]
    assert "merged" in lead["gone"]


def test_contacts_are_found_by_part_of_name_email_phone_or_id(page: FlaskClient, shop: Shop) -> None:
    for query in ("stone", "IVY@SHOP", shop.user_id[3:12]):
        found = page.get("/workbench/api/contacts", query_string={"q": query}).get_json()["contacts"]
        assert [contact["id"] for contact in found] == [shop.user_id]


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "configure"},
        {"kind": "submit"},
        {"conversation_id": None},
        {"conversation_id": 7},
        {"contact_id": ""},
        {"contact_name": "user"},
        {"input_values": []},
    ],
)
def test_a_malformed_click_is_refused_and_nothing_is_sent(
    page: FlaskClient, shop: Shop, kinbox: StubKinbox, changes: dict[str, Any]
) -> None:
    fields = {"conversation_id": shop.conversation_id, "contact_id": shop.lead_id, "admin_id": "11"}
    response = page.post("/workbench/api/canvas", json={"kind": "initialize", **fields, **changes})
    assert response.status_code == 400
    assert response.get_json()["error"].endswith(".")
    assert kinbox.calls == []


@pytest.mark.parametrize(("field", "value"), [("conversation_id", "404"), ("admin_id", "404")])
def test_what_the_workspace_does_not_know_is_said_to_be_missing(
    page: FlaskClient, shop: Shop, field: str, value: str
) -> None:
    fields = {"conversation_id": shop.conversation_id, "contact_id": shop.lead_id, "admin_id": "11", field: value}
    response = page.post("/workbench/api/canvas", json={"kind": "initialize", **fields})
    assert response.status_code == 404


def test_another_site_can_neither_read_nor_click(page: FlaskClient, kinbox: StubKinbox) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert page.get("/workbench/api/conversations", headers=elsewhere).status_code == 403
    form = page.post("/workbench/api/canvas", data='{"kind": "initialize"}', content_type="text/plain")
    assert form.status_code == 400
    assert kinbox.calls == []


def test_a_picture_in_a_thread_is_shown_and_any_other_file_is_not(page: FlaskClient, shop: Shop) -> None:
    png = b"\x89PNG\r\n\x1a\nrest"
    files = [("chair.png", png), ("page.png", b"<html>"), ("notes.txt", b"some words")]
    uploads = [
        {"name": name, "content_type": "application/octet-stream", "data": b64encode(data).decode()}
        for name, data in files
    ]
    body = {"type": "user", "intercom_user_id": shop.lead_id, "body": "See", "attachment_files": uploads}
    shop.workspace.inbox.reply(shop.conversation_id, {"message_type": "comment", **body})
    whole = page.get(f"/workbench/api/conversations/{shop.conversation_id}").get_json()["conversation"]
    chair, fake, notes = whole["parts"][-1]["attachments"]
    assert [each["name"] for each in (chair, fake, notes)] == ["chair.png", "page.png", "notes.txt"]
    shown = page.get(f"/workbench/api/pictures/{chair['picture']}")
    assert (shown.data, shown.content_type) == (png, "image/png")
    assert page.get(f"/workbench/api/pictures/{fake['picture']}").status_code == 404
    assert notes["picture"] is None
    assert page.get("/workbench/api/pictures/4711").status_code == 404
