"""Creating, reading and updating contacts, with Intercom's conflicts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from app.sandbox import people
from app.sandbox.workspace import Workspace
from tests.sandbox.caller import Caller, error

Json = dict[str, Any]


def read(call: Caller, contact_id: str) -> Json:
    body = call.get(f"/contacts/{contact_id}").json
    assert body is not None
    return dict(body)


def test_a_new_lead_gets_an_id_and_a_uuid_of_intercoms_own(call: Caller) -> None:
    contact = read(call, call.make(role="lead", phone="+35315559999", external_id="mine"))
    assert re.fullmatch(r"[0-9a-f]{24}", contact["id"])
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f-]{27}", contact["external_id"])
    assert (contact["role"], contact["phone"]) == ("lead", "+35315559999")


def test_a_new_user_keeps_its_external_id(call: Caller) -> None:
    contact = read(call, call.make(external_id="cust-9", email="nine@x.example", name="Nine"))
    assert (contact["role"], contact["external_id"], contact["email_domain"]) == ("user", "cust-9", "x.example")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "parameter_not_found"),
        ({"name": "Nobody"}, "parameter_not_found"),
        ({"role": "user", "phone": "+35315550000"}, "parameter_missing"),
        ({"role": "boss"}, "parameter_invalid"),
        ({"role": "lead", "email_verified": True}, "parameter_invalid"),
        ({"role": "lead", "name": 7}, "type_mismatch"),
        ({"role": "lead", "signed_up_at": "yesterday"}, "type_mismatch"),
    ],
)
def test_a_contact_that_is_not_as_documented_is_refused(call: Caller, body: Json, code: str) -> None:
    assert error(call.post("/contacts", body))[:2] == (400, code)


def test_an_owner_from_elsewhere_is_refused(call: Caller) -> None:
    refused = error(call.post("/contacts", {"role": "lead", "owner_id": "1"}))
    assert refused == (400, "parameter_invalid", "The owner specified is not a member of the workspace")


def test_the_owner_is_a_string_since_2_16(call: Caller) -> None:
    contact_id = call.make(role="lead", owner_id=int(people.ROSA))
    assert read(call, contact_id)["owner_id"] == people.ROSA
    older = call.get(f"/contacts/{contact_id}", Intercom_Version="2.15").json
    assert older is not None
    assert older["owner_id"] == int(people.ROSA)


def test_a_known_external_id_is_a_conflict_that_names_the_user(call: Caller) -> None:
    refused = error(call.post("/contacts", {"external_id": "cust-1001"}))
    wanted = f"A contact matching those details already exists with id={people.MAYA_USER}"
    assert refused == (409, "conflict", wanted)


@pytest.mark.parametrize(
    ("external_id", "holder"), [("cust-1008", people.ARCHIVED_USER), ("cust-1010", people.DELETED_USER)]
)
def test_archived_and_deleted_users_lock_their_external_id(call: Caller, external_id: str, holder: str) -> None:
    refused = error(call.post("/contacts", {"external_id": external_id}))
    wanted = f"An archived contact matching those details already exists with id={holder}"
    assert refused == (409, "conflict", wanted)


def test_a_blocked_user_cannot_be_made_again(call: Caller) -> None:
    assert error(call.post("/contacts", {"external_id": "cust-1011"}))[:2] == (422, "not_restorable")


def test_an_email_is_a_conflict_unless_external_ids_differ(call: Caller) -> None:
    email = "Maya.Reilly@quayside.example"
    assert error(call.post("/contacts", {"email": email}))[0] == 409
    assert call.make(email=email, external_id="another")


@pytest.mark.parametrize(("policy", "status"), [("always", 409), ("never", 200)])
def test_which_emails_conflict_is_a_switch(call: Caller, workspace: Workspace, policy: str, status: int) -> None:
    workspace.unconfirmed = replace(workspace.unconfirmed, email_conflicts=policy)
    body = {"email": "maya.reilly@quayside.example", "external_id": "another"}
    assert call.post("/contacts", body).status_code == status


def test_leads_never_conflict(call: Caller) -> None:
    same = {"role": "lead", "email": "maya.reilly@quayside.example", "phone": "+35315550123"}
    assert call.make(**same) != call.make(**same)


def test_equal_phones_conflict_only_when_switched_on(call: Caller, workspace: Workspace) -> None:
    call.make(external_id="one", phone="+4930123456")
    call.make(external_id="two", phone="+4930123456")
    workspace.unconfirmed = replace(workspace.unconfirmed, phone_conflicts=True)
    assert error(call.post("/contacts", {"external_id": "three", "phone": "+4930123456"}))[0] == 409


def test_a_phone_is_kept_as_sent_unless_switched(call: Caller, workspace: Workspace) -> None:
    assert read(call, call.make(role="lead", phone="+1 (415) 555-0100"))["phone"] == "+1 (415) 555-0100"
    workspace.unconfirmed = replace(workspace.unconfirmed, phone_rewritten=True, invalid_phone_refused=True)
    assert read(call, call.make(role="lead", phone="+1 (415) 555-0100"))["phone"] == "+14155550100"
    assert error(call.post("/contacts", {"role": "lead", "phone": "n/a"}))[:2] == (400, "parameter_invalid")


@pytest.mark.parametrize("gone", [people.ARCHIVED_USER, people.DELETED_USER, people.BLOCKED_USER, "f" * 24])
def test_what_is_not_served_is_user_not_found(call: Caller, gone: str) -> None:
    assert error(call.get(f"/contacts/{gone}")) == (404, "not_found", "User Not Found")
    assert error(call.put(f"/contacts/{gone}", {"name": "x"})) == (404, "not_found", "Contact Not Found")


def test_a_merged_contact_is_410_with_a_link_and_no_request_id(call: Caller) -> None:
    answer = call.get(f"/contacts/{people.MERGED_LEAD}")
    assert error(answer)[:2] == (410, "contact_merged")
    assert answer.headers["Link"] == f'</contacts/{people.MERGED_SURVIVOR}>; rel="canonical"'
    assert "request_id" not in (answer.json or {})


def test_a_merged_contact_is_404_below_2_16_or_when_switched(call: Caller, workspace: Workspace) -> None:
    path = f"/contacts/{people.MERGED_LEAD}"
    assert error(call.get(path, Intercom_Version="2.15")) == (404, "not_found", "User Not Found")
    workspace.unconfirmed = replace(workspace.unconfirmed, merged_read_status=404)
    assert error(call.get(path)) == (404, "not_found", "User Not Found")


def test_external_ids_find_users_but_never_leads(call: Caller) -> None:
    found = call.get("/contacts/find_by_external_id/cust-1001").json
    assert found is not None
    assert found["id"] == people.MAYA_USER
    uuid = read(call, people.MAYA_LEAD)["external_id"]
    assert error(call.get(f"/contacts/find_by_external_id/{uuid}"))[0] == 404


def test_an_external_id_with_a_slash_is_found(call: Caller) -> None:
    contact_id = call.make(external_id="shop/7 ü")
    found = call.get("/contacts/find_by_external_id/shop%2F7%20%C3%BC").json
    assert found is not None
    assert found["id"] == contact_id


def test_an_update_changes_only_what_is_sent(call: Caller) -> None:
    before = read(call, people.MAYA_USER)
    call.put(f"/contacts/{people.MAYA_USER}", {"name": "M. Reilly"})
    after = read(call, people.MAYA_USER)
    changed = {key for key in after if after[key] != before[key]}
    assert changed == {"name", "updated_at"}


def test_custom_attributes_are_cleared_by_null_and_kept_when_left_out(call: Caller) -> None:
    contact_id = call.make(role="lead", custom_attributes={"plan": "home", "favourite_wood": "oak"})
    call.put(f"/contacts/{contact_id}", {"custom_attributes": {"plan": None}})
    assert read(call, contact_id)["custom_attributes"] == {"favourite_wood": "oak"}


@pytest.mark.parametrize("status", [400, 422])
def test_an_unknown_custom_attribute_is_refused_and_nothing_is_written(
    call: Caller, workspace: Workspace, status: int
) -> None:
    workspace.unconfirmed = replace(workspace.unconfirmed, unknown_cda_status=status)
    body = {"name": "Changed", "custom_attributes": {"nobody_knows": "x"}}
    assert error(call.put(f"/contacts/{people.MAYA_USER}", body))[0] == status
    assert read(call, people.MAYA_USER)["name"] == "Maya Reilly"


@pytest.mark.parametrize(
    ("name", "value"),
    [("plan", 7), ("lifetime_value", "much"), ("newsletter", 1), ("orders", True), ("plan", "x" * 256)],
)
def test_a_custom_attribute_of_the_wrong_type_or_length_is_refused(call: Caller, name: str, value: Any) -> None:
    body = {"role": "lead", "custom_attributes": {name: value}}
    assert error(call.post("/contacts", body))[:2] == (400, "parameter_invalid")


def test_a_lead_becomes_a_user_under_the_same_id(call: Caller) -> None:
    contact_id = call.make(role="lead", name="Soon")
    assert error(call.put(f"/contacts/{contact_id}", {"role": "user"}))[0] == 400
    call.put(f"/contacts/{contact_id}", {"role": "user", "external_id": "cust-2000"})
    contact = read(call, contact_id)
    assert (contact["id"], contact["role"], contact["external_id"]) == (contact_id, "user", "cust-2000")


def test_a_lead_that_would_take_a_users_identity_is_a_conflict(call: Caller) -> None:
    answer = call.put(f"/contacts/{people.MAYA_LEAD}", {"role": "user", "external_id": "cust-1001"})
    assert error(answer) == (
        409,
        "conflict",
        f"A contact matching those details already exists with id={people.MAYA_USER}",
    )


def test_a_user_never_becomes_a_lead(call: Caller) -> None:
    refused = error(call.put(f"/contacts/{people.MAYA_USER}", {"role": "lead"}))
    assert refused == (400, "client_error", "Contact with user role can't be converted to a lead")


def test_an_external_id_of_null_leaves_the_old_one(call: Caller) -> None:
    call.put(f"/contacts/{people.MAYA_USER}", {"external_id": None})
    assert read(call, people.MAYA_USER)["external_id"] == "cust-1001"


def test_an_update_may_take_the_external_id_of_an_archived_user(call: Caller) -> None:
    body = {"external_id": "cust-1008"}
    assert call.put(f"/contacts/{people.MAYA_USER}", body).status_code == 200


def test_listing_pages_through_everybody_once(call: Caller, workspace: Workspace) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        body = call.get(f"/contacts?per_page=20{cursor}").json
        assert body is not None
        seen += [contact["id"] for contact in body["data"]]
        if "next" not in body["pages"]:
            break
        cursor = f"&starting_after={body['pages']['next']['starting_after']}"
    assert len(seen) == len(set(seen)) == body["total_count"] == len(workspace.contacts())
    assert people.ARCHIVED_USER not in seen
    assert people.MERGED_LEAD not in seen


@pytest.mark.parametrize("query", ["per_page=0", "per_page=151", "per_page=x", "starting_after=!!"])
def test_a_page_that_cannot_be_is_refused(call: Caller, query: str) -> None:
    assert error(call.get(f"/contacts?{query}"))[:2] == (400, "parameter_invalid")
