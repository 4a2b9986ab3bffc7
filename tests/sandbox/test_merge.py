"""Every row of Intercom's merge rules, and what a merge does to both contacts."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from app.sandbox import people
from app.sandbox.merge_rules import EXTERNAL_LEAD, FACEBOOK, NOT_DUPLICATES, WRONG_ROLES
from app.sandbox.workspace import Workspace
from tests.sandbox.caller import Caller, Clock, error

Json = dict[str, Any]


def switch(workspace: Workspace, **values: Any) -> None:
    workspace.unconfirmed = replace(workspace.unconfirmed, **values)


def merge(call: Caller, source: str, target: str, **more: Any) -> Json:
    answer = call.post("/contacts/merge", {"from": source, "into": target, **more})
    assert answer.status_code == 200, answer.json
    return dict(answer.json or {})


def refused(call: Caller, source: str, target: str, **more: Any) -> tuple[int, str, str]:
    return error(call.post("/contacts/merge", {"from": source, "into": target, **more}))


def test_a_lead_goes_into_the_user_with_its_phone(call: Caller) -> None:
    survivor = merge(call, people.MAYA_LEAD, people.MAYA_USER)
    assert (survivor["id"], survivor["role"]) == (people.MAYA_USER, "user")
    gone = call.get(f"/contacts/{people.MAYA_LEAD}")
    assert gone.status_code == 410
    assert gone.headers["Link"] == f'</contacts/{people.MAYA_USER}>; rel="canonical"'


def test_a_lead_goes_into_the_user_with_its_email_whatever_the_case(call: Caller) -> None:
    assert merge(call, people.EMAIL_LEAD, people.EMAIL_USER)["id"] == people.EMAIL_USER


def test_phones_can_be_compared_as_exact_text(call: Caller, workspace: Workspace) -> None:
    switch(workspace, merge_phone_compare="exact")
    assert refused(call, people.MAYA_LEAD, people.MAYA_USER) == (400, "invalid_merge", NOT_DUPLICATES)


def test_without_anything_shared_the_merge_needs_the_flag(call: Caller) -> None:
    pair = (people.TELEGRAM_LEAD, people.TELEGRAM_USER)
    assert refused(call, *pair) == (400, "invalid_merge", NOT_DUPLICATES)
    assert refused(call, *pair, skip_duplicate_validation=False)[1] == "invalid_merge"
    assert merge(call, *pair, skip_duplicate_validation=True)["id"] == people.TELEGRAM_USER


def test_two_blank_contacts_are_no_duplicates(call: Caller) -> None:
    user = call.make(external_id="blank")
    assert refused(call, people.BLANK_LEAD, user) == (400, "invalid_merge", NOT_DUPLICATES)


def test_below_2_16_nothing_needs_to_be_shared(call: Caller) -> None:
    body = {"from": people.TELEGRAM_LEAD, "into": people.TELEGRAM_USER}
    assert call.post("/contacts/merge", body, Intercom_Version="2.15").status_code == 200


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (people.TWIN_LEAD_FIRST, people.TWIN_LEAD_SECOND),
        (people.TWIN_USER_FIRST, people.TWIN_USER_SECOND),
        (people.MAYA_USER, people.MAYA_LEAD),
        (people.MAYA_LEAD, people.MAYA_LEAD),
        (people.MAYA_USER, people.MAYA_USER),
    ],
)
@pytest.mark.parametrize("skip", [True, False])
def test_only_a_lead_goes_into_a_user(call: Caller, source: str, target: str, skip: bool) -> None:
    assert refused(call, source, target, skip_duplicate_validation=skip) == (400, "invalid_merge", WRONG_ROLES)


@pytest.mark.parametrize("gone", [people.ARCHIVED_USER, people.DELETED_USER, people.BLOCKED_USER, "f" * 24])
def test_a_contact_that_is_not_there_is_not_found(call: Caller, gone: str) -> None:
    wanted = (404, "not_found", "Contact Not Found")
    assert refused(call, people.MAYA_LEAD, gone) == wanted
    assert refused(call, gone, people.MAYA_USER) == wanted


@pytest.mark.parametrize(("status", "code"), [(404, "not_found"), (410, "contact_merged")])
def test_merging_again_what_is_merged(call: Caller, workspace: Workspace, status: int, code: str) -> None:
    switch(workspace, merge_of_merged_status=status)
    merge(call, people.MAYA_LEAD, people.MAYA_USER)
    assert refused(call, people.MAYA_LEAD, people.MAYA_USER)[:2] == (status, code)


@pytest.mark.parametrize("body", [{}, {"from": people.MAYA_LEAD}, {"into": people.MAYA_USER}, {"from": 1, "into": 2}])
def test_both_ids_are_required(call: Caller, body: Json) -> None:
    assert error(call.post("/contacts/merge", body))[:2] == (400, "parameter_not_found")


def test_the_flag_is_a_boolean(call: Caller) -> None:
    answer = refused(call, people.MAYA_LEAD, people.MAYA_USER, skip_duplicate_validation="yes")
    assert answer[:2] == (400, "parameter_invalid")


def test_leads_of_intercoms_own_channels_are_refused(call: Caller, workspace: Workspace) -> None:
    lead = call.make(role="lead", phone="+35315550123")
    record = workspace.store.state["contacts"][lead]
    workspace.directory.put(record, _channel="whatsapp")
    assert refused(call, lead, people.MAYA_USER) == (422, "unprocessable_entity", EXTERNAL_LEAD)
    switch(workspace, merge_external_leads=True)
    assert merge(call, lead, people.MAYA_USER)["id"] == people.MAYA_USER


def test_facebook_leads_are_never_merged(call: Caller, workspace: Workspace) -> None:
    switch(workspace, merge_external_leads=True)
    answer = refused(call, people.FACEBOOK_LEAD, people.MAYA_USER, skip_duplicate_validation=True)
    assert answer == (422, "unprocessable_entity", FACEBOOK)


def test_a_refused_merge_changes_nothing(call: Caller, workspace: Workspace) -> None:
    before = workspace.raw_contact(people.TELEGRAM_USER), workspace.raw_contact(people.TELEGRAM_LEAD)
    refused(call, people.TELEGRAM_LEAD, people.TELEGRAM_USER)
    assert before == (workspace.raw_contact(people.TELEGRAM_USER), workspace.raw_contact(people.TELEGRAM_LEAD))


def test_empty_fields_are_taken_over_and_the_users_values_stay(call: Caller) -> None:
    survivor = merge(call, people.CONFLICT_LEAD, people.CONFLICT_USER)
    assert survivor["name"] == "Bjørn Haugen"
    assert survivor["email"] == "bjorn@fjord.example"
    assert survivor["owner_id"] == people.ROSA
    assert survivor["browser"] == "safari"
    assert survivor["custom_attributes"] == {
        "plan": "trade",
        "lifetime_value": 22000.0,
        "favourite_wood": "ash",
        "kinbox_channel": "twilio",
    }


def test_tags_notes_and_companies_are_united(call: Caller) -> None:
    survivor = merge(call, people.CONFLICT_LEAD, people.CONFLICT_USER)
    tags = {tag["id"] for tag in survivor["tags"]["data"]}
    assert tags == {people.TAG_VIP, people.TAG_TRADE, people.TAG_DELIVERY}
    assert survivor["notes"]["total_count"] == 3
    assert [company["id"] for company in survivor["companies"]["data"]] == ["fjord"]
    notes = call.get(f"/contacts/{people.CONFLICT_USER}/notes").json
    assert notes is not None
    assert {note["contact"]["id"] for note in notes["data"]} == {people.CONFLICT_USER}


def test_conversations_move_under_the_same_id(call: Caller) -> None:
    merge(call, people.CONFLICT_LEAD, people.CONFLICT_USER)
    conversation = call.get(f"/conversations/{people.CONFLICT_CONVERSATION}").json
    assert conversation is not None
    [participant] = conversation["contacts"]["contacts"]
    assert participant == {"type": "contact", "id": people.CONFLICT_USER, "external_id": "cust-1013"}
    assert conversation["source"]["author"]["id"] == people.CONFLICT_USER
    assert conversation["source"]["author"]["type"] == "user"


@pytest.mark.parametrize("fills", [True, False])
def test_whether_phone_and_email_fill_empty_fields_is_a_switch(call: Caller, workspace: Workspace, fills: bool) -> None:
    switch(workspace, merge_fills_phone=fills, merge_fills_email=fills, merge_fills_cdas=fills)
    lead = call.make(role="lead", phone="+35315550000", email="x@y.example", custom_attributes={"plan": "home"})
    user = call.make(external_id="empty")
    survivor = merge(call, lead, user, skip_duplicate_validation=True)
    assert survivor["phone"] == ("+35315550000" if fills else None)
    assert survivor["email"] == ("x@y.example" if fills else None)
    assert survivor["custom_attributes"] == ({"plan": "home"} if fills else {})


@pytest.mark.parametrize("policy", ["dropped", "fills_empty"])
def test_what_becomes_of_the_leads_uuid_is_a_switch(call: Caller, workspace: Workspace, policy: str) -> None:
    switch(workspace, merge_lead_external_id=policy)
    uuid = (call.get(f"/contacts/{people.MAYA_LEAD}").json or {})["external_id"]
    user = call.make(email="only@email.example", phone="+35315550123")
    survivor = merge(call, people.MAYA_LEAD, user)
    assert survivor["external_id"] == (uuid if policy == "fills_empty" else None)


def test_the_history_names_the_lead_newest_first(call: Caller, clock: Clock) -> None:
    first, second = (call.make(role="lead", phone="+35315550123") for _ in range(2))
    merge(call, first, people.MAYA_USER)
    clock.pass_s(60)
    merge(call, second, people.MAYA_USER)
    path = f"/contacts/{people.MAYA_USER}/merge_history"
    page = call.get(f"{path}?per_page=1").json
    assert page is not None
    assert page["data"] == [
        {
            "type": "merge_history",
            "source_contact_id": second,
            "source_contact_role": "lead",
            "merged_at": int(clock.now_s),
        }
    ]
    assert page["has_more"] is True
    rest = call.get(f"{path}?per_page=1&cursor={page['next_cursor']}").json
    assert rest is not None
    assert [entry["source_contact_id"] for entry in rest["data"]] == [first]
    assert (rest["has_more"], rest["next_cursor"]) == (False, None)
    oldest = call.get(f"{path}?order=asc").json
    assert oldest is not None
    assert [entry["source_contact_id"] for entry in oldest["data"]] == [first, second]


def test_a_lead_has_no_history(call: Caller) -> None:
    assert error(call.get(f"/contacts/{people.MAYA_LEAD}/merge_history"))[0] == 404


def test_the_history_comes_with_a_user_only_when_asked_for(call: Caller) -> None:
    path = f"/contacts/{people.MERGED_SURVIVOR}"
    assert "merge_history" not in (call.get(path).json or {})
    asked = call.get(f"{path}?include_merge_history=true").json
    assert asked is not None
    assert [entry["source_contact_id"] for entry in asked["merge_history"]] == [people.MERGED_LEAD]
    lead = call.get(f"/contacts/{people.MAYA_LEAD}?include_merge_history=true").json
    assert "merge_history" not in (lead or {})


def test_a_merged_lead_leaves_lists_and_search_at_once(call: Caller, workspace: Workspace) -> None:
    workspace.faults.index_lag_s = 180
    merge(call, people.MAYA_LEAD, people.MAYA_USER)
    assert people.MAYA_LEAD not in call.find({"field": "role", "operator": "=", "value": "lead"})
    assert all(contact["id"] != people.MAYA_LEAD for contact in workspace.contacts())


def chain(call: Caller, workspace: Workspace, length: int) -> list[str]:
    """Users merged one into the next, by the rollout that allows it."""
    switch(workspace, merge_user_into_user=True)
    ids = [call.make(external_id=f"chain-{number}", phone="+4930999999") for number in range(length + 1)]
    for source, target in pairwise(ids):
        merge(call, source, target)
    return ids


def test_a_link_follows_three_merges_and_no_more(call: Caller, workspace: Workspace) -> None:
    ids = chain(call, workspace, 4)
    three = call.get(f"/contacts/{ids[1]}")
    assert three.headers["Link"] == f'</contacts/{ids[4]}>; rel="canonical"'
    assert call.get(f"/contacts/{ids[0]}").status_code == 404


def test_the_rollout_for_users_refuses_the_flag_and_strangers(call: Caller, workspace: Workspace) -> None:
    switch(workspace, merge_user_into_user=True)
    pair = (people.TWIN_USER_FIRST, people.TWIN_USER_SECOND)
    assert refused(call, *pair, skip_duplicate_validation=True)[:2] == (400, "parameter_not_allowed")
    assert refused(call, people.UNRELATED_USER, people.MAYA_USER)[:2] == (422, "unprocessable_entity")
    assert merge(call, *pair)["id"] == people.TWIN_USER_SECOND


def test_a_merge_may_be_answered_before_everything_has_moved(call: Caller, workspace: Workspace, clock: Clock) -> None:
    switch(workspace, merge_settles_after_s=30.0)
    answered = merge(call, people.CONFLICT_LEAD, people.CONFLICT_USER)
    assert answered["notes"]["total_count"] == 1
    clock.pass_s(30)
    settled = call.get(f"/contacts/{people.CONFLICT_USER}").json
    assert settled is not None
    assert settled["notes"]["total_count"] == 3
