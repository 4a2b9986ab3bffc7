"""Data attributes, tags, notes, companies."""

from __future__ import annotations

from typing import Any

import pytest

from app.sandbox import people
from app.sandbox.workspace import Workspace
from tests.sandbox.caller import Caller, error

Json = dict[str, Any]


def attribute(**changes: Any) -> Json:
    return {"name": "kinbox_new_id", "model": "contact", "data_type": "string", **changes}


def test_a_new_attribute_can_be_written_at_once(call: Caller) -> None:
    made = dict(call.post("/data_attributes", attribute(description="Written by Kinbox")).json or {})
    assert made["full_name"] == "custom_attributes.kinbox_new_id"
    assert (made["custom"], made["archived"], made["data_type"]) == (True, False, "string")
    assert call.make(role="lead", custom_attributes={"kinbox_new_id": "007"})
    listed = dict(call.get("/data_attributes?model=contact").json or {})
    assert made["id"] in [item.get("id") for item in listed["data"]]


@pytest.mark.parametrize(("asked", "read"), [("datetime", "date"), ("float", "float"), ("boolean", "boolean")])
def test_a_type_reads_back_as_intercom_names_it(call: Caller, asked: str, read: str) -> None:
    made = dict(call.post("/data_attributes", attribute(data_type=asked)).json or {})
    assert made["data_type"] == read


def test_a_list_needs_two_options(call: Caller) -> None:
    one = [{"value": "oak"}]
    assert error(call.post("/data_attributes", attribute(data_type="options", options=one)))[0] == 400
    two = attribute(data_type="options", options=[*one, {"value": "ash"}])
    assert (call.post("/data_attributes", two).json or {})["options"] == ["oak", "ash"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"name": "plan"},
            "You already have 'plan' in your people data. To save this as new people data, use a different name.",
        ),
        (
            {"name": "plan", "model": "company"},
            "You already have 'plan' in your people data. To save this as new company data, use a different name.",
        ),
        (
            {"name": "a.b"},
            "Your name for this attribute must only contain alphanumeric characters, currency symbols, and hyphens",
        ),
        ({"data_type": "money"}, "Data Type isn't an option"),
    ],
)
def test_an_attribute_that_cannot_be_says_why(call: Caller, changes: Json, message: str) -> None:
    answer = call.post("/data_attributes", attribute(**changes))
    assert error(answer) == (400, "parameter_invalid", message)


def test_attributes_of_conversations_live_elsewhere(call: Caller) -> None:
    assert error(call.get("/data_attributes?model=conversation"))[:2] == (422, "parameter_invalid")
    assert error(call.post("/data_attributes", attribute(model="conversation")))[:2] == (400, "parameter_invalid")


def test_an_archived_attribute_is_hidden_and_cannot_be_written(call: Caller) -> None:
    number = (call.post("/data_attributes", attribute()).json or {})["id"]
    assert (call.put(f"/data_attributes/{number}", {"archived": True}).json or {})["archived"] is True
    shown = dict(call.get("/data_attributes").json or {})
    hidden = dict(call.get("/data_attributes?include_archived=true").json or {})
    assert number not in [item.get("id") for item in shown["data"]]
    assert number in [item.get("id") for item in hidden["data"]]
    assert error(call.post("/contacts", {"role": "lead", "custom_attributes": {"kinbox_new_id": "1"}}))[0] == 400


def test_an_unknown_attribute_is_not_updated(call: Caller) -> None:
    assert error(call.put("/data_attributes/1", {"archived": True}))[:2] == (404, "field_not_found")


def test_an_attribute_that_a_workflow_uses_is_not_archived(call: Caller) -> None:
    listed = dict(call.get("/data_attributes").json or {})
    number = next(item["id"] for item in listed["data"] if item["name"] == "plan")
    assert error(call.put(f"/data_attributes/{number}", {"archived": True}))[:2] == (422, "data_invalid")


def test_a_workspace_has_at_most_250_attributes(call: Caller, workspace: Workspace) -> None:
    room = 250 - len(workspace.store.state["data_attributes"])
    for number in range(room):
        assert call.post("/data_attributes", attribute(name=f"more {number}")).status_code == 200
    assert error(call.post("/data_attributes", attribute()))[:2] == (400, "parameter_invalid")


def test_a_tag_is_found_or_made_by_name(call: Caller) -> None:
    known = dict(call.post("/tags", {"name": "vip"}).json or {})
    assert known == {"type": "tag", "id": people.TAG_VIP, "name": "VIP"}
    new = dict(call.post("/tags", {"name": "Returns"}).json or {})
    assert new in (call.get("/tags").json or {})["data"]
    assert error(call.post("/tags", {}))[:2] == (400, "parameter_invalid")


def test_a_tag_goes_on_and_off_a_contact(call: Caller) -> None:
    path = f"/contacts/{people.MAYA_LEAD}/tags"
    call.post(path, {"id": people.TAG_TRADE})
    call.post(path, {"id": people.TAG_TRADE})
    [tag] = (call.get(path).json or {})["data"]
    assert (tag["id"], tag["name"]) == (people.TAG_TRADE, "Trade")
    call.delete(f"{path}/{people.TAG_TRADE}")
    assert (call.get(path).json or {})["data"] == []
    assert error(call.post(path, {"id": "1"}))[:2] == (404, "not_found")


def test_a_tag_goes_on_and_off_a_conversation(call: Caller) -> None:
    path = f"/conversations/{people.MAYA_CONVERSATION}"
    call.post(f"{path}/tags", {"id": people.TAG_DELIVERY, "admin_id": people.ROSA})
    [tag] = (call.get(path).json or {})["tags"]["tags"]
    assert (tag["name"], tag["applied_by"]) == ("Delivery", {"type": "admin", "id": people.ROSA})
    call.delete(f"{path}/tags/{people.TAG_DELIVERY}", {"admin_id": people.ROSA})
    assert (call.get(path).json or {})["tags"]["tags"] == []


@pytest.mark.parametrize(
    ("body", "code"),
    [({"id": "1", "admin_id": people.ROSA}, "tag_not_found"), ({"id": people.TAG_VIP}, "admin_not_found")],
)
def test_a_conversation_tag_needs_a_tag_and_a_teammate(call: Caller, body: Json, code: str) -> None:
    path = f"/conversations/{people.MAYA_CONVERSATION}/tags"
    assert error(call.post(path, body))[:2] == (404, code)


def test_a_deleted_tag_leaves_everybody_and_a_used_one_stays(call: Caller) -> None:
    assert call.delete(f"/tags/{people.TAG_TRADE}").status_code == 200
    assert (call.get(f"/contacts/{people.EMAIL_USER}/tags").json or {})["data"] == []
    assert error(call.get(f"/tags/{people.TAG_TRADE}"))[0] == 404
    assert error(call.delete(f"/tags/{people.TAG_VIP}"))[:2] == (400, "tag_has_dependent_objects")


def test_notes_are_kept_on_a_contact_newest_first(call: Caller) -> None:
    path = f"/contacts/{people.MAYA_USER}/notes"
    made = dict(call.post(path, {"body": "Called back.", "admin_id": people.MIKA}).json or {})
    assert (made["author"]["id"], made["body"]) == (people.MIKA, "<p>Called back.</p>")
    listed = dict(call.get(path).json or {})
    assert (listed["data"][0]["id"], listed["total_count"]) == (made["id"], 2)
    assert call.get(f"/notes/{made['id']}").json == made
    stub = (call.get(f"/contacts/{people.MAYA_USER}").json or {})["notes"]
    assert stub["total_count"] == 2


def test_a_note_needs_a_contact_a_body_and_a_teammate(call: Caller) -> None:
    assert error(call.post(f"/contacts/{'f' * 24}/notes", {"body": "x"}))[2] == "User Not Found"
    path = f"/contacts/{people.MAYA_USER}/notes"
    assert error(call.post(path, {}))[0] == 400
    assert error(call.post(path, {"body": "x", "admin_id": "1"}))[2] == "Resource Not Found"


def test_companies_and_segments_of_a_contact(call: Caller) -> None:
    companies = dict(call.get(f"/contacts/{people.MAYA_USER}/companies").json or {})
    assert [company["name"] for company in companies["data"]] == ["Quayside Letting"]
    assert (call.get(f"/contacts/{people.MAYA_USER}/segments").json or {})["data"] == []
    assert (call.get("/segments").json or {})["segments"] == []
