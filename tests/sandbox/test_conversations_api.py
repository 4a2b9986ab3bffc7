"""Conversations: started and answered by both sides, managed by teammates."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from app.sandbox import people
from app.sandbox.workspace import Workspace
from tests.sandbox.caller import Caller, Clock, error

Json = dict[str, Any]
REPLY = f"/conversations/{people.MAYA_CONVERSATION}/reply"


def start(call: Caller, contact_id: str, body: str = "Hello", kind: str = "lead", **more: Any) -> Json:
    answer = call.post("/conversations", {"from": {"type": kind, "id": contact_id}, "body": body, **more})
    assert answer.status_code == 200, answer.json
    return dict(answer.json or {})


def read(call: Caller, conversation_id: str, query: str = "") -> Json:
    answer = call.get(f"/conversations/{conversation_id}{query}")
    assert answer.status_code == 200, answer.json
    return dict(answer.json or {})


def last_part(conversation: Json) -> Json:
    return dict(conversation["conversation_parts"]["conversation_parts"][-1])


def as_lead(body: str = "Thanks", **more: Any) -> Json:
    return {"message_type": "comment", "type": "user", "intercom_user_id": people.MAYA_LEAD, "body": body, **more}


def as_admin(kind: str, body: str = "Sure") -> Json:
    return {"message_type": kind, "type": "admin", "admin_id": people.ROSA, "body": body}


def test_starting_answers_with_a_message_that_names_the_conversation(call: Caller, clock: Clock) -> None:
    message = start(call, people.TELEGRAM_LEAD, "Is my order <on> its way?")
    assert (message["type"], message["body"]) == ("user_message", "Is my order <on> its way?")
    conversation = read(call, message["conversation_id"])
    assert conversation["source"]["body"] == "<p>Is my order &lt;on&gt; its way?</p>"
    assert conversation["source"]["author"]["type"] == "lead"
    assert conversation["contacts"]["contacts"][0]["id"] == people.TELEGRAM_LEAD
    assert conversation["waiting_since"] == int(clock.now_s)
    assert conversation["conversation_parts"]["total_count"] == 0


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"from": {"type": "lead", "id": people.MAYA_LEAD}}, (400, "parameter_not_found")),
        ({"from": {"type": "lead", "id": people.MAYA_LEAD}, "body": " "}, (400, "parameter_not_found")),
        ({"body": "x"}, (400, "parameter_not_found")),
        ({"from": {"type": "admin", "id": people.ROSA}, "body": "x"}, (400, "parameter_invalid")),
        ({"from": {"type": "lead", "id": "f" * 24}, "body": "x"}, (404, "not_found")),
        ({"from": {"type": "user", "id": people.MAYA_LEAD}, "body": "x"}, (404, "not_found")),
    ],
)
def test_a_start_that_is_not_as_documented_is_refused(call: Caller, body: Json, wanted: tuple[int, str]) -> None:
    assert error(call.post("/conversations", body))[:2] == wanted


def test_a_customers_reply_to_an_open_conversation_is_a_comment(call: Caller) -> None:
    answered = call.post(REPLY, as_lead("One\ntwo"))
    part = last_part(dict(answered.json or {}))
    assert (part["part_type"], part["body"]) == ("comment", "<p>One<br>two</p>")
    assert part["author"]["id"] == people.MAYA_LEAD


def test_a_customers_reply_reopens_as_a_part_open_with_the_body(call: Caller) -> None:
    path = f"/conversations/{people.MAYA_CONVERSATION}"
    closed = call.post(f"{path}/parts", {"message_type": "close", "type": "admin", "admin_id": people.ROSA})
    assert (closed.json or {})["state"] == "closed"
    reopened = dict(call.post(REPLY, as_lead("Wait!")).json or {})
    assert (reopened["state"], reopened["open"]) == ("open", True)
    assert (last_part(reopened)["part_type"], last_part(reopened)["body"]) == ("open", "<p>Wait!</p>")


@pytest.mark.parametrize("kind", ["comment", "note", "quick_reply"])
def test_a_teammate_writes(call: Caller, kind: str) -> None:
    part = last_part(dict(call.post(REPLY, as_admin(kind)).json or {}))
    assert (part["part_type"], part["author"]["type"], part["author"]["id"]) == (kind, "admin", people.ROSA)


def test_a_comment_ends_the_waiting_and_a_note_does_not(call: Caller) -> None:
    assert (call.post(REPLY, as_admin("note")).json or {})["waiting_since"] is not None
    assert (call.post(REPLY, as_admin("comment")).json or {})["waiting_since"] is None


def test_a_teammates_html_keeps_only_what_intercom_allows(call: Caller) -> None:
    hostile = '<p onclick="x()">Hi <b>you</b><script>alert(1)</script><a href="javascript:x">l</a></p><img src=x>'
    part = last_part(dict(call.post(REPLY, as_admin("note", hostile)).json or {}))
    assert part["body"] == "<p>Hi <b>you</b><a>l</a></p>"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({**as_lead(), "type": "lead"}, (400, "parameter_invalid")),
        ({**as_lead(), "email": "a@b.example"}, (400, "parameter_invalid")),
        ({"type": "user", "body": "x"}, (400, "parameter_invalid")),
        ({**as_lead(), "intercom_user_id": "f" * 24}, (404, "not_found")),
        ({**as_admin("comment"), "admin_id": "1"}, (404, "admin_not_found")),
        (as_admin("shout"), (400, "parameter_invalid")),
        (as_lead(""), (400, "parameter_not_found")),
        (as_lead(attachment_urls=["https://x.example/a.png"] * 11), (400, "parameter_invalid")),
        (as_lead(attachment_files=[{"name": "x"}]), (400, "parameter_invalid")),
        (
            as_lead(attachment_files=[{"name": "x", "content_type": "image/png", "data": "%%"}]),
            (400, "parameter_invalid"),
        ),
    ],
)
def test_a_reply_that_is_not_as_documented_is_refused(call: Caller, body: Json, wanted: tuple[int, str]) -> None:
    assert error(call.post(REPLY, body))[:2] == wanted


def test_a_reply_names_a_user_by_external_id_or_email(call: Caller) -> None:
    path = f"/conversations/{people.USER_CONVERSATION}/reply"
    for name, value in (("user_id", "cust-1001"), ("email", "maya.reilly@quayside.example")):
        answered = call.post(path, {"type": "user", name: value, "body": "Me again"})
        assert last_part(dict(answered.json or {}))["author"]["id"] == people.MAYA_USER


def test_last_is_the_contacts_newest_conversation(call: Caller, clock: Clock) -> None:
    clock.pass_s(5)
    newest = start(call, people.MAYA_LEAD)["conversation_id"]
    assert (call.post("/conversations/last/reply", as_lead()).json or {})["id"] == newest
    nobody = call.make(role="lead")
    body = {"type": "user", "intercom_user_id": nobody, "body": "x"}
    assert error(call.post("/conversations/last/reply", body))[:2] == (422, "unprocessable_entity")


def upload(data: bytes = b"\x89PNG picture") -> Json:
    encoded = base64.b64encode(data).decode()
    return {"content_type": "image/png", "name": "the photo?.png", "data": encoded}


def test_an_uploaded_file_is_served_for_half_an_hour(call: Caller, clock: Clock) -> None:
    part = last_part(dict(call.post(REPLY, as_lead(attachment_files=[upload()])).json or {}))
    [attachment] = part["attachments"]
    assert (attachment["type"], attachment["name"], attachment["filesize"]) == ("upload", "the photo?.png", 12)
    served = call.get(attachment["url"])
    assert (served.status_code, served.data, served.content_type) == (200, b"\x89PNG picture", "image/png")
    clock.pass_s(1801)
    assert call.get(attachment["url"]).status_code == 403
    fresh = last_part(read(call, people.MAYA_CONVERSATION))["attachments"][0]["url"]
    assert call.get(fresh).status_code == 200


def test_the_size_of_files_and_the_need_of_a_body_are_switches(call: Caller, workspace: Workspace) -> None:
    workspace.unconfirmed = replace(workspace.unconfirmed, max_attachment_bytes=5, empty_body_with_files=True)
    assert error(call.post(REPLY, as_lead("", attachment_files=[upload()])))[0] == 400
    answered = call.post(REPLY, as_lead("", attachment_files=[upload(b"tiny")]))
    assert last_part(dict(answered.json or {}))["body"] is None


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ({"message_type": "close", "body": "Bye"}, {"state": "closed", "open": False}),
        ({"message_type": "open"}, {"state": "open", "open": True}),
        ({"message_type": "snoozed", "snoozed_until": 1_800_000_000}, {"state": "snoozed"}),
        ({"message_type": "assignment", "assignee_id": people.MIKA}, {"admin_assignee_id": int(people.MIKA)}),
        (
            {"message_type": "assignment", "type": "team", "assignee_id": people.SALES_TEAM},
            {"team_assignee_id": int(people.SALES_TEAM)},
        ),
        ({"message_type": "assignment", "assignee_id": "0"}, {"admin_assignee_id": 0, "team_assignee_id": 0}),
    ],
)
def test_teammates_manage_a_conversation(call: Caller, body: Json, changed: Json) -> None:
    path = f"/conversations/{people.MAYA_CONVERSATION}/parts"
    managed = dict(call.post(path, {"type": "admin", "admin_id": people.ROSA, **body}).json or {})
    assert {key: managed[key] for key in changed} == changed
    assert last_part(managed)["part_type"] == body["message_type"]


def test_an_unknown_action_or_teammate_is_refused(call: Caller) -> None:
    path = f"/conversations/{people.MAYA_CONVERSATION}/parts"
    assert error(call.post(path, {"message_type": "burn", "admin_id": people.ROSA}))[0] == 400
    assert error(call.post(path, {"message_type": "close", "admin_id": "1"}))[:2] == (404, "admin_not_found")
    assert error(call.post("/conversations/1/parts", {"message_type": "close"}))[:2] == (404, "not_found")


def test_plain_text_is_given_on_request(call: Caller) -> None:
    call.post(REPLY, as_lead("a < b\nc"))
    assert last_part(read(call, people.MAYA_CONVERSATION, "?display_as=plaintext"))["body"] == "a < b\nc"


def test_conversation_attributes_must_exist(call: Caller) -> None:
    path = f"/conversations/{people.MAYA_CONVERSATION}"
    edited = call.put(path, {"read": True, "title": "Sideboard", "custom_attributes": {"Order number": "HP-1"}})
    body = dict(edited.json or {})
    assert (body["read"], body["title"], body["custom_attributes"]) == (True, "Sideboard", {"Order number": "HP-1"})
    refused = error(call.put(path, {"custom_attributes": {"Colour": "red"}}))
    assert refused == (400, "parameter_invalid", "Conversation attribute 'Colour' does not exist")


def test_the_list_shows_the_latest_activity_first_without_parts(call: Caller) -> None:
    call.post(f"/conversations/{people.USER_CONVERSATION}/reply", as_admin("note"))
    body = dict(call.get("/conversations").json or {})
    assert body["conversations"][0]["id"] == people.USER_CONVERSATION
    assert "conversation_parts" not in body["conversations"][0]
    times = [item["updated_at"] for item in body["conversations"]]
    assert times == sorted(times, reverse=True)


def test_older_versions_spell_priority_and_nobody_differently(call: Caller) -> None:
    path = f"/conversations/{people.MAYA_CONVERSATION}"
    now, before = dict(call.get(path).json or {}), dict(call.get(path, Intercom_Version="2.15").json or {})
    assert (now["priority"], now["admin_assignee_id"]) == ("none", 0)
    assert (before["priority"], before["admin_assignee_id"]) == ("not_priority", None)


def test_a_customer_writes_without_the_api(workspace: Workspace) -> None:
    started = workspace.add_customer_message(people.UNRELATED_USER, "Hi", "sms")
    assert (started["source"]["type"], started["source"]["author"]["type"]) == ("sms", "user")
    again = workspace.add_customer_message(people.UNRELATED_USER, "There?", "sms", started["id"])
    assert last_part(again)["body"] == "<p>There?</p>"
    assert workspace.list_conversations()[0]["id"] == started["id"]
